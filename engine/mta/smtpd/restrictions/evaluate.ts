/**
 * Walks a list of restrictions and stops at the first that decides: permit, reject or defer. The order is the policy.
 *
 * Every step is stated in the trace, with the table rows that were looked at: that is the answer to "why?".
 *
 * SMTPD_ACCESS_README. Next: engine/mta/cleanup/cleanup.ts
 */
import { reply, type Reply } from '#protocol/smtp/reply.ts'
import type { Trouble } from '#protocol/smtp/transcript.ts'
import type { FactOf, Lookup } from '#trace/events.ts'
import type { MessageAction } from '#mta/handover.ts'
import { EmptyResult, MappingUnavailable } from '#mta/rewrite/world.ts'
import type { Tried } from '#tables/search.ts'
import { tracedReply } from '../traced-reply.ts'
import type { Facts } from './facts.ts'
import { findRestriction } from './index.ts'
import { logLine, writeLogLine, type LogLine } from './log-line.ts'
import {
  lookupFailure,
  type Call,
  type Outcome,
  type Refusal,
  type ReplyClass,
  type Restriction,
  type Stage,
} from './restriction.ts'

/** What ends a list. 'dunno': nothing in it decided, which permits. */
export type ListEnd =
  | { readonly kind: 'permit' | 'dunno' | 'discard' }
  | { readonly kind: 'refused'; readonly reply: Reply; readonly trouble: Trouble }

const serverMisconfigured: Refusal & { readonly kind: 'refuse' } = {
  kind: 'refuse',
  code: 451,
  status: '4.3.5',
  text: 'Server configuration error',
  trouble: 'software',
}

export type ListInput = {
  readonly stage: Stage
  /** The parameter: smtpd_recipient_restrictions. */
  readonly list: string
  readonly items: readonly string[]
  readonly replyName: string
  readonly replyClass: ReplyClass
  /** The restriction that a bare `type:table` stands for; null where nothing can be guessed. */
  readonly bareTable: string | null
}

/** Lists inside lists: classes, and restrictions in access tables. Postfix stops there too. */
const nestingLimit = 100

/** One command's way through its lists: remembers what was asked for the message, and what to say at the end. */
export class Evaluation {
  readonly actions: MessageAction[] = []
  readonly log: LogLine[] = []
  /** If the mail would be permitted, it is deferred with this instead. Lives across lists. */
  deferIfPermit: Refusal | null
  #deferIfReject: Refusal | null = null
  #warnOnly = false
  readonly #facts: Facts

  constructor(facts: Facts, deferIfPermit: Refusal | null = null) {
    this.#facts = facts
    this.deferIfPermit = deferIfPermit
  }

  async list(input: ListInput): Promise<ListEnd> {
    this.#deferIfReject = null
    this.#warnOnly = false
    const { session, machine } = this.#facts
    const { stage, list, items } = input
    if (items.length > 0) {
      const { walked } = this.#facts
      const known = walked?.has(list) ?? false
      walked?.add(list)
      machine.emit({
        type: 'restriction.list',
        session,
        stage,
        list,
        ...(known ? {} : { items: [...items] }),
      })
    }
    return this.#walk(input, null, 0)
  }

