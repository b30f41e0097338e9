/**
 * Do we want this client, this sender, this recipient? The session asks at each stage; the restriction lists answer.
 * With smtpd_delay_reject (the default) they answer at RCPT what was wrong already at the connection.
 */
import type { MessageAction } from '#mta/handover.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Trouble } from '#protocol/smtp/transcript.ts'
import type { Postfix } from '#mta/postfix.ts'
import type { Conversation } from './conversation.ts'
import type { RowChange } from './row-change.ts'
import type { SmtpdSettings } from './settings.ts'

export type Question =
  | { readonly stage: 'client' }
  | { readonly stage: 'helo'; readonly name: string }
  | { readonly stage: 'sender'; readonly sender: string }
  /** The size that MAIL announces. */
  | { readonly stage: 'size'; readonly size: number; readonly sender: string }
  | { readonly stage: 'recipient' | 'vrfy'; readonly recipient: string }
  | { readonly stage: 'data' }
  | { readonly stage: 'end-of-data'; readonly size: number }
  | { readonly stage: 'etrn'; readonly domain: string }

export type Answer = {
  /** Null when nothing is against it. */
  readonly refusal: Reply | null
  /** What kind of trouble the refusal is; `policy` when it is not said. */
  readonly trouble?: Trouble
  /** HOLD, DISCARD, FILTER, REDIRECT, BCC, PREPEND: for the whole letter. */
  readonly actions: readonly MessageAction[]
}

export interface Policy {
  /** `where`: the command under way, as the log names it. */
  ask(question: Question, conversation: Conversation, where: string): Promise<Answer>
  /** The policy as it stands now, to be tried with something changed. */
  branch?(): PolicyBranch
}

export type PolicyChange = {
  readonly postfix: Postfix
  readonly settings: SmtpdSettings
  readonly pipelined: boolean
  /** A row put into a table, or taken out of it; null: the tables as they were. */
  readonly row: RowChange | null
}

export type PolicyBranch = (change: PolicyChange) => Policy

export const permitted: Answer = { refusal: null, actions: [] }
