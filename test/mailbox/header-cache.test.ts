// A search reads each message's header once: the fields that it asked for are remembered, and forgotten with the message.
import { describe, expect, test } from 'vitest'
import { fieldsOf, HeaderCache } from '#mailbox/header-cache.ts'

const header = 'Subject: one\r\n two\r\nX-Loop: a\r\nSUBJECT : again\r\n\r\n'

describe('fieldsOf', () => {
  test('takes all lines of a field, folded ones too, whatever the case of its name', () => {
    expect([...fieldsOf(header, ['SUBJECT', 'TO'])]).toEqual([
      ['SUBJECT', 'Subject: one\r\n two\r\nSUBJECT : again\r\n'],
      ['TO', ''],
    ])
  })
})

describe('HeaderCache', () => {
  test('knows of a message what was asked before, and also that it has no such field', () => {
    const cache = new HeaderCache()
    expect(cache.get('a', ['SUBJECT'])).toBeNull()
    cache.learn('a', ['SUBJECT', 'TO'], header)
    expect(cache.get('a', ['TO', 'SUBJECT'])).toBe('Subject: one\r\n two\r\nSUBJECT : again\r\n')
    expect(cache.get('a', ['TO'])).toBe('')
    expect(cache.get('a', ['CC'])).toBeNull()
  })

  test('forgets a message that is gone', () => {
    const cache = new HeaderCache()
    cache.learn('a', ['SUBJECT'], header)
    cache.forget('a')
    expect(cache.get('a', ['SUBJECT'])).toBeNull()
  })

  test('gives up the field that nobody asked for the longest when it has grown too large', () => {
    const cache = new HeaderCache()
    const large = (name: string) => `${name}: ${'x'.repeat(12_000_000)}\r\n\r\n`
    for (const name of ['TO', 'CC', 'FROM']) cache.learn('a', [name], large(name))
    expect(['TO', 'CC', 'FROM'].map((name) => cache.get('a', [name]) !== null)).toEqual([false, true, true])
    cache.learn('a', ['BCC'], `BCC: ${'x'.repeat(40_000_000)}\r\n\r\n`)
    expect(cache.get('a', ['BCC']) === null).toBe(true)
  })
})