  /** A rule that is no item of a list: smtpd_reject_unlisted_recipient, a deferral that was promised. */
  async builtIn(
    input: Omit<ListInput, 'items' | 'bareTable'> & { readonly name: string },
    ask: (call: Pick<Call, 'looked'>) => Promise<Outcome>,
  ): Promise<ListEnd> {
    this.#deferIfReject = null
    const lookups: Lookup[] = []
    const outcome = await this.#guard(input.name, input.replyName, lookups, () =>
      ask({ looked: (tried) => lookups.push(...lookupsOf(tried)) }),
    )
    if (outcome.kind !== 'refuse') return { kind: 'dunno' }
    const end = this.#refuse(outcome)
    this.#state({ ...input, index: 0, lookups, verdict: verdictOf(outcome), reply: end.reply })
    return end
  }

  async #walk(input: ListInput, place: number | null, depth: number): Promise<ListEnd> {
    if (depth > nestingLimit)
      return this.#misconfigured([`restriction list nested too deeply: ${input.list}`])
    for (let i = 0; i < input.items.length; i++) {
      const name = input.items[i] ?? ''
      if (name.toLowerCase() === 'warn_if_reject') {
        this.#warnOnly = true
        continue
      }
      const read = this.#read(input, i)
      if (read.kind === 'misconfigured') return this.#misconfigured(read.warnings)
      i += read.taken
      const end = await this.#step(input, read, place ?? i - read.taken, depth)
      this.#warnOnly = false
      if (end.kind === 'permit' && read.name.toLowerCase() === 'permit') this.#warnIgnored(input.items, i)
      if (end.kind !== 'dunno') return end
      // Whatever comes now, the answer is "later".
      if (this.deferIfPermit && this.#deferIfReject) return end
    }
    return { kind: 'dunno' }
  }

  #read(input: ListInput, i: number): Item | (Outcome & { kind: 'misconfigured' }) {
    const written = input.items[i] ?? ''
    const bare = isTable(written)
    if (bare && input.bareTable === null) {
      const names = ['client', 'reverse_client_hostname', 'helo', 'sender', 'recipient', 'etrn']
      const choices = names.map((name) => `check_${name}_access`).join(', ')
      return bad(`specify one of (${choices}) before ${input.replyClass} restriction "${written}"`)
    }
    const name = bare ? (input.bareTable ?? '') : written
    const restriction = findRestriction(name)
    if (restriction) {
      const next = bare ? written : input.items[i + 1]
      return readArgument(name, restriction, next, bare ? 0 : 1)
    }
    const classes = this.#facts.settings.list('smtpd_restriction_classes')
    if (classes.includes(name)) return { kind: 'class', name, argument: '', taken: 0 }
    return bad(`unknown smtpd restriction: "${written}"`)
  }

  async #step(input: ListInput, item: Item, index: number, depth: number): Promise<ListEnd> {
    const { stage, list, replyName, replyClass } = input
    const lookups: Lookup[] = []
    const call: Call = {
      argument: item.argument,
      replyName,
      replyClass,
      stage,
      looked: (tried) => lookups.push(...lookupsOf(tried)),
      warn: (text) => this.#warn(text),
    }
    const outcome: Outcome =
      item.kind === 'class'
        ? { kind: 'list', items: this.#facts.settings.list(item.name), replyName, replyClass }
        : await this.#guard(item.name, replyName, lookups, () => item.restriction.evaluate(this.#facts, call))

    const warned = this.#warnOnly && outcome.kind === 'refuse'
    const end = this.#apply(outcome)
    this.#state({
      stage,
      list,
      index,
      name: item.name,
      argument: item.argument,
      lookups,
      verdict: warned ? 'warn' : verdictOf(outcome),
      ...('reply' in end ? { reply: end.reply } : {}),
    })
    if (outcome.kind !== 'list') return end
    const inner: ListInput = { ...input, ...outcome, bareTable: input.bareTable }
    return this.#walk(inner, index, depth + 1)
  }

  #apply(outcome: Outcome): ListEnd {
    switch (outcome.kind) {
      case 'permit':
      case 'dunno':
        return { kind: outcome.kind }
      case 'refuse':
        return this.#warnOnly ? this.#onlyWarn(outcome) : this.#refuse(outcome)
      case 'misconfigured':
        return this.#misconfigured(outcome.warnings)
      case 'postpone':
        // The first reason is kept: later ones would only confuse.
        if (!this.#warnOnly && outcome.when === 'permit') this.deferIfPermit ??= plain(outcome)
        if (!this.#warnOnly && outcome.when === 'reject') this.#deferIfReject ??= plain(outcome)
        return { kind: 'dunno' }
      case 'act':
        this.actions.push(outcome.action)
        if (outcome.log) this.#write(outcome.log.what, outcome.log.text)
        return { kind: outcome.action.kind === 'discard' ? 'discard' : 'dunno' }
      case 'note':
        this.#write(outcome.what, outcome.text)
        return { kind: 'dunno' }
      case 'list':
        return { kind: 'dunno' }
    }
  }

  #refuse(refusal: Refusal): ListEnd & { kind: 'refused' } {
    const later = this.#deferIfReject
    this.#deferIfReject = null
    const said = asReply(later ?? refusal, this.#facts)
    this.#write('reject', `${said.code} ${said.status ?? ''} ${said.lines.join(' ')}`)
    return { kind: 'refused', reply: said, trouble: (later ?? refusal).trouble ?? 'policy' }
  }

  #onlyWarn(refusal: Refusal): ListEnd {
    const said = asReply(refusal, this.#facts)
    this.#write('reject_warning', `${said.code} ${said.status ?? ''} ${said.lines.join(' ')}`)
    return { kind: 'dunno' }
  }

  #misconfigured(warnings: readonly string[]): ListEnd {
    for (const warning of warnings) this.#warn(warning)
    return this.#refuse(serverMisconfigured)
  }

  /** `name`: of the restriction, which tells whose address could not be judged. */
  async #guard(
    name: string,
    replyName: string,
    lookups: Lookup[],
    ask: () => Promise<Outcome>,
  ): Promise<Outcome> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof EmptyResult) return serverMisconfigured
      if (!(error instanceof MappingUnavailable)) throw error
      const { sender, recipient } = this.#facts
      const about = /sender/.test(name)
        ? sender
        : /recipient|destination|backup/.test(name)
          ? recipient
          : null
      this.#warn(`${error.table} lookup error for "${error.address}"`)
      lookups.push({ table: error.table, key: error.address, outcome: 'unavailable' })
      return lookupFailure(about ?? replyName)
    }
  }

  #warnIgnored(items: readonly string[], i: number): void {
    const next = items[i + 1]
    if (next !== undefined) this.#warn(`restriction \`${next}' after \`permit' is ignored`)
  }

  #warn(text: string): void {
    this.#facts.machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'warning', text })
  }

  #write(what: string, text: string): void {
    const line = logLine(this.#facts, what, text)
    this.log.push(line)
    const { machine } = this.#facts
    const { queueId } = line
    const about = { type: 'daemon.logged', daemon: 'smtpd', level: 'info' } as const
    machine.emit(
      queueId === null
        ? { ...about, text: `NOQUEUE: ${writeLogLine(line)}` }
        : { ...about, text: writeLogLine(line), queueId },
    )
  }

  #state(fact: Omit<FactOf<'restriction.verdict'>, 'type' | 'session' | 'reply'> & { reply?: Reply }): void {
    const { argument, reply: said, ...rest } = fact
    const { session, machine } = this.#facts
    machine.emit({
      type: 'restriction.verdict',
      session,
      stage: rest.stage,
      list: rest.list,
      index: rest.index,
      name: rest.name,
      ...(argument ? { argument } : {}),
      verdict: rest.verdict,
      lookups: rest.lookups,
      ...(said ? { reply: tracedReply(said) } : {}),
    })
  }
}

