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
import type { Agent, DeliveryRequest, DeliveryResult, Recipient } from '../../handover.ts'
import { AgentDied } from '../../handover.ts'
import { failed } from '../results.ts'
import {
  badPolicy,
  credentialsFor,
  discardedKeywords,
  genericAddresses,
  mechanismFilter,
  needsUtf8,
  neverStarts,
  replyFilter,
  security,
  type Lookup,
} from './arrangements.ts'
import { nexthopsIn, readNexthop } from './nexthop.ts'
import { wireOf, type OutgoingInput } from './outgoing.ts'
import { connect, detectsLoops, hostsOf, peerOf, unreachable } from './reach.ts'
import { log, unlessMapFailed } from './problems.ts'
import {
  HandshakeFailed,
  openSession,
  SessionFailed,
  type Peer,
  type Session,
  type SessionInput,
} from './session.ts'
import { mayGoPlain, type TlsPolicy } from './tls-policy.ts'
import { SessionCache } from './session-cache.ts'
import type { ClientSettings } from './settings.ts'
import { StaleSession, transact } from './transaction.ts'

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
  /** inet_interfaces and proxy_interfaces: mail that would go there goes in a circle. */
  readonly ownAddresses: () => readonly string[]
  /** best_mx_transport: another agent takes over, in its own name. */
  readonly pass: (request: DeliveryRequest) => Promise<readonly DeliveryResult[]>
}

export interface SmtpAgent extends Agent {
  /** Ends the sessions that are kept. */
  stop(): void
}

type Problem = {
  readonly status: string
  readonly text: string
  readonly rest: Partial<DeliveryResult>
  readonly loops?: true
}

/** One delivery on its way from host to host. */
type Attempt = {
  readonly request: DeliveryRequest
  readonly settings: ClientSettings
  readonly results: DeliveryResult[]
  remaining: readonly Recipient[]
  problem: Problem
  /** Whether another next hop is left to try. */
  nexthops: 'final' | 'more'
  sessions: number
  readonly wires: { [bits in OutgoingInput['bits']]?: Promise<Buffer> }
}

