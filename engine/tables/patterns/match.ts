/**
 * Matches a pattern by backtracking, with a budget of steps.
 *
 * JavaScript's own RegExp has no such budget: `(a+)+$` on a line of forty `a` and a `b` stops the whole engine, and the
 * line comes from a stranger. PCRE has the match limit for the same reason, and Postfix then warns and goes on as if
 * the rule had not matched. So does this.
 *
 * pcre_table(5); regexp_table(5).
 */
import type { Assertion, Node, Pattern, Ranges } from './tree.ts'

/** The text of group 0 and of each group; undefined where a group took no part. */
export type Groups = readonly (string | undefined)[]

export type Match =
  { readonly kind: 'match'; readonly groups: Groups } | { readonly kind: 'none' | 'exhausted' }

export type Matcher = (text: string) => Match

/** Steps for one lookup: about a tenth of a second. */
const stepLimit = 1_000_000
/** Nested tries: each is a few frames of the stack. */
const depthLimit = 1500

/** Where a group that took no part begins and ends. */
const unset = -1

type State = { text: string; steps: number; depth: number; starts: number[]; ends: number[] }
/** Goes on with what follows; says whether all of it matched. */
type Next = (at: number) => boolean
type Step = (at: number, state: State, next: Next) => boolean

class Exhausted extends Error {}

export function compilePattern(pattern: Pattern): Matcher {
  const step = compile(pattern.root)
  const anchored = beginsAtStart(pattern.root)
  return (text) => {
    const state: State = { text, steps: 0, depth: 0, starts: [], ends: [] }
    try {
      const last = anchored ? 0 : text.length
      for (let start = 0; start <= last; start++) {
        state.starts = []
        state.ends = []
        let end = -1
        const matched = step(start, state, (at) => {
          end = at
          return true
        })
        if (matched) return { kind: 'match', groups: groupsOf(state, pattern.groups, start, end) }
      }
      return { kind: 'none' }
    } catch (error) {
      // A RangeError is the stack itself: the depth limit is meant to come first.
      if (error instanceof Exhausted || error instanceof RangeError) return { kind: 'exhausted' }
      throw error
    }
  }
}

function groupsOf(state: State, count: number, start: number, end: number): Groups {
  const groups: (string | undefined)[] = [state.text.slice(start, end)]
  for (let i = 1; i <= count; i++) {
    const from = state.starts[i] ?? unset
    groups.push(from === unset ? undefined : state.text.slice(from, state.ends[i]))
  }
  return groups
}

function beginsAtStart(node: Node): boolean {
  if (node.kind === 'assert') return node.what === 'text-start'
  if (node.kind === 'sequence') return node.parts[0] !== undefined && beginsAtStart(node.parts[0])
  if (node.kind === 'group') return beginsAtStart(node.body)
  return node.kind === 'choice' && node.branches.every(beginsAtStart)
}

function count(state: State): void {
  if (++state.steps > stepLimit) throw new Exhausted()
}

/** Runs one deeper level; the stack is a budget too. */
function deeper(state: State, run: () => boolean): boolean {
  if (++state.depth > depthLimit) throw new Exhausted()
  const result = run()
  state.depth--
  return result
}

function compile(node: Node): Step {
  switch (node.kind) {
    case 'set': {
      const fits = setTest(node)
      return (at, state, next) => {
        count(state)
        return at < state.text.length && fits(state.text.charCodeAt(at)) && next(at + 1)
      }
    }
    case 'sequence':
      return node.parts.map(compile).reduceRight<Step>(
        (rest, part) => (at, state, next) => part(at, state, (then) => rest(then, state, next)),
        (at, _state, next) => next(at),
      )
    case 'choice': {
      const branches = node.branches.map(compile)
      return (at, state, next) => {
        count(state)
        return branches.some((branch) => deeper(state, () => branch(at, state, next)))
      }
    }
    case 'group':
      return node.capture === null ? compile(node.body) : capture(compile(node.body), node.capture)
    case 'repeat':
      return node.greed === 'possessive'
        ? atomic(repeat({ ...node, greed: 'greedy' }))
        : repeat({ ...node, greed: node.greed })
    case 'atomic':
      return atomic(compile(node.body))
    case 'look':
      return node.direction === 'ahead' ? lookAhead(node) : lookBehind(node)
    case 'back':
      return backReference(node.group, node.fold)
    case 'assert': {
      const { what } = node
      return (at, state, next) => holds(what, at, state.text) && next(at)
    }
  }
}