const plain = ({ code, status, text }: Refusal): Refusal => ({ code, status, text })

type Item = { readonly name: string; readonly argument: string; readonly taken: number } & (
  { readonly kind: 'rule'; readonly restriction: Restriction } | { readonly kind: 'class' }
)

const bad = (warning: string): Outcome & { kind: 'misconfigured' } => ({
  kind: 'misconfigured',
  warnings: [warning],
})

/** Whatever has a colon: what stands before it may still be no type of table. */
const isTable = (text: string): boolean => text.includes(':')

function readArgument(
  name: string,
  restriction: Restriction,
  next: string | undefined,
  taken: number,
): Item | (Outcome & { kind: 'misconfigured' }) {
  const item = { kind: 'rule' as const, name, restriction }
  switch (restriction.takes) {
    case 'nothing':
      return { ...item, argument: '', taken: 0 }
    case 'table':
      if (next !== undefined && isTable(next)) return { ...item, argument: next, taken }
      return bad(`restriction ${name}: bad argument "${next ?? name}": need maptype:mapname`)
    case 'server':
      if (next !== undefined && next.includes(':')) return { ...item, argument: next, taken }
      return bad(`restriction ${name} must be followed by transport:server`)
    case 'number':
      if (next !== undefined && /^\d+$/.test(next)) return { ...item, argument: next, taken }
      return bad(`restriction ${name} must be followed by number`)
    case 'domain':
      if (next !== undefined) return { ...item, argument: next, taken }
      return { ...item, restriction: withoutDomain(restriction), argument: '', taken: 0 }
  }
}

/** A block list without its domain asks nobody; the server complains and goes on. */
const withoutDomain = (restriction: Restriction): Restriction => ({
  ...restriction,
  async evaluate(_facts, { warn }) {
    warn(`restriction ${restriction.name} requires domain name argument`)
    return { kind: 'dunno' }
  },
})

/** The status follows the code's first digit; soft_bounce turns every "never" into "later". */
function asReply({ code, status, ...refusal }: Refusal, { settings, machine }: Facts): Reply {
  // What a client sent must not come back as more than text.
  const text = refusal.text.replace(/[^ -~\u0080-\u{10ffff}]/gu, ' ')
  if (code < 400 || code > 599) {
    const warning = `SMTP reply code configuration error: ${code} ${status} ${text}`
    machine.emit({ type: 'daemon.logged', daemon: 'smtpd', level: 'warning', text: warning })
    return reply(450, '4.7.1', 'Service unavailable')
  }
  const soft = settings.flag('soft_bounce') && code >= 500
  const final = soft ? code - 100 : code
  const said = reply(final, `${Math.floor(final / 100)}${status.slice(1)}`, text)
  return refusal.because === undefined ? said : { ...said, because: refusal.because }
}

function verdictOf(outcome: Outcome): FactOf<'restriction.verdict'>['verdict'] {
  switch (outcome.kind) {
    case 'permit':
      return 'permit'
    case 'refuse':
      return outcome.code >= 500 ? 'reject' : 'defer'
    case 'misconfigured':
      return 'defer'
    case 'act':
      return outcome.action.kind === 'hold' || outcome.action.kind === 'discard'
        ? outcome.action.kind
        : 'dunno'
    case 'note':
      return 'warn'
    case 'dunno':
    case 'list':
    case 'postpone':
      return 'dunno'
  }
}

const lookupsOf = (tried: readonly Tried[]): readonly Lookup[] =>
  tried.map(({ table, key, result }) => {
    const colon = table.indexOf(':')
    const path = table.slice(colon + 1)
    return {
      table,
      key,
      outcome: result.outcome,
      ...(result.outcome === 'found' ? { value: result.value } : {}),
      // Where nothing was found there is no place to point at.
      ...(result.outcome === 'found' && path.startsWith('/') ? { file: path } : {}),
      ...(result.outcome === 'found' && result.line !== undefined ? { line: result.line } : {}),
    }
  })
