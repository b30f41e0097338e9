/**
 * What a regular expression means, whichever notation it was written in: POSIX (regexp tables) or Perl's (pcre tables).
 */
import { named } from '#protocol/named.ts'

export type Ranges = readonly (readonly [from: number, to: number])[]

export type Node =
  /** One character out of a set. `fold`: upper and lower case are the same. */
  | { readonly kind: 'set'; readonly ranges: Ranges; readonly negated: boolean; readonly fold: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  /** `capture`: the number of the group, or null when it only groups. */
  | { readonly kind: 'group'; readonly body: Node; readonly capture: number | null }
  | {
      readonly kind: 'repeat'
      readonly body: Node
      readonly least: number
      readonly most: number
      readonly greed: 'greedy' | 'lazy' | 'possessive'
    }
  /** `(?>…)`: once matched, never tried another way. */
  | { readonly kind: 'atomic'; readonly body: Node }
  | {
      readonly kind: 'look'
      readonly body: Node
      readonly direction: 'ahead' | 'behind'
      readonly negated: boolean
    }
  /** `(?1)`: the pattern of that group once more; 0 is the whole. */
  | { readonly kind: 'recurse'; readonly group: () => number }
  | { readonly kind: 'condition'; readonly test: Condition; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'verb'; readonly verb: Verb }
  | { readonly kind: 'back'; readonly group: () => number; readonly fold: boolean }
  | { readonly kind: 'assert'; readonly what: Assertion }

export type Condition =
  | { readonly kind: 'group'; readonly group: () => number }
  | { readonly kind: 'recursion'; readonly group: number | null }
  /** `(?(DEFINE)…)` is only there to be called. */
  | { readonly kind: 'define' }
  | { readonly kind: 'look'; readonly look: Node }

/** What steers the search itself: `(*FAIL)`, `(*COMMIT)`. */
export type Verb = 'fail' | 'accept' | 'commit' | 'prune' | 'skip'

export type Assertion =
  | 'text-start'
  | 'text-end'
  /** The end, or before a newline that ends the text. */
  | 'text-end-or-newline'
  | 'line-start'
  | 'line-end'
  | 'word-boundary'
  | 'no-word-boundary'
  | 'word-start'
  | 'word-end'

export type Pattern = {
  readonly root: Node
  readonly groups: number
}

/** The groups of a pattern by their numbers: what `(?1)` calls. Of two with one number, the first. */
export function groupBodies(root: Node): ReadonlyMap<number, Node> {
  const bodies = new Map<number, Node>([[0, root]])
  collectGroups(root, bodies)
  return bodies
}

function collectGroups(node: Node, bodies: Map<number, Node>): void {
  switch (node.kind) {
    case 'sequence':
      for (const part of node.parts) collectGroups(part, bodies)
      return
    case 'choice':
      for (const branch of node.branches) collectGroups(branch, bodies)
      return
    case 'condition':
      for (const part of [node.yes, node.no]) collectGroups(part, bodies)
      if (node.test.kind === 'look') collectGroups(node.test.look, bodies)
      return
    case 'group':
      if (node.capture !== null && !bodies.has(node.capture)) bodies.set(node.capture, node)
      collectGroups(node.body, bodies)
      return
    case 'repeat':
    case 'atomic':
    case 'look':
      collectGroups(node.body, bodies)
  }
}

/** How many characters it always takes; null when that depends, or is not known. */
export function lengthOf(node: Node): number | null {
  switch (node.kind) {
    case 'set':
      return 1
    case 'assert':
    case 'look':
    case 'verb':
      return 0
    case 'group':
    case 'atomic':
      return lengthOf(node.body)
    case 'sequence':
      return node.parts.map(lengthOf).reduce((sum, it) => (sum === null || it === null ? null : sum + it), 0)
    case 'choice': {
      const [first = null, ...others] = node.branches.map(lengthOf)
      return others.every((length) => length === first) ? first : null
    }
    case 'repeat': {
      const length = node.least === node.most ? lengthOf(node.body) : null
      return length === null ? null : length * node.least
    }
    case 'back':
    case 'recurse':
    case 'condition':
      return null
  }
}

/** What is wrong with a pattern, in the words of the library that Postfix uses. */
export class PatternError extends Error {
  readonly offset: number
  constructor(message: string, offset = 0) {
    super(message)
    this.offset = offset
  }
}

export const digits: Ranges = [[48, 57]]
export const blanks: Ranges = [
  [9, 13],
  [32, 32],
]
export const wordChars: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]

/** `[:alpha:]` and its kin, in the C locale. */
export const namedClasses: Readonly<Record<string, Ranges>> = named({
  alpha: [
    [65, 90],
    [97, 122],
  ],
  digit: digits,
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  upper: [[65, 90]],
  lower: [[97, 122]],
  space: blanks,
  blank: [
    [9, 9],
    [32, 32],
  ],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  print: [[32, 126]],
  graph: [[33, 126]],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
  word: wordChars,
})

export const lastCode = 0xffff

export function complement(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0])
  const out: [number, number][] = []
  let next = 0
  for (const [from, to] of sorted) {
    if (from > next) out.push([next, from - 1])
    next = Math.max(next, to + 1)
  }
  if (next <= lastCode) out.push([next, lastCode])
  return out
}
