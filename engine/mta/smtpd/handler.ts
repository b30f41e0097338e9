/**
 * What a command's handler is given and what it returns. It decides; only session.ts writes, steps the chart and
 * states facts.
 */
import type { Machine } from '#engine/machine.ts'
import type { Cleanup } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'
import type { SaslContext, SaslServer } from '#protocol/sasl/mechanism.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Trouble } from '#protocol/smtp/transcript.ts'
import type { SmtpSessionStep } from '#protocol/smtp/session.machine.ts'
import type { Activity } from './anvil.ts'
import type { Conversation } from './conversation.ts'
import type { Answer, Question } from './policy.ts'
import type { SmtpdSettings } from './settings.ts'
import type { Trust } from './trust.ts'

/** What a session is at this moment, for a handler to look at. */
export interface SmtpdSession {
  readonly id: string
  readonly machine: Machine
  readonly postfix: Postfix
  readonly settings: SmtpdSettings
  readonly cleanup: Cleanup
  /** Null when this host has no SASL. */
  readonly sasl: SaslServer | null
  readonly saslContext: SaslContext
  readonly service: string
  readonly port: number
  readonly now: Conversation
  /** Keywords that EHLO does not show to this client, and which are off for it. */
  readonly discards: ReadonlySet<string>
  readonly trusted: Trust
  /** The chart's state. */
  readonly state: string
  ask(question: Question): Promise<Answer>
  /** Counts an activity (of a handshake, what was counted); the reply, when there were too many in this time unit. */
  limit(activity: Exclude<Activity, 'connection'> | 'handshake'): Reply | null
  /** ETRN: tries the mail that waits for a site. */
  flush(site: string): Promise<void>
  log(level: 'info' | 'warning', text: string): void
}

export type Outcome = {
  readonly reply: Reply
  /** An accepted command's steps in the chart: one, as a rule. */
  readonly steps?: readonly SmtpSessionStep[]
  readonly change?: Partial<Conversation>
  /** A refusal that is not held against the client, or a word of success that is an error. */
  readonly error?: 'not counted'
  /** What kind of trouble a refusal is, when it is none of the protocol: see notify_classes. */
  readonly trouble?: Trouble | 'none'
  /** What the trace says of an AUTH. */
  readonly auth?: {
    readonly mechanism: string
    readonly user: string | null
    readonly outcome: 'ok' | 'failed' | 'cancelled' | 'unavailable'
    readonly reason?: string
  }
}

export type Handler<C> = (command: C, session: SmtpdSession) => Outcome | Promise<Outcome>