export function createSmtpAgent(input: SmtpAgentInput): SmtpAgent {
  const cache = new SessionCache(input.machine.clock)
  return {
    stop: () => cache.endAll(),
    async deliver(request) {
      const settings = input.settings()
      if (settings.fatal !== null) return neverStarts(settings.protocol, settings.fatal, input.machine)
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
    problem: { status: '4.3.0', text: 'server unavailable or unable to receive mail', rest: {} },
    nexthops: 'more',
    sessions: 0,
    wires: {},
  }
  await reuse(attempt, cache, input)
  const own = nexthopsIn(request.nexthop)
  const nexthops = [...own, ...settings.fallbackRelays]
  let tried = 0
  for (const [i, text] of nexthops.entries()) {
    if (attempt.remaining.length === 0) break
    tried = i
    if ((await tryNexthop(attempt, text, i === nexthops.length - 1, cache, input)) === 'final') break
  }
  if (attempt.remaining.length > 0)
    await giveUp(attempt, tried >= own.length ? 'smtp_fallback_relay' : 'none', input)
  return attempt.results
}

/** What looks like a mistake in main.cf must not bounce mail: it waits until somebody mends it. */
async function giveUp(
  { request, settings, remaining, results, problem }: Attempt,
  tried: 'smtp_fallback_relay' | 'none',
  input: SmtpAgentInput,
): Promise<void> {
  let { status } = problem
  if (status.startsWith('5')) {
    const mistaken =
      tried !== 'none' ? tried : nexthopsIn(request.nexthop)[0] === settings.relayhost ? 'relayhost' : null
    if (mistaken !== null) {
      input.machine.emit({
        type: 'daemon.logged',
        daemon: settings.protocol,
        level: 'warning',
        text: `${mistaken} configuration problem`,
      })
      status = '4.3.5'
    } else if (problem.loops && settings.bestMxTransport !== '') {
      const [transport = '', ...rest] = settings.bestMxTransport.split(':')
      const nexthop = rest.join(':') || request.nexthop
      for (const recipient of remaining) {
        results.push(...(await input.pass({ ...request, transport, nexthop, recipients: [recipient] })))
      }
      return
    }
  }
  for (const recipient of remaining) {
    results.push(failed(recipient, status, problem.text, { ...problem.rest, siteDown: true }))
  }
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
): Promise<'final' | 'more'> {
  const { settings } = attempt
  const { machine } = input
  const nexthop = readNexthop(text, settings.protocol, settings.defaultPort)
  if (nexthop.kind === 'broken') {
    machine.emit({ type: 'daemon.logged', daemon: settings.protocol, level: 'fatal', text: nexthop.problem })
    throw new AgentDied()
  }
  const found = await hostsOf(nexthop, settings, input)
  if (found.kind === 'problem') {
    const { status, text: why, loops } = found
    attempt.problem = { status, text: why, rest: {}, ...(loops ? { loops } : {}) }
    // Where mail goes in a circle, another host would only send it round once more.
    return loops ? 'final' : 'more'
  }
  const final = lastNexthop || found.backup ? 'final' : 'more'
  attempt.nexthops = final
  const hosts = found.hosts.slice(0, settings.addressLimit || undefined)
  attempt.sessions = 0
  for (const [i, host] of hosts.entries()) {
    if (attempt.remaining.length === 0) return final
    if (!sessionsLeft(attempt)) return final
    const place = final === 'final' && i === hosts.length - 1 ? 'last' : 'more'
    const peer = peerOf(host, nexthop)
    const arranged = await security(settings, text, input)
    if (arranged.tls.mistake !== null) {
      attempt.problem = badPolicy(settings, text, peer, arranged.tls.mistake, machine)
      continue
    }
    const best = host.preference === hosts[0]?.preference
    const loop = detectsLoops(nexthop, settings)
      ? { status: best ? '5.4.6' : '4.4.6', nexthop: attempt.request.nexthop }
      : null
    for (let tls: TlsPolicy | null = arranged.tls; tls !== null;) {
      let connection: Connection
      try {
        connection = await connect(nexthop, host, settings, input)
      } catch (error) {
        if (!(error instanceof NetError)) throw error
        attempt.problem = { status: '4.4.1', text: unreachable(nexthop, peer, error), rest: {} }
        log(input, settings, attempt.problem.text)
        break
      }
      const met = { connection, peer, nexthop: text, loop, ...arranged, tls }
      tls = await visit(attempt, met, place, cache, input)
    }
  }
  return final
}

type Met = Pick<SessionInput, 'connection' | 'peer' | 'loop' | 'tls' | 'authorities'> & {
  readonly nexthop: string
}

/** Resolves with what to try at the same host once more: in clear text, when TLS is no must and has not worked for a while. */
async function visit(
  attempt: Attempt,
  { nexthop, ...way }: Met,
  place: 'last' | 'more',
  cache: SessionCache,
  input: SmtpAgentInput,
): Promise<TlsPolicy | null> {
  const { settings, request } = attempt
  const { connection, peer } = way
  const { sender, arrivedAt } = request.queueFile
  let session: Session
  try {
    session = await openSession({
      machine: input.machine,
      settings,
      ...way,
      queueId: request.queueFile.queueId,
      recipients: attempt.remaining.length,
      ended: (to, transcript) =>
        input.notify(to.port === 0 ? to.label : `${to.label}:${to.port}`, transcript),
      acceptsMechanism: mechanismFilter(settings, input.open),
      filter: replyFilter(settings, input.lookup),
      discarded: await discardedKeywords(settings, peer.address, input.lookup),
      credentials: await credentialsFor(settings, sender, nexthop, peer, input.lookup),
    })
  } catch (error) {
    connection.destroy()
    if (
      error instanceof HandshakeFailed &&
      mayGoPlain(settings, way.tls, input.machine.clock.now() - arrivedAt)
    ) {
      log(input, settings, error.message, request)
      return { ...way.tls, level: 'none' }
    }
    sessionProblem(attempt, unlessMapFailed(error, peer), peer, place, input)
    return null
  }
  attempt.sessions++
  const last = attempt.nexthops === 'final' && !sessionsLeft(attempt)
  await talk(attempt, session, last ? 'last' : place, cache, input)
  return null
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
  const addresses = [request.queueFile.sender, ...attempt.remaining.map(({ address }) => address)]
  const results: DeliveryResult[] = []
  let broken: SessionFailed | null = null
  try {
    await transact({
      session,
      results,
      settings,
      queueFile: request.queueFile,
      sender: generic(request.queueFile.sender),
      recipients: attempt.remaining,
      addressOf: ({ address }) => generic(address),
      utf8: (await needsUtf8(request, addresses.map(generic))) ? 'needed' : 'not needed',
      wire: (bits) =>
        (attempt.wires[bits] ??= wireOf(
          request,
          { settings, bits, open: input.open, generic: input.generic },
          machine,
        )),
      connectedAt,
      extent: request.probe ? 'recipients' : 'message',
    })
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
    session.abandon()
    broken = error
  }
  if (broken !== null) {
    // Nothing of this session is kept.
  } else if (results.some(({ diagnostic }) => diagnostic?.text.startsWith('421'))) session.end()
  else if (keeps(attempt, cache)) cache.keep(request.nexthop, session, settings)
  else session.end()

  const again: Recipient[] = []
  for (const result of results) {
    if (result.outcome === 'deferred' && place === 'more') {
      logged(attempt, result.text, input)
      again.push(result.recipient)
      attempt.problem = { status: result.status, text: result.text, rest: result }
    } else {
      attempt.results.push(result)
    }
  }
  if (broken === null) {
    attempt.remaining = again
    return
  }
  const answered = new Set(results.map(({ recipient }) => recipient))
  attempt.remaining = attempt.remaining.filter((recipient) => !answered.has(recipient))
  sessionProblem(attempt, broken, session.peer, place, input)
  attempt.remaining = [...attempt.remaining, ...again]
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
