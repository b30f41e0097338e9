// Whatever bytes come, the server answers or hangs up; it never fails.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commands } from '#protocol/imap/commands/index.ts'
import { dialogue, logIn } from './dialogue.ts'

const word = fc.oneof(
  fc.constantFrom(
    'INBOX',
    '1',
    '1:*',
    '*',
    '(',
    ')',
    '()',
    '(\\Seen)',
    'FLAGS',
    '+FLAGS',
    'BODY[]',
    'BODY[1.2.MIME]<0.5>',
  ),
  fc.constantFrom(
    '"a b"',
    '""',
    'NIL',
    '{3+}\r\nabc',
    'UID',
    'ALL',
    'RETURN',
    '(SAVE)',
    '$',
    'UTF-8',
    'OR',
    'NOT',
    'CATENATE',
  ),
  fc.constantFrom(
    '(DATE)',
    'REFERENCES',
    '(MESSAGES)',
    'BODY[HEADER.FIELDS',
    '(SUBJECT)]',
    ']',
    'SET',
    '(SELECTED',
    '"\\',
  ),
  fc.string({ maxLength: 8 }),
)
const command = fc.constantFrom(
  ...Object.keys(commands).filter((name) => name !== 'LOGOUT' && name !== 'IDLE'),
)
const line = fc
  .tuple(fc.constantFrom('', 'UID '), command, fc.array(word, { maxLength: 6 }))
  .map(([uid, name, words]) => `x ${uid}${[name, ...words].join(' ')}`)
  // A line that ends like a literal makes the server wait for bytes that nobody sends.
  .filter((text) => !/\{\d+\+?\}\s*$/.test(text) && !/[\r\n]/.test(text.replaceAll('{3+}\r\nabc', '')))

const mailbox = {
  INBOX: [
    { eml: 'Subject: a\n\nb\n' },
    { eml: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nc\n--x--\n' },
  ],
}

test('forty random commands after another never make it fail', { timeout: 20_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 40, maxLength: 40 }), async (lines) => {
      const steps = lines.map((text) => ({ send: text, seconds: 1 }))
      const { facts } = await dialogue([logIn, 's SELECT INBOX', ...steps], { mailbox })
      expect(facts.filter(({ type }) => type === 'engine.fault')).toEqual([])
    }),
    { numRuns: 12 },
  )
})
