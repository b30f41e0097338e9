/**
 * The door: which real mail clients came from outside the lab, what each asked for, and how it went. Folded from the
 * world like everything on the page; what to do about a failure is said by its kind.
 */
import type { SessionView, World } from './world.ts'
import { clientNameOf, type ClientName } from './client-name.ts'

export type Visit = {
  readonly session: string
  /** Of the session's first event. */
  readonly seq: number
  readonly at: number
  /** The client's own address. */
  readonly from: string
  readonly host: string
  readonly service: string
  readonly client: ClientName | null
  /** What it asked for, in order, without what follows at once on the same. */
  readonly asked: readonly string[]
  readonly outcome: VisitOutcome
  readonly over: boolean
}

export type VisitOutcome =
  /** It spoke TLS to a port that begins in clear, or in clear to one that begins with TLS. */
  | { readonly kind: 'wrong-port'; readonly wanted: 'tls' | 'clear' }
  /** It broke the handshake off because nobody it trusts has signed the certificate. */
  | { readonly kind: 'untrusted'; readonly reason: string }
  | { readonly kind: 'tls-failed'; readonly reason: string }
  /** It wanted to log in before STARTTLS. */
  | { readonly kind: 'needs-tls' }
  | { readonly kind: 'wrong-password'; readonly user: string | null; readonly mechanism: string }
  | { readonly kind: 'no-login'; readonly reason: string }
  /** The last refusal of a session that had not been refused a login. */
  | { readonly kind: 'refused'; readonly reply: string }
  | { readonly kind: 'sent'; readonly user: string | null; readonly letters: number }
  | { readonly kind: 'in'; readonly user: string }
  | { readonly kind: 'talking' }
  /** At the handshake, without an alert, or right after it: what many a client does that does not trust the certificate. */
  | { readonly kind: 'left-at-tls' }
  | { readonly kind: 'left' }

/** The newest first. A connection that a learner types by hand comes from a host of the lab, and is no visit. */
export function visitsOf(world: World, most = 20): readonly Visit[] {
  const visits: Visit[] = []
  const sessions = [...world.sessions.values()]
  for (let at = sessions.length - 1; at >= 0 && visits.length < most; at--) {
    const session = sessions[at]
    if (session?.clientHost === null) visits.push(visitOf(session))
  }
  return visits
}

export function visitOf(session: SessionView): Visit {
  return {
    session: session.id,
    seq: session.openedSeq,
    at: session.openedAt,
    from: session.client.address,
    host: session.host,
    service: session.service,
    client: clientNameOf(session),
    asked: askedOf(session),
    outcome: outcomeOf(session),
    over: session.closed !== null,
  }
}

const mostAsked = 12

function askedOf(session: SessionView): readonly string[] {
  const asked: string[] = []
  for (const { command } of session.exchanges) {
    if (command === null || command.verb === '' || asked.at(-1) === command.verb) continue
    asked.push(command.verb)
    if (asked.length === mostAsked) break
  }
  return asked
}

/** TLS 1.2's and 1.3's alerts for a certificate that is not trusted, as OpenSSL names them. RFC 8446 §6.2. */
const distrust =
  /alert (?:unknown ca|bad certificate|certificate (?:unknown|expired|revoked)|unsupported certificate)/i
const notTls = /wrong version number|http request|unknown protocol|packet length too long/i
const goodbye = /Connection (?:closed|reset)|ECONNRESET|EPIPE|socket hang up|lost connection/i
/** A record of the handshake protocol with version 3.x, taken for a line. RFC 8446 §5.1. */
const clientHello = /^\x16\x03[\x00-\x04]/

function outcomeOf(session: SessionView): VisitOutcome {
  const { tlsFailure, user } = session
  if (tlsFailure !== null) {
    if (distrust.test(tlsFailure)) return { kind: 'untrusted', reason: tlsFailure }
    if (notTls.test(tlsFailure)) return { kind: 'wrong-port', wanted: 'clear' }
    if (goodbye.test(tlsFailure)) return { kind: 'left-at-tls' }
    return { kind: 'tls-failed', reason: tlsFailure }
  }
  if (session.exchanges.some(({ command }) => command !== null && clientHello.test(command.line)))
    return { kind: 'wrong-port', wanted: 'tls' }
  const letters = session.exchanges.filter(isAcceptedLetter).length
  if (letters > 0) return { kind: 'sent', user, letters }
  const refused = refusalOf(session)
  if (user !== null) return refused === null || session.daemon !== 'smtpd' ? { kind: 'in', user } : refused
  const login = session.exchanges.findLast(({ auth }) => auth !== null)?.auth
  if (login?.outcome === 'failed')
    return { kind: 'wrong-password', user: login.user, mechanism: login.mechanism }
  if (login?.outcome === 'unavailable') return { kind: 'no-login', reason: login.reason ?? '' }
  if (refused !== null) return refused
  if (session.closed === null) return { kind: 'talking' }
  const last = session.exchanges.findLast(({ command }) => command !== null)
  return session.tls !== null && (last === undefined || /^(?:STARTTLS|STLS)$/.test(last.command?.verb ?? ''))
    ? { kind: 'left-at-tls' }
    : { kind: 'left' }
}

const isAcceptedLetter = ({ data, replies }: SessionView['exchanges'][number]) =>
  data !== null && replies.some(({ reply }) => reply.code === '250')

function refusalOf(session: SessionView): VisitOutcome | null {
  const texts = session.exchanges.flatMap(({ replies }) => replies.map(({ reply }) => reply))
  const refused = texts.findLast(({ code }) => /^(?:[45]\d\d|-ERR|NO|BAD)$/.test(code))
  if (refused === undefined) return null
  const text = [refused.code, refused.status, refused.lines.at(-1)].filter((part) => part).join(' ')
  return /^530 |PRIVACYREQUIRED|Must issue a STARTTLS|\(ENCRYPT-NEEDED\)/.test(text) && session.tls === null
    ? { kind: 'needs-tls' }
    : { kind: 'refused', reply: text }
}