function setTest(node: Node & { kind: 'set' }): (code: number) => boolean {
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

function capture(body: Step, group: number): Step {
  return (at, state, next) => {
    const start = state.starts[group] ?? unset
    const end = state.ends[group] ?? unset
    const matched = body(at, state, (then) => {
      const innerStart = state.starts[group] ?? unset
      const innerEnd = state.ends[group] ?? unset
      state.starts[group] = at
      state.ends[group] = then
      if (next(then)) return true
      restore(state, group, innerStart, innerEnd)
      return false
    })
    if (!matched) restore(state, group, start, end)
    return matched
  }
}

function restore(state: State, group: number, start: number, end: number): void {
  state.starts[group] = start
  state.ends[group] = end
}

function repeat(node: { body: Node; least: number; most: number; greed: 'greedy' | 'lazy' }): Step {
  return node.body.kind === 'set' ? repeatSet(node, node.body) : repeatBody(node, compile(node.body))
}

/** `.*`, `[a-z]+`: a loop, not a level of the stack for each character. */
function repeatSet(
  { least, most, greed }: { least: number; most: number; greed: 'greedy' | 'lazy' },
  body: Node & { kind: 'set' },
): Step {
  const fits = setTest(body)
  return (at, state, next) => {
    const { text } = state
    const limit = Math.min(text.length, at + most)
    if (greed === 'greedy') {
      let end = at
      for (; end < limit && fits(text.charCodeAt(end)); end++) count(state)
      for (; end >= at + least; end--) {
        count(state)
        if (deeper(state, () => next(end))) return true
      }
      return false
    }
    for (let end = at; ; end++) {
      count(state)
      if (end >= at + least && deeper(state, () => next(end))) return true
      if (end >= limit || !fits(text.charCodeAt(end))) return false
    }
  }
}

function repeatBody(
  { least, most, greed }: { least: number; most: number; greed: 'greedy' | 'lazy' },
  body: Step,
): Step {
  const round = (done: number, at: number, state: State, next: Next): boolean => {
    count(state)
    const again = () =>
      done < most &&
      deeper(state, () =>
        // A round that took nothing would go on for ever.
        body(at, state, (then) =>
          then === at && done >= least ? false : round(done + 1, then, state, next),
        ),
      )
    if (done < least) return again()
    return greed === 'greedy' ? again() || next(at) : next(at) || again()
  }
  return (at, state, next) => round(0, at, state, next)
}

function atomic(body: Step): Step {
  return (at, state, next) => {
    let end = -1
    const matched = body(at, state, (then) => {
      end = then
      return true
    })
    return matched && next(end)
  }
}

function lookAhead(node: Node & { kind: 'look' }): Step {
  const body = compile(node.body)
  return (at, state, next) => deeper(state, () => body(at, state, () => true)) !== node.negated && next(at)
}

/** PCRE wants a known length behind; trying every start costs no more than the text before it. */
function lookBehind(node: Node & { kind: 'look' }): Step {
  const body = compile(node.body)
  return (at, state, next) => {
    let found = false
    for (let start = at; start >= 0 && !found; start--) {
      count(state)
      found = deeper(state, () => body(start, state, (end) => end === at))
    }
    return found !== node.negated && next(at)
  }
}

function backReference(group: number, fold: boolean): Step {
  return (at, state, next) => {
    count(state)
    const from = state.starts[group] ?? unset
    if (from === unset) return false
    const said = state.text.slice(from, state.ends[group])
    const here = state.text.slice(at, at + said.length)
    const same = fold ? said.toLowerCase() === here.toLowerCase() : said === here
    return same && next(at + said.length)
  }
}

function holds(what: Assertion, at: number, text: string): boolean {
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
