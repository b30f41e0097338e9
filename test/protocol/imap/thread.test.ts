import { describe, expect, test } from 'vitest'
import { threadMessages, type Threadable } from '#protocol/imap/thread.ts'

function message(number: number, parts: Partial<Threadable> = {}): Threadable {
  const standard = { messageId: `${number}@x`, references: [], subject: `S${number}`, isReply: false }
  return { number, ...standard, sent: number * 1000, ...parts }
}

describe('conversations', () => {
  test('an answer stands under what it answers', () => {
    const messages = [
      message(1),
      message(2, { references: ['1@x'] }),
      message(3, { references: ['1@x', '2@x'] }),
    ]
    expect(threadMessages(messages, 'REFERENCES')).toBe('(1 2 3)')
  })

  test('two answers fork', () => {
    const messages = [message(1), message(2, { references: ['1@x'] }), message(3, { references: ['1@x'] })]
    expect(threadMessages(messages, 'REFERENCES')).toBe('(1 (2)(3))')
  })

  test('answers to a message that is not here stand side by side', () => {
    const messages = [message(2, { references: ['1@x'] }), message(3, { references: ['1@x'] })]
    expect(threadMessages(messages, 'REFERENCES')).toBe('((2)(3))')
  })

  test('two messages that refer to each other make no circle', () => {
    const messages = [message(1, { references: ['2@x'] }), message(2, { references: ['1@x'] })]
    expect(threadMessages(messages, 'REFERENCES').match(/\d/g)).toHaveLength(2)
  })

  test('an answer without references is found by its subject', () => {
    const messages = [message(1, { subject: 'TEA' }), message(2, { subject: 'TEA', isReply: true })]
    expect(threadMessages(messages, 'REFERENCES')).toBe('(1 2)')
    expect(threadMessages(messages, 'REFS')).toBe('(1)(2)')
  })

  test('by subject alone, in the order of dates', () => {
    const messages = [
      message(1, { subject: 'TEA', sent: 5 }),
      message(2, { subject: 'TEA', sent: 3 }),
      message(3),
    ]
    expect(threadMessages(messages, 'ORDEREDSUBJECT')).toBe('(2 1)(3)')
  })

  test('a conversation of 20,000 answers in a row needs no more than memory', () => {
    const messages = Array.from({ length: 20_000 }, (_, i) =>
      message(i + 1, { references: i === 0 ? [] : [`${i}@x`] }),
    )
    expect(threadMessages(messages, 'REFS').split(' ')).toHaveLength(20_000)
  })
})
