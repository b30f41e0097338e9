/**
 * One run of a script over one letter: its variables, its flags, what it has decided so far, what it says on its way.
 *
 * RFC 5228 §2.10. Work is bounded: every comparison costs, and a script that costs too much ends in error.
 */
import type { HeaderLine } from '../message/header-lines.ts'
import type { MimePart } from '../message/mime-tree.ts'
import { mostActions, mostRedirects, type Action, type Place } from './actions.ts'
import type { SieveMessage } from './message.ts'
import type { Position } from './problem.ts'
import { sourceOf, type Program } from './program.ts'
import type { SieveNode } from './tree.ts'
import { largestMatchValue, longestVariable, type VariableSource } from './values.ts'

/** What a script may ask of the server that runs it. */
export type SieveWorld = {
  readonly message: SieveMessage
  readonly envelope: {
    /** '' for the null one. */
    readonly from: string
    /** As the client gave it, and as it was found. */
    readonly to: string
    readonly auth: string | null
  }
  readonly user: string
  readonly recipientDelimiter: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** RFC 5183: host, domain, name, version, location, phase, remote-host …; null: there is no such item. */
  environment(item: string): string | null
  mailboxExists(folder: string): Promise<boolean>
  specialUseExists(folder: string | null, uses: readonly string[]): Promise<boolean>
  /** RFC 7352. */
  isDuplicate(handle: string, id: string): Promise<boolean>
  /** `sieve_redirect_limit`. */
  readonly mostRedirects?: number
  readonly mostActions?: number
}

export type Step = Place & {
  readonly what: string
  readonly result: string
}

export type LogLine = {
  readonly severity: 'error' | 'warning' | 'info'
  readonly at: Place | null
  readonly text: string
}

/** What a script does wrong when it runs. */
export class SieveRuntimeError extends Error {
  readonly at: Place | null
  constructor(text: string, at: Place | null) {
    super(text)
    this.at = at
  }
}

const mostSteps = 20_000
const mostLogged = 30
/** About half a minute of a real one's comparisons. */
const budget = 5_000_000

export class Run implements VariableSource {
  readonly world: SieveWorld
  readonly actions: Action[] = []
  readonly steps: Step[] = []
  readonly logged: LogLine[] = []
  /** imap4flags: the internal variable. */
  flags: readonly string[] = []
  readonly parts: MimePart[] = []
  readonly includedOnce = new Set<string>()
  program: Program
  depth = 0
  #locals = new Map<string, string>()
  readonly #globals = new Map<string, string>()
  #globalNames = new Set<string>()
  #matchValues: readonly string[] = []
  #spent = 0
  #header: readonly HeaderLine[] | null = null
  #compared: { value: string; key: string; outcome: string } | null = null

  constructor(program: Program, world: SieveWorld) {
    this.program = program
    this.world = world
  }

  // --- variables: RFC 5229; global: RFC 6609 §3.4

