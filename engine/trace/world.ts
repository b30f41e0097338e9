/**
 * The world of a lab at one moment, as its trace tells it. Screen, lesson checks, scenarios and exports read this
 * and nothing else; `fold.ts` makes it. Everything that ever was stays in it: closed sessions, removed queue files.
 */
import type {
  Endpoint,
  FactOf,
  HostDescription,
  Lookup,
  ServerDaemon,
  SessionFact,
  TracedReply,
} from './events.ts'

export type World = {
  /** Of the last event that was folded; 0 before the first. */
  readonly seq: number
  readonly lab: LabView | null
  readonly clock: ClockView
  readonly hosts: ReadonlyMap<string, HostView>
  readonly connections: ReadonlyMap<string, ConnectionView>
  readonly sessions: ReadonlyMap<string, SessionView>
  /** By `queueFileKey(host, queueId)`. */
  readonly queueFiles: ReadonlyMap<string, QueueFileView>
  /** The queue files that are on disk now, and in which folder. */
  readonly queued: ReadonlyMap<string, QueueName>
  /** By `mailboxKey(host, user, mailbox)`. */
  readonly mailboxes: ReadonlyMap<string, MailboxView>
  readonly journeys: ReadonlyMap<string, JourneyView>
  /** Every 4xx, 5xx, -ERR, NO and BAD, oldest first. */
  readonly refusals: readonly Refusal[]
  readonly terminals: ReadonlyMap<string, TerminalView>
  /** What mail clients fetched over HTTP before they connected, oldest first. */
  readonly asked: readonly AskedView[]
  readonly faults: readonly string[]
  readonly log: readonly LogEntry[]
}

export type QueueName = FactOf<'queue.moved'>['to']

export type LabView = {
  readonly name: string
  readonly title: { readonly en: string; readonly zh: string }
  readonly seed: number
  readonly storage: 'disk' | 'memory'
  readonly running: boolean
  readonly published: FactOf<'lab.started'>['published']
}

export type ClockView = { readonly at: number; readonly running: boolean }

export type HostView = HostDescription & {
  /** Files that were written through the shell, the page or a scenario, newest last. */
  readonly written: readonly string[]
}

export type ConnectionView = {
  readonly id: string
  readonly from: Endpoint
  readonly to: Endpoint
  readonly openedAt: number
  readonly closed: {
    readonly at: number
    readonly by: 'client' | 'server' | 'fault'
    readonly sent: number
    readonly received: number
  } | null
  /** The server's session on it. */
  readonly session: string | null
  /** What a delivery agent carries over it now: key of a queue file. */
  readonly queueFile: string | null
}

export type SessionView = {
  readonly id: string
  readonly daemon: ServerDaemon
  /** Host of the server. */
  readonly host: string
  readonly connection: string
  readonly service: string
  readonly port: number
  readonly client: { readonly name: string; readonly address: string; readonly port: number }
  /** The lab host that the client is, where it is one. */
  readonly clientHost: string | null
  readonly clientSays: readonly string[]
  readonly openedAt: number
  readonly openedSeq: number
  /** The state of the daemon's chart; null before the first change. */
  readonly state: string | null
  readonly tls: { readonly version: string; readonly cipher: string; readonly bits: number } | null
  /** Why the handshake failed, when it did. */
  readonly tlsFailure: string | null
  readonly user: string | null
  readonly exchanges: readonly Exchange[]
  readonly closed: { readonly at: number; readonly reason: string } | null
  readonly journey: string | null
}

/** One turn of a session: what the client sent, what the server asked itself, what it answered, where that led. */
export type Exchange = {
  /** Of the first event of the turn. */
  readonly seq: number
  readonly at: number
  /** Null for a greeting, a 421, an update nobody asked for, and message data. */
  readonly command: { readonly line: string; readonly verb: string } | null
  readonly data: { readonly size: number; readonly head: string } | null
  readonly lists: readonly {
    readonly stage: string
    readonly list: string
    readonly items: readonly string[]
  }[]
  readonly verdicts: readonly VerdictView[]
  readonly lookups: readonly Lookup[]
  /** The login that the turn ended, or failed to end. */
  readonly auth: AuthView | null
  readonly replies: readonly ReplyView[]
  readonly state: { readonly from: string; readonly to: string } | null
}

export type AuthView = Omit<SessionFact<'auth'>, 'type' | 'session'>

export type ReplyView = { readonly seq: number; readonly at: number; readonly reply: TracedReply }

