// The words of ManageSieve, and the order in which its commands may come.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { initialTransition, transition } from 'xstate'
import { accepts, legalVerbs } from '#protocol/chart.ts'
import { readWord, writeString } from '#protocol/sieve/managesieve/arguments.ts'
import { manageSieveSession, type ManageSieveStep } from '#protocol/sieve/managesieve.machine.ts'

const verbs = [
  'AUTHENTICATE',
  'STARTTLS',
  'CAPABILITY',
  'NOOP',
  'LOGOUT',
  'HAVESPACE',
  'PUTSCRIPT',
  'LISTSCRIPTS',
  'SETACTIVE',
  'GETSCRIPT',
  'DELETESCRIPT',
  'RENAMESCRIPT',
  'CHECKSCRIPT',
] as const

const after = (...steps: ManageSieveStep['type'][]) =>
  steps.reduce(
    (snapshot, type) => transition(manageSieveSession, snapshot, { type })[0],
    initialTransition(manageSieveSession)[0],
  )

test('before login there are no scripts', () => {
  expect(legalVerbs(after(), verbs)).toEqual(['AUTHENTICATE', 'STARTTLS', 'CAPABILITY', 'NOOP', 'LOGOUT'])
})

test('after login there is no other login', () => {
  const inside = after('AUTHENTICATE', 'challenge', 'authenticated')
  expect(accepts(inside, { type: 'PUTSCRIPT' })).toBe(true)
  expect(accepts(inside, { type: 'AUTHENTICATE' })).toBe(false)
  expect(accepts(inside, { type: 'STARTTLS' })).toBe(false)
})

test('strings, literals, numbers and atoms are told apart', () => {
  expect(readWord(' "a \\"b\\"" x')).toMatchObject({ word: { kind: 'string', text: 'a "b"' }, rest: ' x' })
  expect(readWord('{12+}')).toEqual({ kind: 'literal', length: 12 })
  expect(readWord('100')).toMatchObject({ word: { kind: 'number', value: 100 } })
  expect(readWord('foo')).toMatchObject({ word: { kind: 'atom', text: 'foo' } })
  expect(readWord('  ')).toEqual({ kind: 'end' })
  expect(readWord('"a')).toEqual({ kind: 'wrong', problem: 'String contains invalid character' })
})

test('what is written can be read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), (text) => {
      const written = writeString(text)
      const reading = readWord(written.split('\r\n')[0] ?? '')
      if (reading.kind === 'literal') expect(reading.length).toBe(text.length)
      else expect(reading).toMatchObject({ kind: 'word', word: { kind: 'string', text }, rest: '' })
    }),
    { numRuns: 300 },
  )
})
