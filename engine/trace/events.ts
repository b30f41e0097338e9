/**
 * Everything the engine says, and the only thing that crosses from engine to web. A fact is complete in itself,
 * in the past, and without secrets: passwords, AUTH answers and LOGIN arguments are masked before they get here.
 *
 * The schemas are the types: `TraceEvent` is inferred from them, and `/api/openapi.json` publishes them.
 */
import * as v from 'valibot'

/** Raised when an old reader would misunderstand a new trace. New kinds of events alone do not raise it. */
export const traceVersion = 1

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const session = text
const queueId = text

export const endpoint = v.object({ host: v.nullable(text), address: text, port: count })

/** A reply of any protocol. code: `250`, `+OK`, `-ERR`, `OK`, `NO`, `BAD`, `*`, `+`; status: `2.1.5`, `[AUTH]`. */
export const tracedReply = v.object({
  code: text,
  status: v.nullable(text),
  lines: v.array(text),
  rfc: v.optional(text),
  /** The setting that made it so, where one alone did. */
  because: v.optional(v.object({ setting: text, value: text })),
})

/** A key that was tried in a table, and the row that answered. */
export const lookup = v.object({
  table: text,
  key: text,
  outcome: v.picklist(['found', 'absent', 'unavailable']),
  value: v.optional(text),
  file: v.optional(text),
  line: v.optional(count),
})

/** The daemons that hold sessions. `sieved` speaks ManageSieve; `peer` is a scripted host. */
export const serverDaemons = ['smtpd', 'lmtpd', 'pop3d', 'imapd', 'sieved', 'peer'] as const
export type ServerDaemon = (typeof serverDaemons)[number]

const hostDescription = v.object({
  name: text,
  address: text,
  services: v.array(v.object({ name: text, port: count })),
  users: v.array(text),
  scripted: v.boolean(),
})

const publishedPort = v.object({ host: text, service: text, address: text, port: count })

/** `smtpd.reply`, `pop3d.reply` …: one shape for every daemon that holds sessions. */
const ofDaemon = /* @__NO_SIDE_EFFECTS__ */ <const K extends string>(kind: K) =>
  v.picklist(
    serverDaemons.map((daemon) => `${daemon}.${kind}` as const) as [
      `${ServerDaemon}.${K}`,
      ...`${ServerDaemon}.${K}`[],
    ],
  )

const sessionFact = /* @__NO_SIDE_EFFECTS__ */ <const K extends string, E extends v.ObjectEntries>(
  kind: K,
  entries: E,
) => v.object({ type: ofDaemon(kind), session, ...entries })

const fact = /* @__NO_SIDE_EFFECTS__ */ <const T extends string, E extends v.ObjectEntries>(
  type: T,
  entries: E,
) => v.object({ type: v.literal(type), ...entries })