  variable(name: string): string {
    const key = name.toLowerCase()
    if (key.startsWith('global.')) return this.#globals.get(key.slice(7)) ?? ''
    return (this.#globalNames.has(key) ? this.#globals : this.#locals).get(key) ?? ''
  }

  setVariable(name: string, value: string): void {
    const key = name.toLowerCase()
    const cut = value.slice(0, longestVariable)
    if (key.startsWith('global.')) this.#globals.set(key.slice(7), cut)
    else (this.#globalNames.has(key) ? this.#globals : this.#locals).set(key, cut)
  }

  declareGlobal(name: string): void {
    this.#globalNames.add(name.toLowerCase())
  }

  matchValue(index: number): string {
    return this.#matchValues[index] ?? ''
  }

  setMatchValues(values: readonly string[]): void {
    this.#matchValues = values.slice(0, largestMatchValue + 1)
  }

  /** An included script has its own variables, and sees the global ones. */
  async inside<T>(program: Program, work: () => Promise<T>): Promise<T> {
    const [outer, locals, names] = [this.program, this.#locals, this.#globalNames]
    this.program = program
    this.#locals = new Map()
    this.#globalNames = new Set()
    this.depth++
    try {
      return await work()
    } finally {
      this.program = outer
      this.#locals = locals
      this.#globalNames = names
      this.depth--
    }
  }

  // --- the letter as the script has edited it so far: RFC 5293

  fieldsOf(part: MimePart): readonly HeaderLine[] {
    return part === this.world.message.root ? (this.#header ?? part.fields) : part.fields
  }

  editHeader(lines: readonly HeaderLine[]): void {
    this.#header = lines
  }

  get editedHeader(): readonly HeaderLine[] | null {
    return this.#header
  }

  // --- decisions

  place(at: Position): Place {
    return { script: this.program.name, line: at.line, column: at.column }
  }

  /** Adds an action unless it cannot stand beside those before it. */
  decide(action: Action): void {
    for (const [i, before] of this.actions.entries()) {
      const problem = conflict(before, action)
      if (problem === null) continue
      if (problem !== 'same') throw new SieveRuntimeError(problem, action.at)
      // One letter is stored once in a folder, with the flags that were said last.
      if (before.kind === 'store' && action.kind === 'store')
        this.actions[i] = { ...before, flags: action.flags }
      return
    }
    const most = this.world.mostActions ?? mostActions
    if (most > 0 && this.actions.length >= most) {
      const text = `total number of actions exceeds policy limit (${this.actions.length + 1} > ${most})`
      throw new SieveRuntimeError(text, action.at)
    }
    const redirects = this.actions.filter(({ kind }) => kind === 'redirect').length
    const limit = this.world.mostRedirects ?? mostRedirects
    if (action.kind === 'redirect' && redirects >= limit) {
      const text = `number of redirect actions exceeds policy limit (${redirects + 1} > ${limit})`
      throw new SieveRuntimeError(text, action.at)
    }
    this.actions.push(this.#header === null ? action : { ...action, header: this.#header })
  }

  /** Remembers, once the letter is dealt with, that it was here. */
  track(action: Extract<Action, { kind: 'track' }>): void {
    this.actions.push(action)
  }

  // --- what is told

  test(node: SieveNode, result: boolean): void {
    const compared = this.#compared
    this.#compared = null
    const detail =
      compared === null
        ? ''
        : ` (${shown(compared.value)} ${compared.outcome === 'matched' ? 'matches' : 'does not match'} ${shown(compared.key)})`
    this.#step(node, `${result}${detail}`)
  }

  did(node: SieveNode, result: string): void {
    this.#step(node, result)
  }

  compared(value: string, key: string, outcome: 'matched' | 'not matched'): void {
    this.#compared = { value, key, outcome }
  }

  #step(node: SieveNode, result: string): void {
    if (this.steps.length >= mostSteps) return
    this.steps.push({ ...this.place(node.at), what: sourceOf(this.program, node), result })
  }

  log(severity: LogLine['severity'], text: string, at: Place | null = null): void {
    if (this.logged.length < mostLogged) this.logged.push({ severity, at, text })
  }

  /** Throws when the script has cost too much. */
  spend(cost: number): void {
    this.#spent += cost
    if (this.#spent > budget) throw new SieveRuntimeError('execution exceeded CPU time limit', null)
  }
}

const shown = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 59)}…` : text}”`

const named = ({ script, line }: Place): string => `${script}: line ${line}`

/** 'same': the action is there already; a sentence: why both cannot be. RFC 5228 §2.10.4. */
function conflict(before: Action, after: Action): string | null {
  switch (after.kind) {
    case 'store':
      if (before.kind === 'reject' && after.by !== 'keep') return delivers(after)
      return before.kind === 'store' && sameFolder(before.folder, after.folder) ? 'same' : null
    case 'redirect':
      if (before.kind === 'reject') return delivers(after)
      return before.kind === 'redirect' && sameAddress(before.address, after.address) ? 'same' : null
    case 'discard':
      return before.kind === 'discard' ? 'same' : null
    case 'notify':
      return before.kind === 'notify' && before.uri === after.uri ? 'same' : null
    case 'reject':
      if (before.kind === 'reject') return duplicateOf('reject/ereject', before.at)
      // A keep may go with it: the letter is rejected, and kept.
      if ((before.kind === 'store' && before.by !== 'keep') || before.kind === 'redirect')
        return delivers(before)
      return before.kind === 'vacation'
        ? `reject/ereject action conflicts with other action: the vacation action (${named(before.at)}) also sends a response to the sender`
        : null
    case 'vacation':
      if (before.kind === 'vacation') return duplicateOf('vacation', before.at)
      return before.kind === 'reject'
        ? `vacation action conflicts with other action: the reject action (${named(before.at)}) also sends a response back to the sender`
        : null
    default:
      return null
  }
}

const duplicateOf = (what: string, at: Place): string =>
  `duplicate ${what} action not allowed (previously triggered one was here: ${named(at)})`

const delivers = (action: Action): string =>
  `reject/ereject action conflicts with other action: the ${action.kind} action (${named(action.at)}) tries to deliver the message`

const sameFolder = (a: string | null, b: string | null): boolean => a === b || (isInbox(a) && isInbox(b))

const isInbox = (folder: string | null): boolean => folder === null || folder.toUpperCase() === 'INBOX'

/** The domain in any case. */
const sameAddress = (a: string, b: string): boolean => {
  const [x, y] = [a.lastIndexOf('@'), b.lastIndexOf('@')]
  return a.slice(0, x) === b.slice(0, y) && a.slice(x).toLowerCase() === b.slice(y).toLowerCase()
}
