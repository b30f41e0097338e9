/**
 * The SMTP client, and the LMTP client, which is the same with other manners: finds the hosts of a next hop, tries
 * one after the other, and says what became of each recipient.
 *
 * smtp(8), lmtp(8); RFC 5321 §5.1.
 * Next: engine/mda/lmtpd/session.ts
 */
import type { Machine } from '#engine/machine.ts'
import type { Connection } from '#platform/net.ts'
import { NetError } from '#platform/net.ts'
import type { Transcript } from '#protocol/smtp/transcript.ts'
import type { Table } from '#tables/table.ts'
import { fromBytes, printable } from '../../content/text.ts'
import type { Agent, DeliveryRequest, DeliveryResult, Recipient } from '../../handover.ts'
import { failed } from '../results.ts'
import { credentialsFor, genericAddresses, security, type Lookup } from './arrangements.ts'
import type { HostsFound, MailHost, Nexthop } from './nexthop.ts'
import { findHosts, readNexthop } from './nexthop.ts'
import { outgoing } from './outgoing.ts'
import { openSession, SessionFailed, type Peer, type Session } from './session.ts'
import { SessionCache } from './session-cache.ts'
import type { ClientSettings } from './settings.ts'
import { StaleSession, transact } from './transaction.ts'
import { wireForm } from './wire-form.ts'

export type SmtpAgentInput = {
  readonly machine: Machine
  readonly settings: () => ClientSettings
  /** Tells the postmaster of a session that went wrong. */
  readonly notify: (peer: string, transcript: Transcript) => void
  readonly queueDirectory: () => string
  /** The value of the first table of a parameter that has the key. Rejects with MappingUnavailable. */
  readonly lookup: Lookup
  readonly open: (table: string) => Table
  /** smtp_generic_maps: the address as the outside may see it. */
  readonly generic: (address: string) => Promise<string>
  /** A listener in this host at a path: `/var/spool/postfix/private/dovecot-lmtp`. Rejects with NetError. */
  readonly connectUnix: (path: string) => Promise<Connection>
}

export interface SmtpAgent extends Agent {
  /** Ends the sessions that are kept. */
  stop(): void
}

type Problem = { readonly status: string; readonly text: string; readonly rest: Partial<DeliveryResult> }

/** One delivery on its way from host to host. */
type Attempt = {
  readonly request: DeliveryRequest
  readonly settings: ClientSettings
  readonly results: DeliveryResult[]
  remaining: readonly Recipient[]
  problem: Problem
  sessions: number
  wire: Promise<Buffer> | null
}

export function createSmtpAgent(input: SmtpAgentInput): SmtpAgent {
  const cache = new SessionCache(input.machine.clock)
  return {
    stop: () => cache.endAll(),
    async deliver(request) {
      const settings = input.settings()
      const ended = cache.begin(request.nexthop)
      try {
        return await deliver(request, settings, cache, input)
      } finally {
        ended()
      }
    },
  }
}

async function deliver(
  request: DeliveryRequest,
  settings: ClientSettings,
  cache: SessionCache,
  input: SmtpAgentInput,
): Promise<readonly DeliveryResult[]> {
  const attempt: Attempt = {
    request,
    settings,
    results: [],
    remaining: request.recipients,
    problem: { status: '4.4.1', text: 'no host to deliver to', rest: {} },
    sessions: 0,
    wire: null,
  }
  await reuse(attempt, cache, input)
  const nexthops = [request.nexthop, ...settings.fallbackRelays]
  for (const [i, text] of nexthops.entries()) {
    if (attempt.remaining.length === 0) break
    await tryNexthop(attempt, text, i === nexthops.length - 1, cache, input)
  }
  const { status, text, rest } = attempt.problem
  for (const recipient of attempt.remaining) {
    attempt.results.push(
      failed(recipient, status, text, { ...rest, ...(status.startsWith('4') ? { siteDown: true } : {}) }),
    )
  }
  return attempt.results
}