export type VerdictView = Omit<FactOf<'restriction.verdict'>, 'type' | 'session'> & { readonly seq: number }

export type QueueFileView = {
  readonly key: string
  readonly host: string
  readonly queueId: string
  readonly journey: string | null
  readonly session: string | null
  readonly parent: string | null
  readonly origin: FactOf<'queue.created'>['origin']
  readonly sender: string
  readonly size: number
  readonly messageId: string
  readonly subject: string
  /** As cleanup made it, its first 16 KiB. */
  readonly content: string
  /** Null when it is not on disk: not yet, or no more. */
  readonly queue: QueueName | null
  readonly nextAttemptAt: number | null
  readonly reason: string | null
  readonly recipients: readonly RecipientView[]
  readonly rewritten: readonly Omit<FactOf<'cleanup.rewritten'>, 'type' | 'queueId'>[]
  readonly acted: readonly { readonly action: string; readonly reason: string }[]
  /** Keys of the reports that were made about it. */
  readonly reports: readonly { readonly key: string; readonly kind: FactOf<'bounce.created'>['kind'] }[]
  /** Those that delivery agents made for it, in order. */
  readonly connections: readonly {
    readonly agent: string
    readonly connection: string
    readonly server: string
    readonly address: string
    readonly port: number
  }[]
  readonly createdAt: number
  readonly createdSeq: number
  readonly removedAt: number | null
}

export type RecipientView = {
  readonly address: string
  readonly original: string
  readonly route: {
    readonly addressClass: string
    readonly transport: string
    readonly nexthop: string
    readonly why: string
  } | null
  /** The last result; null while none is known. */
  readonly result: ResultView | null
  readonly attempts: number
}

export type ResultView = Omit<FactOf<'delivery.result'>, 'type' | 'queueId' | 'recipient' | 'original'> & {
  readonly seq: number
  readonly at: number
  /** Over which connection, when one was made. */
  readonly connection: string | null
}

export type MailboxView = {
  readonly key: string
  readonly host: string
  readonly user: string
  readonly mailbox: string
  readonly format: FactOf<'mailbox.delivered'>['format'] | null
  readonly uidValidity: number | null
  /** By file name; in an mbox, where letters share a file, by file and place. */
  readonly files: ReadonlyMap<string, MailboxFileView>
}

export type MailboxFileView = {
  readonly key: string
  readonly file: string
  readonly size: number | null
  readonly at: number
  readonly seq: number
  readonly journey: string | null
  /** Key of the queue file that was delivered here; null for what a client appended. */
  readonly queueFile: string | null
}

export type JourneyView = {
  readonly id: string
  readonly begunAt: number
  readonly begunSeq: number
  readonly lastSeq: number
  readonly sender: string | null
  readonly sessions: readonly string[]
  readonly queueFiles: readonly string[]
  readonly deliveries: readonly { readonly mailbox: string; readonly file: string; readonly seq: number }[]
}

export type Refusal = {
  readonly seq: number
  readonly at: number
  readonly host: string
  readonly session: string
  readonly daemon: ServerDaemon
  readonly verb: string | null
  readonly reply: TracedReply
}

export type TerminalView = {
  readonly id: string
  readonly connection: string
  readonly from: string
  readonly to: string
  readonly port: number
  readonly open: boolean
}

export type AskedView = Omit<FactOf<'door.asked'>, 'type'> & { readonly seq: number; readonly at: number }

export type LogEntry = {
  readonly seq: number
  readonly at: number
  readonly host: string | null
  readonly level: FactOf<'daemon.logged'>['level']
  readonly daemon: string
  readonly text: string
}

export const queueFileKey = (host: string, queueId: string): string => `${host}/${queueId}`
export const mailboxKey = (host: string, user: string, mailbox: string): string =>
  `${host}/${user}/${mailbox}`

/** The queue files that one host has in one folder now, oldest first. */
export function queueOf(world: World, host: string, queue: QueueName): readonly QueueFileView[] {
  const files: QueueFileView[] = []
  for (const [key, name] of world.queued) {
    const file = name === queue ? world.queueFiles.get(key) : undefined
    if (file?.host === host) files.push(file)
  }
  return files
}

export const emptyWorld: World = {
  seq: 0,
  lab: null,
  clock: { at: 0, running: false },
  hosts: new Map(),
  connections: new Map(),
  sessions: new Map(),
  queueFiles: new Map(),
  queued: new Map(),
  mailboxes: new Map(),
  journeys: new Map(),
  refusals: [],
  terminals: new Map(),
  asked: [],
  faults: [],
  log: [],
}
