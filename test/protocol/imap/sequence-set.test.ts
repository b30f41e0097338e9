import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inRanges, readSequenceSet, resolveRanges, writeSequenceSet } from '#protocol/imap/sequence-set.ts'

describe('a set of messages', () => {
  test.each([
    ['3', 10, '3'],
    ['2:4,7', 10, '2:4,7'],
    ['4:2', 10, '2:4'],
    ['8:*', 10, '8:10'],
    ['*', 10, '10'],
    ['12:*', 10, '10:12'],
    ['1,2,3,3,2', 10, '1:3'],
  ])('%s of a mailbox whose last message is %i means %s', (text, last, meant) => {
    const set = readSequenceSet(text)
    if (set === null || set === 'saved') throw new Error(text)
    const numbers = resolveRanges(set, last).flatMap(({ from, to }) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
    )
    expect(writeSequenceSet(numbers)).toBe(meant)
  })

  test.each(['', '0', 'x', '1:', ':1', '1,,2', '1:2:3', '99999999999', '-1'])('%j is no set', (text) => {
    expect(readSequenceSet(text)).toBeNull()
  })

  test('$ is what the last search saved', () => {
    expect(readSequenceSet('$')).toBe('saved')
  })

  test('what is written is read as the same numbers', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1 }), (numbers) => {
        const sorted = numbers.sort((a, b) => a - b)
        const set = readSequenceSet(writeSequenceSet(sorted))
        if (set === null || set === 'saved') throw new Error('unreadable')
        const ranges = resolveRanges(set, 500)
        for (let n = 1; n <= 500; n++) expect(inRanges(ranges, n)).toBe(sorted.includes(n))
      }),
      { numRuns: 50 },
    )
  })
})