export const traceFact = v.variant('type', [
  // The lab and its clock
  fact('lab.started', {
    version: v.number(),
    lab: text,
    title: v.object({ en: text, zh: text }),
    seed: v.number(),
    storage: v.picklist(['disk', 'memory']),
    hosts: v.array(hostDescription),
    published: v.array(publishedPort),
  }),
  fact('lab.stopped', {}),
  fact('clock.changed', {
    change: v.picklist(['paused', 'resumed', 'advanced']),
    by: v.optional(v.number()),
  }),
  fact('engine.fault', { where: text, message: text }),

  // The network
  fact('net.connected', { connection: text, from: endpoint, to: endpoint }),
  fact('net.refused', {
    from: endpoint,
    to: endpoint,
    reason: v.picklist(['refused', 'timed-out', 'unreachable']),
  }),
  fact('net.closed', {
    connection: text,
    by: v.picklist(['client', 'server', 'fault']),
    /** Bytes from client to server and back. */
    sent: count,
    received: count,
  }),
  fact('net.fault', { fault: text, on: v.boolean() }),
  fact('dns.answered', {
    name: text,
    record: text,
    code: v.picklist(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', 'TIMEOUT']),
    /** As a zone file writes them: `10 mx.example.org`. */
    answers: v.array(text),
    source: v.picklist(['hosts', 'dns']),
  }),

  // A session with a server: its client's lines, its replies, where they led
  sessionFact('opened', {
    connection: text,
    service: text,
    port: count,
    client: v.object({ name: text, address: text, port: count }),
  }),
  sessionFact('command', { line: text, verb: text }),
  /** A reply; `unasked` for a greeting, a 421, an untagged update. */
  sessionFact('reply', { reply: tracedReply, unasked: v.optional(v.literal(true)) }),
  sessionFact('state', { from: text, to: text }),
  /** Message data or a literal, from the client; `head`: the first 4 KiB, bytes as U+0000..U+00FF. */
  sessionFact('data', { size: count, head: text }),
  sessionFact('tls', {
    version: text,
    cipher: text,
    bits: count,
    outcome: v.picklist(['established', 'failed']),
    reason: v.optional(text),
  }),
  sessionFact('auth', {
    mechanism: text,
    user: v.nullable(text),
    outcome: v.picklist(['ok', 'failed', 'cancelled', 'unavailable']),
    reason: v.optional(text),
  }),
  /** What a client says of itself: ID of IMAP, EHLO habits. */
  sessionFact('client', { says: text }),
  sessionFact('closed', { reason: text }),
  /** An accepted MAIL: a transaction begins. */
  fact('smtpd.transaction', { session, sender: text }),

  // Why: restrictions and tables
  /** A list is walked. `items`: at its first walk in a session; they stay the same. */
  fact('restriction.list', { session, stage: text, list: text, items: v.optional(v.array(text)) }),
  fact('restriction.verdict', {
    session,
    stage: text,
    list: text,
    /** Place in the list, 0-based; a class member has the place of its class. */
    index: count,
    name: text,
    argument: v.optional(text),
    verdict: v.picklist(['permit', 'reject', 'defer', 'dunno', 'discard', 'hold', 'warn']),
    lookups: v.array(lookup),
    reply: v.optional(tracedReply),
    /** In older traces. What a restriction does is now said by words/restrictions.*.ts. */
    explain: v.optional(text),
  }),
  fact('table.looked', {
    daemon: text,
    purpose: text,
    lookup,
    queueId: v.optional(text),
    session: v.optional(text),
  }),

  // The queue
  fact('queue.created', {
    queueId,
    session: v.optional(text),
    /** The queue file of which this is a bounce, a forward or a redirection. */
    parent: v.optional(text),
    origin: v.picklist(['smtpd', 'pickup', 'bounce', 'forward', 'notify']),
    sender: text,
    size: count,
  }),
  /** The message as cleanup made it. `content`: the first 16 KiB, bytes as U+0000..U+00FF, LF line ends. */
  fact('cleanup.message', { queueId, messageId: text, subject: text, size: count, content: text }),
  fact('cleanup.rewritten', {
    queueId,
    what: v.picklist(['sender', 'recipient', 'header']),
    from: text,
    to: v.array(text),
    by: text,
  }),
  fact('cleanup.acted', { queueId, action: text, reason: text }),
  fact('queue.recipient', { queueId, recipient: text, original: text }),
  fact('queue.moved', {
    queueId,
    from: v.nullable(text),
    to: v.picklist(['maildrop', 'incoming', 'active', 'deferred', 'hold', 'corrupt']),
    nextAttemptAt: v.optional(v.number()),
    reason: v.optional(text),
  }),
  /** `queue`: where it lay; `by`: the program, when it was not the queue manager. */
  fact('queue.removed', { queueId, queue: v.optional(text), by: v.optional(text) }),
  fact('queue.expired', { queueId, sender: text }),
  /** Found in the active queue at start: an attempt was under way when the engine ended; a delivery may be repeated. */
  fact('queue.recovered', { queueIds: v.array(text) }),
  fact('qmgr.active', { queueId, sender: text, size: count, recipients: count }),
  fact('qmgr.routed', {
    queueId,
    recipient: text,
    addressClass: text,
    transport: text,
    nexthop: text,
    why: text,
  }),

  // Delivery
  fact('delivery.started', { queueId, agent: text, nexthop: text, recipients: v.array(text) }),
  /** A delivery agent has a connection: its dialogue is the server's session on that connection. */
  fact('delivery.connected', {
    queueId,
    agent: text,
    connection: text,
    server: text,
    address: text,
    port: count,
  }),
  fact('delivery.state', { queueId, agent: text, connection: text, from: text, to: text }),
  fact('delivery.tls', {
    queueId,
    agent: text,
    connection: text,
    version: text,
    cipher: text,
    bits: count,
    trust: text,
  }),
  fact('delivery.result', {
    queueId,
    agent: text,
    recipient: text,
    original: text,
    outcome: v.picklist(['sent', 'deferred', 'bounced', 'undeliverable', 'deliverable']),
    status: text,
    relay: text,
    text,
    /** It would have been bounced, had soft_bounce not been on. */
    soft: v.optional(v.literal(true)),
    /** Seconds: before the queue manager, in it, connection set-up, transmission. */
    delays: v.tuple([v.number(), v.number(), v.number(), v.number()]),
  }),
  fact('bounce.created', {
    queueId,
    report: text,
    kind: v.picklist(['failure', 'delay', 'success', 'double', 'notice']),
  }),

  // Mailboxes and files
  fact('mailbox.delivered', {
    user: text,
    mailbox: text,
    format: v.picklist(['maildir', 'mbox', 'file', 'command']),
    file: text,
    size: count,
    session: v.optional(text),
    queueId: v.optional(text),
  }),
  fact('mailbox.file', {
    user: text,
    mailbox: text,
    change: v.picklist(['created', 'renamed', 'removed', 'rewritten']),
    file: text,
    to: v.optional(text),
    session: v.optional(text),
    command: v.optional(text),
  }),
  fact('mailbox.opened', { session, user: text, mailbox: text, messages: count, uidValidity: count }),
  fact('sieve.step', {
    session,
    user: text,
    script: text,
    line: count,
    column: count,
    what: text,
    result: text,
  }),
  /** A log line that no other fact implies: warnings, daemon starts. */
  fact('daemon.logged', {
    daemon: text,
    level: v.picklist(['info', 'warning', 'error', 'fatal', 'panic']),
    text,
    queueId: v.optional(text),
    /** Of Dovecot: what stands before the text instead of the daemon's name, `pop3(alice)<12><id>`. */
    prefix: v.optional(text),
  }),

  // The people
  /** What a mail client, or its user, fetched over HTTP before it connected; `client`: its User-Agent. */
  fact('door.asked', {
    what: v.picklist(['autoconfig', 'autodiscover', 'mobileconfig', 'root']),
    from: text,
    address: v.nullable(text),
    client: text,
  }),
  /** A learner's own connection by hand: what is typed is in the server's session, masked as everyone's. */
  fact('terminal.opened', { terminal: text, connection: text, from: text, to: text, port: count }),
  fact('terminal.closed', { terminal: text }),
  fact('host.command', { user: text, command: text, exit: v.number() }),
  fact('host.file', { path: text, change: v.picklist(['written', 'removed']), by: text }),
  fact('config.reloaded', { what: text }),
  fact('narration', { en: text, zh: text }),
  fact('scenario.step', { scenario: text, line: count, text }),
  fact('scenario.expected', { scenario: text, line: count, text, held: v.boolean(), why: text }),
])

export type TraceFact = v.InferOutput<typeof traceFact>
export type FactType = TraceFact['type']
export type FactOf<T extends FactType> = Extract<TraceFact, { type: T }>
export type Endpoint = v.InferOutput<typeof endpoint>
export type TracedReply = v.InferOutput<typeof tracedReply>
export type Lookup = v.InferOutput<typeof lookup>
export type HostDescription = v.InferOutput<typeof hostDescription>

export type SessionFactKind =
  'opened' | 'command' | 'reply' | 'state' | 'data' | 'tls' | 'auth' | 'client' | 'closed'
export type SessionFact<K extends SessionFactKind = SessionFactKind> = FactOf<`${ServerDaemon}.${K}`>

/** Whether a fact is of one kind of session fact, whatever its daemon: `isSession(event, 'reply')`. */
export function isSession<K extends SessionFactKind, F extends TraceFact>(
  fact: F,
  kind: K,
): fact is F & SessionFact<K> {
  const [daemon, what] = fact.type.split('.')
  return what === kind && (serverDaemons as readonly (string | undefined)[]).includes(daemon)
}

/** What the recorder adds: place in the one order, lab time (ms since 1970), where, and which letter. */
export type Stamp = {
  readonly seq: number
  readonly at: number
  readonly host?: string
  readonly journey?: string
}
export type TraceEvent = Stamp & TraceFact
