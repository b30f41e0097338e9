// What a real postconf -x printed, with empty= set="one two" num=10 self=$self.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expand, type Lookup } from '#config/expand.ts'

const values: Readonly<Record<string, string>> = { empty: '', set: 'one two', num: '10', self: '$self' }
const lookup: Lookup = (name) => values[name] ?? null

describe('a value with $name in it', () => {
  test.each([
    ['$set-x', 'one two-x'],
    ['$(set) ${ num }', 'one two 10'],
    ['$$set', '$set'],
    ['${set?yes}${empty?yes}${undef?yes}', 'yes'],
    ['${set:no}|${empty:no}|${undef:no}', '|no|no'],
    ['${set?{a}:{b}}${empty? {a} : {b} }', 'ab'],
    ['${set?{a}:b}${empty?{a}:b}', 'ab'],
    ['${empty?a:b}', ''],
    ['${set?a:b}', 'a:b'],
    ['${set?{${num?{in}:{out}}}:{no}}', 'in'],
    ['${{a} == {a}}', 'true'],
    ['${{a} == {b} : {x}}', 'x'],
    ['${{ a } == {a} ? {x} : {y}}', 'y'],
    ['${{9} < {10} ? {number} : {text}}', 'number'],
    ['${{9a} < {10} ? {number} : {text}}', 'text'],
    ['${{09} == {9} ? {number} : {text}}', 'number'],
    ['${{$num} >= {10}?{x}:{y}}', 'x'],
    ['${{3.6} <level {3.10} ? {x} : {y}}', 'x'],
    ['${{3.6} < {3.10} ? {x} : {y}}', 'y'],
    ['${{3.6} !=level {3.6.0} ? {x} : {y}}', 'y'],
    ['{a} $undefined', '{a} '],
  ])('%s is %j', (text, expected) => {
    expect(expand(text, lookup)).toMatchObject({ ok: true, value: expected })
  })

  test.each([
    ['${set', 'truncated macro reference: "${set"'],
    ['$(set}', 'truncated macro reference: "$(set}"'],
    ['a $- b', 'empty macro name: "a $- b"'],
    ['${}', 'empty macro name: "${}"'],
    ['${set!yes}', 'attribute name syntax error at: "...set>>>!yes"'],
    ['${ set x}', 'attribute name syntax error at: "... set>>> x"'],
    ['${set?{yes}x}', '":" expected at: "...yes}>>>x"'],
    ['${set?{yes}:{no}x}', 'unexpected input at: "...no}>>>x"'],
    ['${{a} == b ? {x} : {y}}', '"{expression}" expected at: "...{a} ==>>> b ? {x} : {y}"'],
    ['${{a}=={a} z}', '"?" or ":" expected at: "...}>>>z"'],
    ['${{3.6} <levelx {3.6} ? {x}}', 'bad operator suffix at: "...<>>>levelx"'],
    ['${{3.x} ==level {3.6} ? {x}}', 'malformed compatibility level syntax: "3.x"'],
    ['$self', 'unreasonable macro call nesting: "self"'],
  ])('%s is refused in the words of Postfix', (text, message) => {
    expect(expand(text, lookup)).toEqual({ ok: false, message })
  })

  test('says which names have no value', () => {
    expect(expand('$undef ${other?x} $set', lookup)).toMatchObject({ undefinedNames: ['undef', 'other'] })
  })

  test('ends soon when values double at every step', () => {
    expect(expand('$a1', (name) => `$a${Number(name.slice(1)) + 1}`.repeat(2))).toMatchObject({ ok: false })
  })

  test('never throws, whatever stands in main.cf', () => {
    const piece = fc.constantFrom(
      '$',
      '{',
      '}',
      '(',
      ')',
      '?',
      ':',
      'set',
      'empty',
      ' ',
      '<',
      '=',
      'level',
      '9',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expand(pieces.join(''), lookup)
      }),
      { numRuns: 500 },
    )
  })
})
