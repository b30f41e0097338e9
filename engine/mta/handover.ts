/**
 * What the daemons of an MTA hand each other. Mail moves one way as values:
 * Submission → QueueFile → DeliveryRequest → DeliveryResult. Nobody reaches back.
 *
 * Addresses here are in Postfix's internal form: unquoted local part, `@`, domain; '' is the null reverse-path.
 */
import type { Settings } from '#config/settings.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Trouble } from '#protocol/smtp/transcript.ts'

/** NOTIFY of RFC 3461 §4.1; empty: the default (failure and delay). */
export type Notify = readonly ('never' | 'success' | 'failure' | 'delay')[]

export type Recipient = {
  readonly address: string
  /** As the client gave it, before any rewriting: X-Original-To. */
  readonly original: string
  readonly notify: Notify
  /** ORCPT with its type, decoded: `rfc822;carol@example.org`; null when not given. */
  readonly orcpt: string | null
}

/** Where a submission came from; kept in the queue file, used for Received, logs and `$client_*`. */
export type Origin =
  | {
      readonly kind: 'smtpd'
      readonly session: string
      readonly service: string
      readonly client: { readonly name: string; readonly address: string; readonly port: number }
      readonly helo: string
      /** SMTP or ESMTP; with XFORWARD whatever the neighbour says. */
      readonly protocol: string
      /** By whom the headers may be completed with our own domain: the connection's address, and what XCLIENT made of it. */
      readonly trusted?: {
        readonly socket: string
        readonly address: string
        /** What XFORWARD says of where the letter came from. */
        readonly source: 'local' | 'remote' | null
      }
      readonly sasl: { readonly method: string; readonly username: string; readonly sender: string } | null
    }
  | { readonly kind: 'pickup'; readonly uid: number; readonly user: string }
  | { readonly kind: 'bounce'; readonly of: string }
  /** `first`: where the letter came from that is forwarded. Its header is completed, or not, as it was there. */
  | {
      readonly kind: 'forward'
      readonly of: string
      readonly first?: Exclude<Origin, { readonly kind: 'forward' }>
    }
  /** A word to the postmaster about a session. */
  | { readonly kind: 'notify' }

/** What an access table, header check or policy asked for besides permit and reject. access(5), header_checks(5). */
export type MessageAction =
  | { readonly kind: 'hold'; readonly reason: string }
  | { readonly kind: 'discard'; readonly reason: string }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'filter'; readonly transport: string }
  | { readonly kind: 'bcc'; readonly to: string }
  | { readonly kind: 'prepend'; readonly header: string }

export type Submission = {
  readonly queueId: string
  readonly origin: Origin
  readonly sender: string
  readonly recipients: readonly Recipient[]
  readonly envelope: {
    readonly envid: string | null
    readonly ret: 'full' | 'hdrs' | null
    readonly body: '7bit' | '8bitmime' | null
    readonly smtputf8: boolean
    readonly verp: string | null
    /** `sendmail -v`: the sender is told of every delivery, whatever comes of it. */
    readonly report?: true
  }
  /** Header fields that the receiving daemon puts above the message, LF line ends: `Received: …`. */
  readonly trace: string
  /** The message as it came, dots unstuffed, line ends LF. Bounded by message_size_limit. */
  readonly content: Uint8Array
  readonly actions: readonly MessageAction[]
  /** Milliseconds, lab time, when the transaction began. */
  readonly arrivedAt: number
  /** `-o` overrides that reach cleanup: receive_override_options. */
  readonly options: readonly string[]
}

export type CleanupResult =
  | { readonly kind: 'queued'; readonly queueId: string; readonly size: number }
  | { readonly kind: 'discarded'; readonly queueId: string }
  /** Content was refused (header_checks, size, hop count): the client hears this. */
  | {
      readonly kind: 'refused'
      readonly queueId: string
      readonly reply: Reply
      /** What went wrong, as notify_classes calls it. */
      readonly trouble: Trouble
    }

/** A session in which something went wrong, for the postmaster to read. */
export type SessionNotice = {
  readonly of: 'server' | 'client'
  /** The other side: `mail.example.org[192.0.2.1]`, a client's with its port. */
  readonly peer: string
  readonly troubles: ReadonlySet<Trouble>
  readonly lines: readonly string[]
  /** `lost connection`, when the session did not come to its proper end. */
  readonly aborted: string | null
  /** Of the daemon that tells. */
  readonly settings: Settings
}

/** Writes to the postmaster when notify_classes has a class of what went wrong. */
export type NotifyPostmaster = (notice: SessionNotice) => Promise<void>

/** smtpd's way to cleanup: `lab.ts` holds the wire. */
export interface Cleanup {
  /** A queue id that names one file of this host's queue. */
  newQueueId(): string
  /** Resolves when the message is safe on disk, or refused. */
  submit(submission: Submission): Promise<CleanupResult>
}

export type QueueName = 'maildrop' | 'incoming' | 'active' | 'deferred' | 'hold' | 'corrupt'

