// LMTP sessions that no recording shows: chunks, many recipients, full disks, nonsense.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describe as describeChart } from '#protocol/chart.ts'
import { lmtpVerbs, parseArguments, readLine } from '#protocol/lmtp/commands.ts'
import { readPath, writePath } from '#protocol/lmtp/path.ts'
import { lmtpSession } from '#protocol/lmtp/session.machine.ts'
import { talk } from '../../truth/mailbox-talk.ts'

const begin = ['LHLO client.example.org', 'MAIL FROM:<carol@example.org>', 'RCPT TO:<alice@example.com>']

test('puts a message together from its chunks', async () => {
  const { replies, outcome } = await talk('lmtp', [
    ...begin,
    { send: 'BDAT 13\r\nSubject: hi\r\nBDAT 7 LAST\r\n\r\nHello', count: 2 },
  ])
  expect(replies.at(-1)).toEqual(['250 2.0.0 Added 13 octets', '250 2.0.0 <alice@example.com> {ID} Saved'])
  expect(JSON.stringify(outcome)).toContain('Hello')
})

test('reads past a chunk that it refuses', async () => {
  const { replies } = await talk('lmtp', ['LHLO c', { send: 'BDAT 6\r\nQUIT\r\nNOOP', count: 2 }])
  expect(replies.at(-1)).toEqual(['503 5.5.0 MAIL needed first', '250 2.0.0 OK'])
})

test('states a delivery with its session, and the data with its size', async () => {
  const { facts } = await talk('lmtp', [...begin, 'DATA', { data: 'Subject: hi\n\nHello.\n' }, 'QUIT'])
  const delivered = facts.find((fact) => fact.type === 'mailbox.delivered')
  expect(delivered).toMatchObject({ user: 'alice', mailbox: 'INBOX', format: 'maildir' })
  const data = facts.find((fact) => fact.type === 'lmtpd.data')
  expect(data).toMatchObject({ size: 20, head: 'Subject: hi\n\nHello.\n' })
})

test('keeps a letter for each of its recipients, and answers for each', async () => {
  const accounts = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`user${i}`, 'x']))
  const rcpt = Object.keys(accounts).map((user) => `RCPT TO:<${user}@example.com>`)
  const { replies } = await talk(
    'lmtp',
    ['LHLO c', 'MAIL FROM:<>', ...rcpt, 'DATA', { data: 'Subject: all\n\nx\n' }],
    {
      accounts,
      mailbox: {},
    },
  )
  expect(replies.at(-1)).toHaveLength(30)
  expect(replies.at(-1)?.every((reply) => reply.startsWith('250 2.0.0 '))).toBe(true)
})

test('keeps nothing of a message that was cut off', async () => {
  const { outcome } = await talk(
    'lmtp',
    [...begin, 'DATA', { send: 'Subject: half', count: 0 }, { close: 'a' }],
    { mailbox: {} },
  )
  expect(JSON.stringify(outcome)).not.toContain('half')
})

test('hangs up on a client that says nothing for five minutes', async () => {
  const { replies } = await talk('lmtp', [{ sleep: 301 }, 'NOOP'])
  expect(replies.at(-1)).toEqual(['421 4.4.2 mx.mailscope.test Disconnected for inactivity', '{CLOSED}'])
})

test('draws every command on its chart', () => {
  const drawn = new Set(describeChart(lmtpSession).edges.map(({ event }) => event))
  expect(lmtpVerbs.filter((verb) => !drawn.has(verb))).toEqual([])
})

test('writes an address so that it reads the same', () => {
  const localPart = fc.string({ minLength: 1 }).filter((text) => /^[\x20-\x7e]+$/.test(text))
  fc.assert(
    fc.property(localPart, (text) => {
      const path = { localPart: text, domain: 'example.com' }
      expect(readPath(`<${writePath(path)}>`, 'forward')).toEqual({ ok: true, path, rest: '' })
    }),
    { numRuns: 300 },
  )
})

test('reads any line without a throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...lmtpVerbs), (text, verb) => {
      expect(['command', 'unknown']).toContain(readLine(text).kind)
      expect(typeof parseArguments(verb, text).ok).toBe('boolean')
    }),
    { numRuns: 300 },
  )
})

test('answers nonsense with replies, and never falls', async () => {
  const word = fc.constantFrom(
    'LHLO c',
    'MAIL FROM:<a@b>',
    'RCPT TO:<alice@x>',
    'RCPT TO:<nobody@x>',
    'RSET',
    'NOOP',
    'VRFY x',
    'BDAT 0',
    'BDAT 0 LAST',
    'FOO',
    'XCLIENT A=b',
    'MAIL',
    'RCPT TO:<',
  )
  const noise = fc.string({ maxLength: 30 }).map((text) => `Z${text}`.replace(/[\r\n{]|[^\0-\xff]/g, '?'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(word, noise), { maxLength: 12 }), async (lines) => {
      const { replies, facts } = await talk('lmtp', lines)
      expect(facts.filter(({ type }) => type === 'engine.fault')).toEqual([])
      for (const reply of replies.flat()) expect(reply).toMatch(/^(?:[2-5]\d\d[ -]|\{CLOSED\})/)
    }),
    { numRuns: 25 },
  )
})
