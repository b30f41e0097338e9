/**
 * A kept moment, asked again with one thing changed: the same session code, the same lists and tables, on a machine that
 * says nothing, waits for nothing and connects to nobody.
 *
 * Next: engine/mta/smtpd/flips.ts
 */
import { SettingError, type Settings } from '#config/settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { Cleanup } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'
import { NetError } from '#platform/net.ts'
import { stateName } from '#protocol/chart.ts'
import { latin1, latin1Of, utf8 } from '#protocol/bytes/text.ts'
import type { TraceFact, TracedReply } from '#trace/events.ts'
import { discardedKeywords } from './ehlo.ts'
import { beginMessage, tooBig } from './commands/message.ts'
import type { Conversation } from './conversation.ts'
import { Ended } from './ended.ts'
import type { Moment } from './moments.ts'
import { permitted, type Policy } from './policy.ts'
import { Session } from './session.ts'
import { withRow, type RowChange } from './row-change.ts'
import { readSmtpdSettings } from './settings.ts'
import { tracedReply } from './traced-reply.ts'
import { trustOf } from './trust.ts'
import type { SessionWire } from './wire.ts'

export type Trial = {
  readonly now?: Partial<Conversation>
  /** Sent instead of the command. */
  readonly lines?: readonly string[]
  readonly setting?: { readonly name: string; readonly value: string }
  readonly row?: RowChange
  /** The letter, instead of the one that was sent. */
  readonly content?: Uint8Array
}

/** Where trials are made: a machine, and a cleanup that judges a letter and keeps nothing. */
export type TrialWorld = {
  readonly machine: Machine
  readonly cleanup?: (postfix: Postfix) => Cleanup
}

/**
 * The reply to the last line; null when a line before it was refused, or the server would not run so.
 * `heard` is told what was stated on the way.
 */
export async function tryAgain(
  moment: Moment,
  trial: Trial,
  world: TrialWorld,
  heard: (fact: TraceFact) => void = () => undefined,
): Promise<TracedReply | null> {
  const replies: TracedReply[] = []
  const machine = silent(world.machine, (fact) => {
    if (fact.type === 'smtpd.reply') replies.push(fact.reply)
    heard(fact)
  })
  try {
    return await answerOf(moment, trial, { ...world, machine }, replies)
  } catch (error) {
    if (error instanceof SettingError) return null
    throw error
  }
}

async function answerOf(
  moment: Moment,
  trial: Trial,
  { machine, cleanup }: TrialWorld,
  replies: readonly TracedReply[],
): Promise<TracedReply | null> {
  const { parts, asked } = moment
  const all = overlay(parts.settings.all, trial)
  const settings = readSmtpdSettings(all)
  const postfix: Postfix = {
    machine,
    settings: overlay(parts.postfix.settings, trial),
    services: parts.postfix.services,
    settingsFor: () => all,
    tables: trial.row ? withRow(parts.postfix.tables, trial.row) : parts.postfix.tables,
  }
  const now = { ...moment.now, ...trial.now }
  const { pipelined } = moment
  const policy: Policy =
    moment.policy?.({ postfix, settings, pipelined, row: trial.row ?? null }) ?? everythingGoes
  const letter = asked.kind === 'end-of-data' ? (trial.content ?? asked.content) : null
  if (asked.kind !== 'command' && letter === null) {
    const question = asked.kind === 'client' ? ({ stage: 'client' } as const) : endOfData(asked.size)
    const { refusal } = await policy.ask(question, now, moment.where)
    if (refusal !== null) return tracedReply(refusal)
    if (asked.kind === 'client') return { code: '220', status: null, lines: [settings.banner] }
    const limit = settings.messageSizeLimit
    return limit > 0 && asked.size > limit ? tracedReply(tooBig(settings)) : accepted
  }
  const said = trial.lines ?? (asked.kind === 'command' ? [asked.line] : [])
  const lines = letter === null ? said.map(utf8) : dotted(letter)
  const session = new TrialSession({
    ...parts,
    machine,
    postfix,
    settings,
    policy,
    now,
    wire: scriptedWire(lines, pipelined),
    anvil: parts.anvil.still(),
    cleanup: cleanup?.(postfix) ?? noCleanup,
    notify: () => Promise.resolve(),
    flush: () => Promise.resolve(),
    moments: null,
    discards: await discardedKeywords(postfix, settings, now.client),
    trusted: await trustOf(postfix, settings, now.client),
  })
  const message = letter === null ? null : await beginMessage(session)
  await session.resume({ ...moment, now: { ...now, message } })
  const last = letter === null ? lines.length - 1 : 0
  if (replies.slice(0, last).some(({ code }) => code >= '400')) return null
  return replies[last] ?? null
}

