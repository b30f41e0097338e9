/**
 * Matches a pattern by backtracking, with a budget of steps.
 *
 * JavaScript's own RegExp has no such budget: `(a+)+$` on a line of forty `a` and a `b` stops the whole engine, and the
 * line comes from a stranger. PCRE has the match limit for the same reason, and Postfix then warns and goes on as if
 * the rule had not matched. So does this.
 *
 * pcre_table(5); regexp_table(5).
 */
import { holds, setTest } from './characters.ts'
import { groupBodies, type Node, type Pattern, type Verb } from './tree.ts'

/** The text of group 0 and of each group; undefined where a group took no part. */
export type Groups = readonly (string | undefined)[]

export type Match =
  | { readonly kind: 'match'; readonly groups: Groups }
  | { readonly kind: 'none' }
  /** Given up, in the words of the library. */
  | { readonly kind: 'exhausted'; readonly why: string }

export type Matcher = (text: string) => Match

/** Steps for one lookup: about a tenth of a second. */
const stepLimit = 1_000_000
/** Nested tries: each is a few frames of the stack. */
const depthLimit = 1500
const tooMuch = 'backtracking limit exceeded'

/** Where a group that took no part begins and ends. */
const unset = -1

/** A call of a group that is going on: `(?1)`. */
type Call = { readonly group: number; readonly at: number; readonly outer: Call | null }

type State = {
  text: string
  steps: number
  depth: number
  starts: number[]
  ends: number[]
  call: Call | null
  /** What ends the whole match: for `(*ACCEPT)`. */
  done: Next
}
/** Goes on with what follows; says whether all of it matched. */
type Next = (at: number) => boolean
type Step = (at: number, state: State, next: Next) => boolean

class Exhausted extends Error {}

/** A verb such as `(*COMMIT)` was come back to: nothing before `resume` is tried any more. */
class Stopped extends Error {
  readonly resume: number
  constructor(resume: number) {
    super()
    this.resume = resume
  }
}

/** The groups that others call, by number. */
type Program = { readonly bodies: ReadonlyMap<number, Node>; readonly steps: Map<number, Step> }

export function compilePattern(pattern: Pattern): Matcher {
  const step = compile(pattern.root, { bodies: groupBodies(pattern.root), steps: new Map() })
  const anchored = beginsAtStart(pattern.root)
  return (text) => {
    let end = -1
    const done: Next = (at) => {
      end = at
      return true
    }
    const state: State = { text, steps: 0, depth: 0, starts: [], ends: [], call: null, done }
    try {
      const last = anchored ? 0 : text.length
      for (let start = 0; start <= last; start++) {
        state.starts = []
        state.ends = []
        state.call = null
        const tried = tryAt(step, start, state)
        if (tried === true) return { kind: 'match', groups: groupsOf(state, pattern.groups, start, end) }
        if (tried !== false) start = Math.max(start, tried - 1)
      }
      return { kind: 'none' }
    } catch (error) {
      // A RangeError is the stack itself: the depth limit is meant to come first.
      if (error instanceof RangeError) return { kind: 'exhausted', why: tooMuch }
      if (error instanceof Exhausted) return { kind: 'exhausted', why: error.message }
      throw error
    }
  }
}