async function reuse(attempt: Attempt, cache: SessionCache, input: SmtpAgentInput): Promise<void> {
  for (;;) {
    const session = cache.take(attempt.request.nexthop)
    if (session === null) return
    session.take(attempt.request.queueFile.queueId, attempt.remaining.length)
    try {
      await talk(attempt, session, 'last', cache, input)
      return
    } catch (error) {
      if (!(error instanceof StaleSession)) throw error
      session.abandon()
    }
  }
}

async function tryNexthop(
  attempt: Attempt,
  text: string,
  lastNexthop: boolean,
  cache: SessionCache,
  input: SmtpAgentInput,
): Promise<void> {
  const { settings } = attempt
  const { machine } = input
  const nexthop = readNexthop(text, settings.protocol, settings.defaultPort)
  const found = await hostsOf(nexthop, attempt, input)
  if (found.kind === 'problem') {
    attempt.problem = { status: found.status, text: found.text, rest: {} }
    return
  }
  for (const [i, host] of found.hosts.entries()) {
    if (attempt.remaining.length === 0) return
    if (settings.sessionLimit > 0 && attempt.sessions >= settings.sessionLimit) return
    const place = lastNexthop && i === found.hosts.length - 1 ? 'last' : 'more'
    const peer = peerOf(host, nexthop)
    let connection: Connection
    try {
      connection = await connect(nexthop, host, settings, input)
    } catch (error) {
      if (!(error instanceof NetError)) throw error
      const where = nexthop.kind === 'unix' ? peer.label : `${peer.label}:${peer.port}`
      const reason = `connect to ${where}: ${connectProblems[error.code]}`
      machine.emit({ type: 'daemon.logged', daemon: settings.protocol, level: 'info', text: reason })
      attempt.problem = { status: '4.4.1', text: reason, rest: {} }
      continue
    }
    attempt.sessions++
    await visit(attempt, connection, peer, text, place, cache, input)
  }
}

const connectProblems = {
  refused: 'Connection refused',
  'timed-out': 'Connection timed out',
  unreachable: 'No route to host',
  reset: 'Connection reset by peer',
} as const

async function visit(
  attempt: Attempt,
  connection: Connection,
  peer: Peer,
  nexthop: string,
  place: 'last' | 'more',
  cache: SessionCache,
  input: SmtpAgentInput,
): Promise<void> {
  const { settings, request } = attempt
  let session: Session
  try {
    session = await openSession({
      machine: input.machine,
      settings,
      connection,
      peer,
      queueId: request.queueFile.queueId,
      recipients: attempt.remaining.length,
      ended: (to, transcript) =>
        input.notify(to.port === 0 ? to.label : `${to.label}:${to.port}`, transcript),
      ...(await security(settings, nexthop, input)),
      credentials: await credentialsFor(settings, request.queueFile.sender, nexthop, peer, input.lookup),
    })
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
    connection.destroy()
    sessionProblem(attempt, error, peer, place, input)
    return
  }
  await talk(attempt, session, place, cache, input)
}

async function talk(
  attempt: Attempt,
  session: Session,
  place: 'last' | 'more',
  cache: SessionCache,
  input: SmtpAgentInput,
): Promise<void> {
  const { settings, request } = attempt
  const { machine } = input
  const connectedAt = machine.clock.now()
  const generic = await genericAddresses(settings, request, input.generic)
  let results: readonly DeliveryResult[]
  try {
    results = await transact({
      session,
      settings,
      queueFile: request.queueFile,
      sender: generic(request.queueFile.sender),
      recipients: attempt.remaining,
      addressOf: ({ address }) => generic(address),
      wire: () => (attempt.wire ??= wireOf(attempt, input)),
      connectedAt,
      extent: request.probe ? 'recipients' : 'message',
    })
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
    session.abandon()
    sessionProblem(attempt, error, session.peer, place, input)
    return
  }
  if (results.some(({ diagnostic }) => diagnostic?.text.startsWith('421'))) session.end()
  else if (keeps(attempt, cache)) cache.keep(request.nexthop, session, settings)
  else session.end()

  const again: Recipient[] = []
  for (const result of results) {
    if (result.outcome === 'deferred' && place === 'more' && sessionsLeft(attempt)) {
      logged(attempt, result.text, input)
      again.push(result.recipient)
      attempt.problem = { status: result.status, text: result.text, rest: result }
    } else {
      attempt.results.push(result)
    }
  }
  attempt.remaining = again
}

