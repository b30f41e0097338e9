// A trace on disk is JSON Lines; what is read back is held against the schema, and a refusal names line and field.
import { describe, expect, test } from 'vitest'
import { decode, encode } from '#trace/codec.ts'
import { letters } from './sample.ts'

describe('JSON Lines', () => {
  test('give back every event that was written', () => {
    const events = letters(2)
    expect(decode(encode(events))).toEqual({ ok: true, events })
  })

  test.each([
    ['{"seq":1,"at":0,"type":"lab.stopped"}\n{"seq":2,', 2, 'this line is not JSON'],
    ['{"seq":1,"at":0,"type":"smtpd.closed"}', 1, 'session'],
    [
      '{"seq":1,"at":0,"type":"smtpd.reply","session":"s","reply":{"code":250,"status":null,"lines":[]}}',
      1,
      'reply.code',
    ],
    ['{"seq":0,"at":0,"type":"lab.stopped"}', 1, 'seq'],
    ['{"seq":1,"at":0,"type":"no.such.fact"}', 1, 'type'],
    [
      '{"seq":2,"at":0,"type":"lab.stopped"}\n{"seq":2,"at":0,"type":"lab.stopped"}',
      2,
      'seq 2 comes after seq 2',
    ],
  ])('%s is refused at its line, with the field', (text, line, message) => {
    const read = decode(text)
    expect(read).toMatchObject({ ok: false, line })
    expect(read.ok ? '' : read.message).toContain(message)
  })
})