/** Whether it matches here; a number is where to try next. */
function tryAt(step: Step, start: number, state: State): boolean | number {
  try {
    return step(start, state, state.done)
  } catch (error) {
    if (error instanceof Stopped) return error.resume
    throw error
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
  if (++state.steps > stepLimit) throw new Exhausted(tooMuch)
}

/** Runs one deeper level; the stack is a budget too. */
function deeper(state: State, run: () => boolean): boolean {
  if (++state.depth > depthLimit) throw new Exhausted(tooMuch)
  const result = run()
  state.depth--
  return result
}

function compile(node: Node, program: Program): Step {
  const inner = (part: Node) => compile(part, program)
  switch (node.kind) {
    case 'set': {
      const fits = setTest(node)
      return (at, state, next) => {
        count(state)
        return at < state.text.length && fits(state.text.charCodeAt(at)) && next(at + 1)
      }
    }
    case 'sequence':
      return node.parts.map(inner).reduceRight<Step>(
        (rest, part) => (at, state, next) => part(at, state, (then) => rest(then, state, next)),
        (at, _state, next) => next(at),
      )
    case 'choice': {
      const branches = node.branches.map(inner)
      return (at, state, next) => {
        count(state)
        return branches.some((branch) => deeper(state, () => branch(at, state, next)))
      }
    }
    case 'group':
      return node.capture === null ? inner(node.body) : capture(inner(node.body), node.capture)
    case 'repeat':
      return node.greed === 'possessive'
        ? atomic(repeat({ ...node, greed: 'greedy' }, inner))
        : repeat({ ...node, greed: node.greed }, inner)
    case 'atomic':
      return atomic(inner(node.body))
    case 'look':
      return node.direction === 'ahead'
        ? lookAhead(node.negated, inner(node.body))
        : lookBehind(node.negated, inner(node.body))
    case 'recurse':
      return recurse(node, program)
    case 'condition':
      return condition(node, inner)
    case 'verb':
      return verb(node.verb)
    case 'back':
      return backReference(node.group, node.fold)
    case 'assert': {
      const { what } = node
      return (at, state, next) => holds(what, at, state.text) && next(at)
    }
  }
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

function repeat(
  node: { body: Node; least: number; most: number; greed: 'greedy' | 'lazy' },
  inner: (part: Node) => Step,
): Step {
  return node.body.kind === 'set' ? repeatSet(node, node.body) : repeatBody(node, inner(node.body))
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

function lookAhead(negated: boolean, body: Step): Step {
  return (at, state, next) => deeper(state, () => body(at, state, () => true)) !== negated && next(at)
}

/** PCRE wants a known length behind; trying every start costs no more than the text before it. */
function lookBehind(negated: boolean, body: Step): Step {
  return (at, state, next) => {
    let found = false
    for (let start = at; start >= 0 && !found; start--) {
      count(state)
      found = deeper(state, () => body(start, state, (end) => end === at))
    }
    return found !== negated && next(at)
  }
}

/** The pattern of a group, here; what it captures is forgotten at its end. */
function recurse(node: Node & { kind: 'recurse' }, program: Program): Step {
  const group = node.group()
  const body: Step = (at, state, next) => {
    let step = program.steps.get(group)
    const written = program.bodies.get(group)
    if (!step && written) program.steps.set(group, (step = compile(written, program)))
    return step ? step(at, state, next) : false
  }
  return (at, state, next) => {
    count(state)
    for (let call = state.call; call; call = call.outer) {
      if (call.group === group && call.at === at) {
        throw new Exhausted('nested recursion at the same subject position')
      }
    }
    const { starts, ends, call: outer } = state
    const before = { starts: [...starts], ends: [...ends] }
    state.call = { group, at, outer }
    const matched = deeper(state, () =>
      body(at, state, (then) => {
        const inside = { starts: state.starts, ends: state.ends, call: state.call }
        Object.assign(state, { starts: [...before.starts], ends: [...before.ends], call: outer })
        if (next(then)) return true
        Object.assign(state, inside)
        return false
      }),
    )
    if (!matched) Object.assign(state, { ...before, call: outer })
    return matched
  }
}

function condition(node: Node & { kind: 'condition' }, inner: (part: Node) => Step): Step {
  const { test } = node
  const yes = inner(node.yes)
  const no = inner(node.no)
  const look = test.kind === 'look' ? inner(test.look) : null
  const group = test.kind === 'group' ? test.group() : 0
  const passes = (at: number, state: State): boolean => {
    switch (test.kind) {
      case 'define':
        return false
      case 'group':
        return (state.starts[group] ?? unset) !== unset
      case 'recursion':
        return state.call !== null && (test.group === null || state.call.group === test.group)
      case 'look':
        return look !== null && look(at, state, () => true)
    }
  }
  return (at, state, next) => (passes(at, state) ? yes(at, state, next) : no(at, state, next))
}

function verb(which: Verb): Step {
  if (which === 'fail') return () => false
  if (which === 'accept') return (at, state) => state.done(at)
  return (at, state, next) => {
    if (next(at)) return true
    throw new Stopped({ commit: Infinity, prune: 0, skip: at }[which])
  }
}

function backReference(asked: () => number, fold: boolean): Step {
  const group = asked()
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
