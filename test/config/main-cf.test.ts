import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editMainCf } from '#config/main-cf-edit.ts'
import { parseMainCf } from '#config/main-cf.ts'

describe('main.cf', () => {
  test('joins continuation lines, over comments and blank lines between them', () => {
    const { values } = parseMainCf('mydestination = example.com,\n  # us too\n\n\texample.org\n', 'main.cf')
    expect(values.get('mydestination')?.value).toBe('example.com,\texample.org')
  })

  test('says where a value begins, for the editor', () => {
    const { values } = parseMainCf('# head\nmyhostname =\n    mail.example.com\n', 'main.cf')
    expect(values.get('myhostname')).toMatchObject({
      nameAt: { line: 2, column: 1 },
      valueAt: { line: 3, column: 5 },
    })
  })

  test('lets the later of two values count, and warns', () => {
    const { values, problems } = parseMainCf('relayhost = a\nrelayhost = b\n', 'main.cf')
    expect(values.get('relayhost')?.value).toBe('b')
    expect(problems).toEqual([
      {
        file: 'main.cf',
        line: 2,
        column: 1,
        severity: 'warning',
        message: 'overriding earlier entry: relayhost=a',
      },
    ])
  })

  test.each([
    ['novalue', `missing '=' after attribute name: "novalue"`],
    ['= value', `missing attribute name: "= value"`],
    ['two words = x', `missing '=' after attribute name: "two words = x"`],
  ])('stops at %j', (line, message) => {
    const { entries, problems } = parseMainCf(`mydomain = example.com\n${line}\nmyorigin = x\n`, 'main.cf')
    expect(entries).toHaveLength(1)
    expect(problems).toEqual([{ file: 'main.cf', line: 2, column: 1, severity: 'fatal', message }])
  })

  test('reads any text without throwing, and finds again what it was told to set', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '=', ' ', '\t', '\n', '#', '$', '{', 'ü') }),
        (text) => {
          const { problems } = parseMainCf(text, 'main.cf')
          if (problems.some(({ severity }) => severity === 'fatal')) return
          // A last line without its line end takes the new one into itself: so does the real postconf.
          const edited = editMainCf(`${text}\n`, 'main.cf', { kind: 'set', values: new Map([['aa', 'new']]) })
          expect(parseMainCf(edited.text, 'main.cf').values.get('aa')?.value).toBe('new')
        },
      ),
      { numRuns: 300 },
    )
  })
})
