import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { literalAtEnd, readArguments, type Argument } from '#protocol/imap/tokens.ts'
import { quoted } from '#protocol/imap/quoting.ts'
import { growth, linear } from '../../growth.ts'

const read = (text: string) => {
  const result = readArguments(text)
  return result.ok ? result.args : result.message
}

describe('the arguments of an IMAP command', () => {
  test('atoms, quoted strings, literals and lists of them', () => {
    expect(read(' INBOX "two words" {3}\r\na b (x (y))')).toEqual([
      { kind: 'atom', text: 'INBOX' },
      { kind: 'string', text: 'two words', form: 'quoted' },
      { kind: 'string', text: 'a b', form: 'literal' },
      {
        kind: 'list',
        items: [
          { kind: 'atom', text: 'x' },
          { kind: 'list', items: [{ kind: 'atom', text: 'y' }] },
        ],
      },
    ])
  })

  test.each([
    [' (a', "Missing ')'"],
    [' a)', "Unexpected ')'"],
    [' "open', `Missing '"'`],
    [' a"b', 'Invalid characters in atom'],
    [' caf\xe9', '8bit data in atom'],
    [' {x}', 'Invalid literal size'],
    [` ${'('.repeat(2000)}`, "Too many '('"],
  ])('says what is wrong with %j', (text, message) => {
    expect(read(text)).toBe(message)
  })

  test('a literal announces itself at the end of a line', () => {
    expect(literalAtEnd('APPEND x {12}')).toEqual({ size: 12, waits: 'for-continuation' })
    expect(literalAtEnd('APPEND x {12+}')).toEqual({ size: 12, waits: 'for-nothing' })
    expect(literalAtEnd('APPEND x ~{12}')).toEqual({ size: 12, waits: 'for-continuation' })
    expect(literalAtEnd('APPEND x {}')).toBeNull()
  })

  test('whatever a server writes as a string is read as the same string', () => {
    fc.assert(
      fc.property(fc.string({ unit: latin1 }), (text) => {
        expect(read(` ${quoted(text)}`)).toEqual([expect.objectContaining({ kind: 'string', text })])
      }),
      { numRuns: 300 },
    )
  })

  test('any bytes are read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.string({ unit: latin1, maxLength: 300 }), (text) => {
        const result = readArguments(text)
        if (result.ok) expect(depth(result.args)).toBeLessThanOrEqual(1001)
      }),
      { numRuns: 500 },
    )
  })

  test('ten times as many arguments take about ten times as long', () => {
    expect(growth(4000, (count) => readArguments(' a "b" (c)'.repeat(count)))).toBeLessThan(linear)
  })
})

const latin1 = fc.oneof(
  fc.constantFrom(' ', '(', ')', '"', '\\', '{', '}', '3', '+', '\r\n', 'a', '~', '[', ']'),
  fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
)

const depth = (args: readonly Argument[]): number =>
  1 + Math.max(0, ...args.map((arg) => (arg.kind === 'list' ? depth(arg.items) : 0)))