/** A session that begins in the middle. */
class TrialSession extends Session {
  /** Goes on from a kept moment with what the wire brings. */
  async resume({ now, chart, where, denied }: Moment): Promise<void> {
    this.current = now
    this.chart = chart
    this.place = stateName(chart)
    this.where = where
    this.denied = denied
    try {
      while (this.place !== 'closed') await this.next()
    } catch (error) {
      if (!(error instanceof Ended)) throw error
    }
  }
}

const endOfData = (size: number) => ({ stage: 'end-of-data', size }) as const
const accepted: TracedReply = { code: '250', status: '2.0.0', lines: ['Ok'] }
const everythingGoes: Policy = { ask: () => Promise.resolve(permitted) }

/** Where the letter of a trial ends: nowhere. */
const noCleanup: Cleanup = {
  newQueueId: () => 'NOQUEUE',
  submit: ({ queueId, content }) => Promise.resolve({ kind: 'queued', queueId, size: content.length }),
}

/** A letter as its lines travel, the dot that ends it included. RFC 5321 §4.5.2 */
function dotted(content: Uint8Array): readonly Uint8Array[] {
  const lines = latin1Of(content).replace(/\n$/, '').split('\n')
  return [...lines.map((line) => (line.startsWith('.') ? `.${line}` : line)), '.'].map(latin1)
}

/** A client that says these lines and is gone. */
function scriptedWire(lines: readonly Uint8Array[], pipelined: boolean): SessionWire {
  const left = lines.map((bytes) => ({ bytes, end: 'crlf' as const }))
  return {
    input: {
      record: () => left.shift() ?? null,
      bytes: () => new Uint8Array(0),
      peek: () => new Uint8Array(0),
      waiting: pipelined ? 1 : 0,
    },
    more: () => Promise.resolve('lost'),
    flush: () => Promise.resolve('bytes'),
    startTls: () => Promise.resolve({ kind: 'failed', reason: 'a trial' }),
    write: () => undefined,
    hangUp: () => undefined,
  }
}

/** What is stated there is heard here, and nowhere else. */
function silent(machine: Machine, emit: Machine['emit']): Machine {
  return {
    ...machine,
    emit,
    clock: {
      now: () => machine.clock.now(),
      after: (milliseconds, action) => machine.clock.after(milliseconds, action),
      sleep: () => Promise.resolve(),
      hold: () => machine.clock.hold(),
      atRest: () => machine.clock.atRest(),
    },
    net: {
      listen: (port, accept) => machine.net.listen(port, accept),
      connect: () => Promise.reject(new NetError('refused', 'Connection refused')),
    },
  }
}

/** The same settings but for one parameter. A policy server is not asked: it would count the trial as a letter. */
function overlay(settings: Settings, { setting }: Trial): Settings {
  const values = new Map([['smtpd_policy_service_default_action', 'DUNNO']])
  if (setting) values.set(setting.name, setting.value)
  const value = (name: string) => values.get(name)
  return {
    text: (name) => value(name) ?? settings.text(name),
    list: (name) => {
      const own = value(name)
      return own === undefined ? settings.list(name) : words(own)
    },
    flag: (name) => (value(name) === undefined ? settings.flag(name) : value(name) === 'yes'),
    number: (name) => (value(name) === undefined ? settings.number(name) : Number(value(name))),
    time: (name) => settings.time(name),
    isSet: (name) => values.has(name) || settings.isSet(name),
    expand: (text) => settings.expand(text),
    where: (name) => settings.where(name),
  }
}

const words = (value: string): readonly string[] =>
  value
    .split(/,\s*/)
    .flatMap((item) => (item.includes('{') ? [item] : item.split(/\s+/)))
    .filter((item) => item !== '')
