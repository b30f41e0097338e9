import { describe, expect, test } from 'vitest'
import { defaultLimits } from '#protocol/smtp/grammar.ts'
import { parseCommand, readLine } from '#protocol/smtp/parse.ts'

const read = (line: string, ipv6: 'yes' | 'no' = 'no') => {
  const command = readLine(line)
  if (command.kind !== 'command') throw new Error(line)
  const parsed = parseCommand(command.verb, command.words, { ...defaultLimits, ipv6 })
  if (!parsed.ok) return parsed.reply.lines[0]
  return 'attributes' in parsed.command ? Object.fromEntries(parsed.command.attributes) : null
}

describe('what a front end says of its client', () => {
  test.each([
    ['XCLIENT NAME=foo.example ADDR=192.0.2.1', { NAME: 'foo.example', ADDR: '192.0.2.1' }],
    ['XCLIENT NAME=[TEMPUNAVAIL] ADDR=[UNAVAILABLE]', { NAME: null, ADDR: null }],
    ['XCLIENT HELO=[TEMPUNAVAIL]', { HELO: '[TEMPUNAVAIL]' }],
    ['XCLIENT HELO=a+20b', { HELO: 'a?b' }],
    ['XCLIENT HELO=+zz', { HELO: '+zz' }],
    ['XFORWARD PROTO=UUCP SOURCE=LOCAL', { PROTO: 'UUCP', SOURCE: 'LOCAL' }],
  ])('%s is taken', (line, attributes) => {
    expect(read(line)).toEqual(attributes)
  })

  test.each([
    ['XCLIENT', 'Syntax: XCLIENT attribute=value...'],
    ['XCLIENT NAME', 'Error: attribute=value expected'],
    ['XCLIENT NAME=', 'Error: attribute=value expected'],
    ['XCLIENT FOO=bar', 'Bad XCLIENT attribute name: FOO'],
    ['XCLIENT NAME=-bad', 'Bad NAME syntax: -bad'],
    ['XCLIENT ADDR=[TEMPUNAVAIL]', 'Bad ADDR syntax: [TEMPUNAVAIL]'],
    ['XCLIENT ADDR=IPV6:::1', 'Bad ADDR syntax: IPV6:::1'],
    ['XCLIENT PROTO=UUCP', 'Bad PROTO syntax: UUCP'],
    [`XCLIENT NAME=${'n'.repeat(256)}`, 'Error: attribute value too long'],
    ['XFORWARD SOURCE=X', 'Bad SOURCE syntax: X'],
  ])('%s is refused: %s', (line, words) => {
    expect(read(line)).toBe(words)
  })

  test('an IPv6 address is one where IPv6 is spoken, and has its prefix', () => {
    expect(read('XCLIENT ADDR=IPV6:2001:db8::1', 'yes')).toEqual({ ADDR: 'IPV6:2001:db8::1' })
    expect(read('XCLIENT ADDR=2001:db8::1', 'yes')).toBe('Bad ADDR syntax: 2001:db8::1')
  })
})
