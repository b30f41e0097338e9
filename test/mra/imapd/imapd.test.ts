import { describe, expect, test } from 'vitest'
import { dialogue, logIn } from './dialogue.ts'

const letter = (subject: string) => ({ eml: `Subject: ${subject}\n\n${subject}\n` })
const three = { INBOX: [letter('one'), letter('two'), letter('three')] }
const second = { connect: 'b' }

describe('two sessions on one mailbox', () => {
  test('a message that one removes keeps its number for the other until it may be told', async () => {
    const { replies } = await dialogue(
      [
        logIn,
        'a1 SELECT INBOX',
        second,
        `b: ${logIn}`,
        'b: b1 SELECT INBOX',
        'b: b2 STORE 1 +FLAGS.SILENT (\\Deleted)',
        'b: b3 EXPUNGE',
        'a2 FETCH 3 BODY.PEEK[TEXT]',
        'a3 NOOP',
        'a4 FETCH 2 BODY.PEEK[TEXT]',
      ],
      { mailbox: three },
    )
    expect(replies[8]?.slice(0, 3)).toEqual(['* 3 FETCH (BODY[TEXT] {7}', 'three', ')'])
    expect(replies[9]).toContain('* 1 EXPUNGE')
    expect(replies[10]?.slice(0, 3)).toEqual(['* 2 FETCH (BODY[TEXT] {7}', 'three', ')'])
  })

  test('a flag that one sets is told to the other', async () => {
    const { replies } = await dialogue(
      [
        logIn,
        'a1 SELECT INBOX',
        second,
        `b: ${logIn}`,
        'b: b1 SELECT INBOX',
        'b: b2 STORE 2 +FLAGS (\\Flagged)',
        'a2 NOOP',
      ],
      { mailbox: three },
    )
    expect(replies[7]?.[0]).toBe('* 2 FETCH (FLAGS (\\Flagged \\Recent))')
  })

  test('who watches a mailbox with IDLE hears of a new message', async () => {
    const { replies } = await dialogue(
      [
        logIn,
        'a1 SELECT INBOX',
        'a2 IDLE',
        second,
        `b: ${logIn}`,
        'b: b1 APPEND INBOX {3+}\r\nabc',
        { sleep: 1 },
        'DONE',
      ],
      { mailbox: three },
    )
    expect(replies[8]?.slice(0, 2)).toEqual(['* 4 EXISTS', '* 4 RECENT'])
  })
})

describe('what never gets into the trace', () => {
  test.each([
    ['LOGIN', ['x LOGIN alice wonderland']],
    ['AUTHENTICATE with a first answer', ['x AUTHENTICATE PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=']],
    ['AUTHENTICATE', ['x AUTHENTICATE PLAIN', { send: 'AGFsaWNlAHdvbmRlcmxhbmQ=', continues: true }]],
    ['LOGIN with literals', ['x LOGIN {5+}\r\nalice {10+}\r\nwonderland']],
  ])('the password of %s', async (_how, lines) => {
    const { facts } = await dialogue(lines)
    expect(facts.some(({ type }) => type === 'imapd.auth')).toBe(true)
    expect(JSON.stringify(facts)).not.toMatch(/wonderland|AGFsaWNlAHdvbmRlcmxhbmQ/)
  })
})

describe('a client', () => {
  test('is named by what its ID says', async () => {
    const { facts } = await dialogue([logIn, 'i ID ("name" "Thunderbird" "version" "128")'])
    expect(facts).toContainEqual(
      expect.objectContaining({ type: 'imapd.client', says: 'name=Thunderbird, version=128' }),
    )
  })

  test('is told every capability once, and QUOTA only with a quota', async () => {
    const { replies } = await dialogue([logIn, 'c CAPABILITY'])
    const words = (replies[2]?.[0] ?? '').split(' ').slice(2)
    expect(new Set(words).size).toBe(words.length)
    expect(words).not.toContain('QUOTA')
  })

  test('that sends an endless line is hung up on', async () => {
    const { replies } = await dialogue([logIn, `x FETCH ${'1 '.repeat(600_000)}`])
    expect(replies[2]?.at(-1)).toBe('{CLOSED}')
  })

  test('that asks for a mailbox outside of its own finds none', async () => {
    const { replies } = await dialogue([
      logIn,
      's SELECT ../../etc',
      's2 SELECT "/etc/passwd"',
      's3 CREATE "a\0b"',
    ])
    for (const reply of replies.slice(2)) expect(reply.at(-1)).toMatch(/ (NO|BAD) /)
  })
})

test('messages of CATENATE are made of pieces that the server has', async () => {
  const { replies } = await dialogue(
    [
      logIn,
      's SELECT INBOX',
      'c APPEND INBOX CATENATE (TEXT {14+}\r\nSubject: new\r\n URL "/INBOX/;UID=1/;SECTION=TEXT" URL "/INBOX/;UID=2/;SECTION=TEXT/;PARTIAL=0.2")',
      'f FETCH 4 BODY.PEEK[]',
    ],
    { mailbox: three },
  )
  expect(replies[4]?.join('\n')).toContain('Subject: new\none\ntw)')
})

test('a client that comes back hears what it missed, and no more', async () => {
  const { replies } = await dialogue(
    [
      logIn,
      'e ENABLE QRESYNC',
      { send: 's SELECT INBOX', capture: { validity: 'UIDVALIDITY (\\d+)', modseq: 'HIGHESTMODSEQ (\\d+)' } },
      'u UNSELECT',
      second,
      `b: ${logIn}`,
      'b: b1 SELECT INBOX',
      'b: b2 STORE 1 +FLAGS.SILENT (\\Deleted)',
      'b: b3 STORE 2 +FLAGS.SILENT (\\Flagged)',
      'b: b4 EXPUNGE',
      'r SELECT INBOX (QRESYNC ({$validity} {$modseq}))',
    ],
    { mailbox: three },
  )
  const last = replies[11] ?? []
  expect(last).toContain('* VANISHED (EARLIER) 1')
  expect(last.filter((line) => line.includes('FETCH'))).toEqual([
    '* 1 FETCH (UID 2 FLAGS (\\Flagged) MODSEQ ({MODSEQ}))',
  ])
})