async function wireOf({ request, settings }: Attempt, input: SmtpAgentInput): Promise<Buffer> {
  const daemon = settings.protocol
  const { queueId } = request.queueFile
  const { emit } = input.machine
  const content = await outgoing(await request.content(), {
    settings,
    open: input.open,
    generic: input.generic,
    log: {
      act(action, context, line, text) {
        const shown = printable(fromBytes(line)).slice(0, 200)
        const why = text === '' ? '' : `: ${text}`
        emit({
          type: 'daemon.logged',
          daemon,
          level: 'info',
          queueId,
          text: `${action}: ${context} ${shown}${why}`,
        })
      },
      mimeError: () => undefined,
      warn: (text) => emit({ type: 'daemon.logged', daemon, level: 'warning', queueId, text }),
    },
  })
  return wireForm(content, settings.lineLimit)
}

const sessionsLeft = ({ sessions, settings }: Attempt): boolean =>
  settings.sessionLimit === 0 || sessions < settings.sessionLimit

function keeps({ settings, request }: Attempt, cache: SessionCache): boolean {
  if (settings.cacheDestinations.some((name) => name.toLowerCase() === request.nexthop.toLowerCase()))
    return true
  return settings.cacheOnDemand && cache.isBusy(request.nexthop)
}

/** A session broke: the next host may do better; the last one's words are what the mail is told. */
function sessionProblem(
  attempt: Attempt,
  error: SessionFailed,
  peer: Peer,
  place: 'last' | 'more',
  input: SmtpAgentInput,
): void {
  const relay = peer.port === 0 ? peer.label : `${peer.label}:${peer.port}`
  attempt.problem = {
    status: error.status,
    text: error.message,
    rest: {
      relay,
      remoteMta: error.reply === null ? null : peer.name,
      diagnostic: error.reply === null ? null : { type: 'smtp', text: error.reply.text },
    },
  }
  if (place === 'more' && error.status.startsWith('4')) {
    logged(attempt, error.message, input)
    return
  }
  for (const recipient of attempt.remaining) {
    attempt.results.push(
      failed(recipient, error.status, error.message, {
        ...attempt.problem.rest,
        ...(error.status.startsWith('4') ? { siteDown: true } : {}),
      }),
    )
  }
  attempt.remaining = []
}

function logged({ request, settings }: Attempt, text: string, { machine }: SmtpAgentInput): void {
  const { queueId } = request.queueFile
  machine.emit({ type: 'daemon.logged', daemon: settings.protocol, level: 'info', text, queueId })
}

async function hostsOf(nexthop: Nexthop, { settings }: Attempt, input: SmtpAgentInput): Promise<HostsFound> {
  if (nexthop.kind === 'unix') {
    return { kind: 'hosts', hosts: [{ name: settings.hostname, address: nexthop.path, preference: 0 }] }
  }
  const { machine } = input
  return findHosts(nexthop, machine, {
    families: settings.families,
    dns: settings.dns,
    detectLoops: settings.protocol === 'smtp' && nexthop.port === 25 ? 'yes' : 'no',
    ownAddresses: [...machine.addresses, '127.0.0.1', '::1'],
    addressLimit: settings.addressLimit,
    warn: (text) =>
      machine.emit({ type: 'daemon.logged', daemon: settings.protocol, level: 'warning', text }),
  })
}

const peerOf = ({ name, address }: MailHost, nexthop: Nexthop): Peer => ({
  name,
  address,
  port: nexthop.kind === 'unix' ? 0 : nexthop.port,
  label: `${name}[${address}]`,
})

function connect(
  nexthop: Nexthop,
  host: MailHost,
  settings: ClientSettings,
  input: SmtpAgentInput,
): Promise<Connection> {
  if (nexthop.kind === 'unix') {
    const { path } = nexthop
    return input.connectUnix(path.startsWith('/') ? path : `${input.queueDirectory()}/${path}`)
  }
  return input.machine.net.connect(
    { address: host.address, port: nexthop.port },
    {
      timeout: settings.timeouts.connect,
      ...(settings.bindAddress === '' ? {} : { from: settings.bindAddress }),
    },
  )
}
