/** What a single place of a text is asked: whether its character is in a set, whether a line or a word begins or ends there. */
import type { Assertion, Node, Ranges } from './tree.ts'

export function setTest(node: Node & { kind: 'set' }): (code: number) => boolean {
  const { ranges, negated, fold } = node
  const inSet = (code: number) => within(ranges, code)
  // Most characters of mail are ASCII: their answers are worked out once.
  const ascii = Array.from({ length: 128 }, (_, code) => {
    const both = fold ? [code, swapCase(code)] : [code]
    return both.some(inSet) !== negated
  })
  return (code) => ascii[code] ?? inSet(code) !== negated
}

const within = (ranges: Ranges, code: number): boolean =>
  ranges.some(([from, to]) => code >= from && code <= to)

function swapCase(code: number): number {
  if (code >= 65 && code <= 90) return code + 32
  return code >= 97 && code <= 122 ? code - 32 : code
}

export function holds(what: Assertion, at: number, text: string): boolean {
  const before = isWord(text.charCodeAt(at - 1))
  const after = isWord(text.charCodeAt(at))
  switch (what) {
    case 'text-start':
      return at === 0
    case 'text-end':
      return at === text.length
    case 'text-end-or-newline':
      return at === text.length || (at === text.length - 1 && text[at] === '\n')
    case 'line-start':
      return at === 0 || text[at - 1] === '\n'
    case 'line-end':
      return at === text.length || text[at] === '\n'
    case 'word-boundary':
      return before !== after
    case 'no-word-boundary':
      return before === after
    case 'word-start':
      return !before && after
    case 'word-end':
      return before && !after
  }
}

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122)
