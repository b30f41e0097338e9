/** What an smtpd knows of its client and of the letter under way: a value, and each command makes the next one. */
import type { MessageAction, Recipient } from '#mta/handover.ts'
import type { MailParameters } from '#protocol/smtp/parameters.ts'
import type { SaslExchange } from '#protocol/sasl/mechanism.ts'
import type { Client } from './client.ts'
import type { MessageReader } from './message.ts'
import type { TlsFacts } from './tls.ts'

export type Conversation = {
  readonly client: Client
  /** What HELO or EHLO said; null before. */
  readonly helo: string | null
  readonly protocol: 'SMTP' | 'ESMTP'
  readonly tls: TlsFacts | null
  readonly sasl: { readonly method: string; readonly username: string } | null
  /** A SASL dialogue that waits for the client's next line. */
  readonly exchange: SaslDialogue | null
  /** What XFORWARD said of the letter that comes next. */
  readonly xforward: ReadonlyMap<string, string | null>
  /** SIZE= of the last MAIL, refused or not: as in Postfix it outlives a refused MAIL. */
  readonly declaredSize: number
  readonly transaction: Transaction | null
  /** The message of the transaction, from DATA or the first BDAT on. */
  readonly message: MessageReader | null
}

export type SaslDialogue = {
  readonly mechanism: string
  readonly exchange: SaslExchange
  /** Set when only the server's last proof had to be sent: the client's next line ends it. */
  readonly proven: string | null
}

export type Transaction = {
  /** Internal form; '' is the null reverse-path. */
  readonly sender: string
  readonly parameters: MailParameters
  readonly startedAt: number
  readonly recipients: readonly Recipient[]
  /** RCPT beyond smtpd_recipient_limit. */
  readonly overshoot: number
  /** Given with the first accepted recipient; the log says NOQUEUE before. */
  readonly queueId: string | null
  /** What restrictions asked for: HOLD, REDIRECT, PREPEND … */
  readonly actions: readonly MessageAction[]
}

export const noTransaction = {
  transaction: null,
  message: null,
  declaredSize: 0,
  xforward: new Map<string, string | null>(),
} as const

/** RSET, HELO and STARTTLS forget the letter; the last one the client, too. */
export const forgetClient = {
  ...noTransaction,
  helo: null,
  protocol: 'SMTP',
  sasl: null,
  exchange: null,
} as const
