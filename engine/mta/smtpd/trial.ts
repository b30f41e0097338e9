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
import { utf8 } from '#protocol/bytes/text.ts'
import type { FactOf, TracedReply } from '#trace/events.ts'
import { discardedKeywords } from './ehlo.ts'
import type { Conversation } from './conversation.ts'
import type { Moment } from './moments.ts'
import { permitted, type Policy, type RowChange } from './policy.ts'
import { Session } from './session.ts'
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
}

type Verdict = FactOf<'restriction.verdict'>

/**
 * The reply to the last line; null when a line before it was refused, or the server would not run so.
 * `decided` hears each verdict of the lists.
 */
export async function tryAgain(
  moment: Moment,
  trial: Trial,
  quiet: Machine,
  decided: (verdict: Verdict) => void = () => undefined,
): Promise<TracedReply | null> {
  const replies: TracedReply[] = []
  const machine = silent(quiet, (fact) => {
    if (fact.type === 'smtpd.reply') replies.push(fact.reply)
    if (fact.type === 'restriction.verdict') decided(fact)
  })
  try {
    return await answerOf(moment, trial, machine, replies)
  } catch (error) {
    if (error instanceof SettingError) return null
    throw error
  }
}

async function answerOf(
  moment: Moment,
  trial: Trial,
  machine: Machine,
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
    tables: parts.postfix.tables,
  }
  const now = { ...moment.now, ...trial.now }
  const { pipelined } = moment
  const policy: Policy =
    moment.policy?.({ postfix, settings, pipelined, row: trial.row ?? null }) ?? everythingGoes
  if (asked.kind !== 'command') {
    const question = asked.kind === 'client' ? ({ stage: 'client' } as const) : endOfData(asked.size)
    const { refusal } = await policy.ask(question, now, moment.where)
    if (refusal !== null) return tracedReply(refusal)
    return asked.kind === 'client' ? { code: '220', status: null, lines: [settings.banner] } : accepted
  }
  const lines = trial.lines ?? [asked.line]
  const session = new Session({
    ...parts,
    machine,
    postfix,
    settings,
    policy,
    now,
    wire: scriptedWire(lines, pipelined),
    anvil: parts.anvil.still(),
    cleanup: noCleanup,
    notify: () => Promise.resolve(),
    flush: () => Promise.resolve(),
    moments: null,
    discards: await discardedKeywords(postfix, settings, now.client),
    trusted: await trustOf(postfix, settings, now.client),
  })
  await session.resume({ ...moment, now })
  const before = replies.slice(0, lines.length - 1)
  if (before.some(({ code }) => code >= '400')) return null
  return replies[lines.length - 1] ?? null
}

const endOfData = (size: number) => ({ stage: 'end-of-data', size }) as const
const accepted: TracedReply = { code: '250', status: '2.0.0', lines: ['Ok'] }
const everythingGoes: Policy = { ask: () => Promise.resolve(permitted) }

/** Where the letter of a trial ends: nowhere. */
const noCleanup: Cleanup = {
  newQueueId: () => 'NOQUEUE',
  submit: ({ queueId, content }) => Promise.resolve({ kind: 'queued', queueId, size: content.length }),
}

/** A client that says these lines and is gone. */
function scriptedWire(lines: readonly string[], pipelined: boolean): SessionWire {
  const left = lines.map((line) => ({ bytes: utf8(line), end: 'crlf' as const }))
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
