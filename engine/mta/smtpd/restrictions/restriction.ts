/**
 * What a restriction is: a question to the facts of a session, and what may be its answer.
 *
 * SMTPD_ACCESS_README; postconf(5), smtpd_recipient_restrictions.
 */
import type { Reply } from '#protocol/smtp/reply.ts'
import type { MessageAction } from '#mta/handover.ts'
import type { Trouble } from '#protocol/smtp/transcript.ts'
import type { Tried } from '#tables/search.ts'
import type { Facts } from './facts.ts'

export type Stage = 'client' | 'helo' | 'sender' | 'relay' | 'recipient' | 'data' | 'end-of-data' | 'etrn'

/** What a reply calls the thing that was refused. */
export type ReplyClass =
  | 'Client host'
  | 'Unverified Client host'
  | 'Client certificate'
  | 'SASL login name'
  | 'Helo command'
  | 'Sender address'
  | 'Recipient address'
  | 'Data command'
  | 'End-of-data'
  | 'Etrn command'

export type Refusal = {
  readonly code: number
  readonly status: string
  readonly text: string
  /** What notify_classes calls it; `policy` when it is not said. */
  readonly trouble?: Trouble
  /** The setting that made it so, for who asks why. */
  readonly because?: NonNullable<Reply['because']>
}

export type Outcome =
  | { readonly kind: 'dunno' }
  | { readonly kind: 'permit' }
  | ({ readonly kind: 'refuse' } & Refusal)
  /** Nothing yet; but if the mail would be permitted (or rejected), it is deferred with this. */
  | ({ readonly kind: 'postpone'; readonly when: 'permit' | 'reject' } & Refusal)
  /** Something is done with the message; `log` is how the log tells of it. */
  | {
      readonly kind: 'act'
      readonly action: MessageAction
      readonly log: { readonly what: string; readonly text: string } | null
    }
  /** Only the log hears of it. */
  | { readonly kind: 'note'; readonly what: 'warn' | 'info'; readonly text: string }
  /** A list of restrictions in its place: from an access table, or the name of a class. */
  | {
      readonly kind: 'list'
      readonly items: readonly string[]
      readonly replyName: string
      readonly replyClass: ReplyClass
    }
  /** The operator's mistake: the warnings go to the log, the client hears 451 4.3.5. */
  | { readonly kind: 'misconfigured'; readonly warnings: readonly string[] }

export type Call = {
  /** What follows the name in the list: a table, a domain, a server; '' when it takes none. */
  readonly argument: string
  /** What the reply puts between `<>` and before "rejected", for restrictions that speak of the stage's own object. */
  readonly replyName: string
  readonly replyClass: ReplyClass
  readonly stage: Stage
  /** Tells the trace which keys were tried. */
  readonly looked: (tried: readonly Tried[]) => void
  readonly warn: (text: string) => void
}

/** What each does is told to a learner by trace/words/restrictions.*.ts. */
export type Restriction = {
  readonly name: string
  readonly takes: 'nothing' | 'table' | 'domain' | 'server' | 'number'
  readonly evaluate: (facts: Facts, call: Call) => Promise<Outcome>
}

export const dunno: Outcome = { kind: 'dunno' }
export const permit: Outcome = { kind: 'permit' }

export const refuse = (code: number, status: string, text: string): Outcome => ({
  kind: 'refuse',
  code,
  status,
  text,
})

export const postpone = (when: 'permit' | 'reject', refusal: Refusal): Outcome => ({
  kind: 'postpone',
  when,
  ...refusal,
})

export const misconfigured = (...warnings: readonly string[]): Outcome => ({
  kind: 'misconfigured',
  warnings,
})

export const refused = (name: string, replyClass: ReplyClass, why: string): string =>
  `<${name}>: ${replyClass} rejected: ${why}`

/** What a client hears when a table that decides about it cannot be asked. */
export const lookupFailure = (name: string): Outcome => ({
  kind: 'refuse',
  code: 451,
  status: '4.3.0',
  text: `<${name}>: Temporary lookup failure`,
  trouble: 'data',
})

/**
 * What DNS could not say: deferred at once, or only if nothing else would have refused.
 * postconf(5), reject_tempfail_action and its kin.
 */
export function temporarily(action: string, refusal: Refusal): Outcome {
  if (action.toLowerCase() !== 'defer') return postpone('permit', refusal)
  return { kind: 'refuse', ...refusal }
}