export type QueueFile = {
  readonly queueId: string
  readonly origin: Origin
  readonly sender: string
  /** Those that remain to be delivered. */
  readonly recipients: readonly Recipient[]
  readonly envelope: Submission['envelope']
  readonly filter: string | null
  readonly arrivedAt: number
  /** Bytes as Postfix counts them in `postqueue -p`. */
  readonly size: number
  readonly messageId: string
  /** Delay warning already sent. */
  readonly warned: boolean
  /** Next attempt, ms of lab time; null when not deferred. */
  readonly nextAttemptAt: number | null
  /** Why each recipient was put off at the last attempt, under the address that it had then: two may have the same. */
  readonly reasons: readonly (readonly [address: string, reason: string])[]
}

export type DeliveryRequest = {
  readonly queueFile: QueueFile
  readonly transport: string
  readonly nexthop: string
  readonly recipients: readonly Recipient[]
  /** Header and body, LF line ends, trace fields included. */
  content(): Promise<Uint8Array>
  /** Only asks whether the recipients would be accepted: no message is sent. verify(8). */
  readonly probe?: true
}

export type DeliveryResult = {
  readonly recipient: Recipient
  readonly outcome:
    'sent' | 'deferred' | 'bounced' | 'relayed' | 'delivered' | 'expanded' | 'undeliverable' | 'deliverable'
  /** RFC 3463: 2.0.0, 4.4.1, 5.1.1. */
  readonly status: string
  /** As in the log: `mx.example.org[198.51.100.20]:25`, `local`, `none`. */
  readonly relay: string
  /** As in the log, in parentheses: `250 2.0.0 Ok: queued as 4A…`. */
  readonly text: string
  /** For the report: what the remote said; null when nobody remote was involved. */
  readonly diagnostic: { readonly type: 'smtp' | 'x-unix' | 'x-postfix'; readonly text: string } | null
  readonly remoteMta: string | null
  /** The recipient of the request from which an alias or a .forward led to this one. Absent: it is itself of the request. */
  readonly root?: Recipient
  /** Nobody there could be talked to: the whole destination counts as down for a while. */
  readonly siteDown?: true
  /** Lab time when there was a connection: splits `delays=` in the log. */
  readonly connectedAt?: number
  /** Told to the sender who asked, and not a delivery of its own: an alias became several addresses. */
  readonly silent?: true
  /** The failure has been reported already: to the owner of the list that led there. */
  readonly told?: true
  /** The agent that did it, when a local delivery was passed to another transport. */
  readonly agent?: string
}

/** A delivery agent: takes a request, says what became of each recipient. It never touches the queue. */
export interface Agent {
  deliver(request: DeliveryRequest): Promise<readonly DeliveryResult[]>
}

/** The agent cannot go on as it is configured, and has said why in the log: nothing is known of its recipients. */
export class AgentDied extends Error {}

/** One line of `postqueue -j`. */
export type QueueListing = {
  readonly queueName: QueueName
  readonly queueFile: QueueFile
  readonly forcedExpire: boolean
}

/** A part of a queue file, by the letter of its type: `S` the sender, `R` a recipient, `A` a named attribute. */
export type QueueRecord = { readonly type: string; readonly text: string }
/** The records before and after those of the message. */
export type QueueRecords = {
  readonly before: readonly QueueRecord[]
  readonly after: readonly QueueRecord[]
}

/** What the operator's commands may ask of a queue: postqueue, postsuper, postcat, sendmail. */
export interface QueueControl {
  list(): Promise<readonly QueueListing[]>
  /** Null when there is no such file. */
  find(queueId: string): Promise<{ listing: QueueListing; content: Uint8Array; records: QueueRecords } | null>
  /** `postqueue -f`; with an id `postqueue -i`; with a site `postqueue -s`. */
  flush(
    what: { kind: 'all' } | { kind: 'message'; queueId: string } | { kind: 'site'; site: string },
  ): Promise<void>
  /** `postsuper -d -h -H -r -e`; resolves with the queue ids it was done to. */
  change(
    action: 'delete' | 'hold' | 'release' | 'requeue' | 'expire',
    messages: { readonly queueId: string } | 'ALL',
    queue?: QueueName,
  ): Promise<readonly string[]>
  /** A message from this box itself: sendmail → maildrop → pickup. */
  post(message: {
    sender: string
    recipients: readonly string[]
    content: Uint8Array
    user: string
    /** Its name in the maildrop, when it has one already. */
    queueId?: string
    /** `sendmail -v`. */
    report?: true
    /** `sendmail -N`. */
    notify?: Notify
    /** `sendmail -V`. */
    envid?: string | null
    /** `sendmail -R`. */
    ret?: 'full' | 'hdrs' | null
  }): Promise<string>
  /** `sendmail -bv`: the user gets a letter that says whether the recipients could be delivered to. */
  verify(recipients: readonly string[], user: string): Promise<void>
}
