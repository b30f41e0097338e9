import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commands } from '#protocol/smtp/commands/index.ts'
import { defaultLimits } from '#protocol/smtp/grammar.ts'
import { formatCommand, parseCommand, readLine } from '#protocol/smtp/parse.ts'
import { replyLines } from '#protocol/smtp/reply.ts'
import { decodeXtext, encodeXtext } from '#protocol/smtp/xtext.ts'

const answer = (line: string): string => {
  const read = readLine(line)
  if (read.kind !== 'command') return read.kind
  const parsed = parseCommand(read.verb, read.words, defaultLimits)
  return parsed.ok ? 'ok' : replyLines(parsed.reply).join('|')
}

describe('what a line with a mistake is answered', () => {
  test.each([
    ['', 'empty'],
    ['XYZZY', 'unknown'],
    ['EHLO', '501 Syntax: EHLO hostname'],
    ['MAIL', '501 5.5.4 Syntax: MAIL FROM:<address>'],
    ['MAIL a@remote.example', '501 5.5.4 Syntax: MAIL FROM:<address>'],
    ['MAIL FROM:<a@b.example', '501 5.1.7 Bad sender address syntax'],
    ['mail from: a@b.example', 'ok'],
    ['MAIL\tFROM:<a@b.example>', 'ok'],
    ['MAIL FROM:Ann Other <a@b.example>', '555 5.5.4 Unsupported option: Other'],
    ['MAIL FROM:<a@b.example> SIZE=1x', '501 5.5.4 Bad message size syntax'],
    [
      'MAIL FROM:<a@b.example> SIZE=99999999999999999999999',
      '552 5.3.4 Message size exceeds file system imposed limit',
    ],
    ['MAIL FROM:<a@b.example> ENVID=a+zz', '501 5.5.4 Bad ENVID parameter syntax'],
    ['MAIL FROM:<a@b.example> RET=x', '501 5.5.4 Bad RET parameter syntax'],
    ['MAIL FROM:<a@b.example> BODY=BINARYMIME', '555 5.5.4 Unsupported option: BODY=BINARYMIME'],
    ['RCPT TO :<bob@example.com>', '501 5.5.4 Syntax: RCPT TO:<address>'],
    ['RCPT TO:<>', '501 5.1.3 Bad recipient address syntax'],
    ['RCPT TO:<bob@example.com> NOTIFY=never,success', '501 5.5.4 Error: Bad NOTIFY parameter syntax'],
    ['RCPT TO:<bob@example.com> NOTIFY=success,', 'ok'],
    ['RCPT TO:<bob@example.com> ORCPT=;x', '501 5.5.4 Error: Bad ORCPT parameter syntax'],
    ['DATA now', '501 5.5.4 Syntax: DATA'],
    ['BDAT x', '521 5.5.4 Syntax: BDAT count [LAST]'],
    ['VRFY', '501 5.5.4 Syntax: VRFY address [SMTPUTF8]'],
    ['VRFY bob x', '501 5.1.3 Bad recipient address syntax'],
    ['ETRN', '500 Syntax: ETRN domain'],
    ['ETRN !!', '501 Error: invalid parameter syntax'],
    ['AUTH', '501 5.5.4 Syntax: AUTH mechanism'],
    ['XCLIENT FOO=1', '501 5.5.4 Bad XCLIENT attribute name: FOO'],
    ['NOOP whatever', 'ok'],
  ])('%s', (line, expected) => {
    expect(answer(line)).toBe(expected)
  })
})

describe('any line', () => {
  const verbs = Object.keys(commands)
  const line = fc
    .tuple(fc.constantFrom(...verbs), fc.string({ unit: 'binary', maxLength: 120 }))
    .map(([verb, rest]) => `${verb} ${rest}`)

  test('is read or refused, and never throws', () => {
    fc.assert(
      fc.property(line, (text) => {
        answer(text)
      }),
      { numRuns: 500 },
    )
  })

  test('a command written out and read again is written the same', () => {
    const words = fc.constantFrom(
      'FROM:<a@b.example>',
      'FROM:<"a b"@[192.0.2.1]> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=a+2Bb',
      'FROM:<> SMTPUTF8',
      'TO:<@x:bob@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;bob+40example.com',
      '100 LAST',
      'example.com',
      'PLAIN AGFsaWNlAHg=',
      'NAME=mx.example ADDR=192.0.2.7 HELO=x',
      '',
    )
    fc.assert(
      fc.property(fc.constantFrom(...verbs), words, (verb, rest) => {
        const first = readLine(`${verb} ${rest}`)
        if (first.kind !== 'command') return
        const parsed = parseCommand(first.verb, first.words, defaultLimits)
        if (!parsed.ok) return
        const written = formatCommand(parsed.command)
        const again = readLine(written)
        if (again.kind !== 'command') throw new Error(`${written} is no command`)
        const reread = parseCommand(again.verb, again.words, defaultLimits)
        expect(reread.ok && formatCommand(reread.command)).toBe(written)
      }),
      { numRuns: 300 },
    )
  })

  test('xtext comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
        expect(decodeXtext(encodeXtext(text))).toBe(text)
      }),
    )
  })
})
