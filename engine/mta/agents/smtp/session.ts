/**
 * A session with one server, from its greeting until it may be sent mail: EHLO, TLS and AUTH as far as they are
 * wanted. What the server cannot give and we must have ends the session.
 *
 * RFC 5321 §3.2, RFC 3207, RFC 4954; smtp(8).
 */
import { initialTransition } from 'xstate'
import type { Machine } from '#engine/machine.ts'
import type { Connection } from '#platform/net.ts'
import type { SmtpDeliveryEvent, SmtpDeliverySnapshot } from '#protocol/smtp/delivery.machine.ts'
import { smtpDelivery } from '#protocol/smtp/delivery.machine.ts'
import { readExtensions } from '#protocol/smtp/extensions.ts'
import type { Transcript } from '#protocol/smtp/transcript.ts'
import { stepper } from '#protocol/step.ts'
import { authenticate } from './authenticate.ts'
import { Dialogue, DialogueLost, type TlsDetails } from './dialogue.ts'
import { readReply, type ServerReply } from './server-reply.ts'
import type { ClientSettings } from './settings.ts'
import { certificateComplaint, mustHaveTls, tlsProblem, type TlsPolicy } from './tls-policy.ts'

const stepDelivery = stepper(smtpDelivery, { protocol: 'smtp', recipients: 1 })

/** A host that was connected to. `label`: as in `host mx.example.org[192.0.2.1] said`. */
export type Peer = {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly label: string
}

/** The session, or this attempt at it, came to nothing. */
export class SessionFailed extends Error {
  readonly status: string
  readonly reply: ServerReply | null
  constructor(status: string, text: string, reply: ServerReply | null = null) {
    super(text)
    this.status = status
    this.reply = reply
  }
}

export type SessionInput = {
  readonly machine: Machine
  readonly settings: ClientSettings
  readonly connection: Connection
  readonly peer: Peer
  readonly queueId: string
  readonly recipients: number
  readonly tls: TlsPolicy
  readonly authorities: readonly Buffer[]
  /** Told what was said, when the session is over. */
  readonly ended: (peer: Peer, transcript: Transcript) => void
  /** smtp_reply_filter: a line of a reply as it shall be understood. */
  readonly filter: (line: string) => Promise<string>
  /** smtp_sasl_mechanism_filter. */
  readonly acceptsMechanism: (name: string) => Promise<boolean>
  /** EHLO keywords that this server is not believed. */
  readonly discarded: ReadonlySet<string>
  /** What is to be said if this turns out to be ourselves; null where that is nobody's mistake. */
  readonly loop: { readonly status: string; readonly nexthop: string } | null
  /** user:password for this server; null when there is none. */
  readonly credentials: { readonly user: string; readonly password: string } | null
}

export class Session {
  readonly dialogue: Dialogue
  readonly peer: Peer
  extensions: ReadonlyMap<string, readonly string[]> = new Map()
  readonly begun: number
  uses = 0
  encrypted = false
  #queueId: string
  #snapshot: SmtpDeliverySnapshot
  readonly #machine: Machine
  readonly #agent: string
  readonly #ended: SessionInput['ended']
  readonly #filter: SessionInput['filter']

  constructor({ machine, connection, peer, settings, queueId, recipients, ended, filter }: SessionInput) {
    this.#filter = filter
    this.#ended = ended
    this.dialogue = new Dialogue(connection, machine.clock)
    this.peer = peer
    this.begun = machine.clock.now()
    this.#machine = machine
    this.#agent = settings.protocol
    this.#queueId = queueId
    this.#snapshot = initialTransition(smtpDelivery, { protocol: settings.protocol, recipients })[0]
    this.announce()
    this.step({ type: 'connected' })
  }

  /** A kept connection takes another message. */
  take(queueId: string, recipients: number): void {
    this.#queueId = queueId
    this.announce()
    this.step({ type: 'next', recipients })
  }

  step(event: SmtpDeliveryEvent): void {
    const from = this.#snapshot.value
    this.#snapshot = stepDelivery(this.#snapshot, event)
    const to = this.#snapshot.value
    if (from === to) return
    this.#machine.emit({
      type: 'delivery.state',
      queueId: this.#queueId,
      agent: this.#agent,
      connection: this.dialogue.connection.id,
      from,
      to,
    })
  }

  announce(): void {
    const { name, address, port } = this.peer
    this.#machine.emit({
      type: 'delivery.connected',
      queueId: this.#queueId,
      agent: this.#agent,
      connection: this.dialogue.connection.id,
      server: name,
      address,
      port,
    })
  }

  /** The next reply; a server that is gone fails the session with the words of the log. */
  async expect(doing: string, timeout: number): Promise<ServerReply> {
    try {
      const lines = await this.dialogue.reply(timeout)
      return readReply(await Promise.all(lines.map((line) => this.#filter(line))))
    } catch (error) {
      if (!(error instanceof DialogueLost)) throw error
      this.step({ type: 'lost' })
      const { label } = this.peer
      throw new SessionFailed(
        '4.4.2',
        error.kind === 'timed-out'
          ? `conversation with ${label} timed out while ${doing}`
          : `lost connection with ${label} while ${doing}`,
      )
    }
  }

  end(): void {
    this.step({ type: 'quit' })
    this.dialogue.end()
    this.#ended(this.peer, this.dialogue.transcript)
    this.step({ type: 'bye' })
  }

  abandon(): void {
    this.step({ type: 'lost' })
    this.dialogue.close()
    this.#ended(this.peer, this.dialogue.transcript)
  }
}

/** The handshake after STARTTLS came to nothing: the connection is of no use any more. */
export class HandshakeFailed extends SessionFailed {}

/** Greets and is greeted. Rejects with SessionFailed. */
export async function openSession(input: SessionInput): Promise<Session> {
  const { settings } = input
  const session = new Session(input)
  try {
    if (settings.tls.wrapper) await secure(session, input)
    const greeting = await session.expect('receiving the initial server greeting', settings.timeouts.hello)
    if (!isPositive(greeting)) {
      throw refused(session, greeting, greeting.code < 500 || !settings.skip5xxGreeting ? 'as said' : 'soft')
    }
    session.step({ type: 'greeting-ok' })
    await hello(session, input, extended(settings, greeting) ? 'extended' : 'plain')
    if (!settings.tls.wrapper) await upgrade(session, input)
    if (settings.sasl.enabled && input.credentials !== null) {
      await authenticate(session, { ...input, credentials: input.credentials })
    }
    session.step({ type: 'send' })
    return session
  } catch (error) {
    if (session.dialogue.alive) session.end()
    throw error
  }
}

const isPositive = ({ code }: ServerReply): boolean => code >= 200 && code < 300

/** A greeting of nothing but stars is that of a firewall that understands no EHLO. */
function extended({ protocol, ehlo }: ClientSettings, greeting: ServerReply): boolean {
  if (protocol === 'lmtp') return true
  if (ehlo === 'never' || /^[20 *]*$/.test(greeting.text)) return false
  return ehlo === 'always' || /\sESMTP(?:\s|$)/i.test(greeting.text)
}

function refused(session: Session, reply: ServerReply, hardness: 'as said' | 'soft'): SessionFailed {
  session.step({ type: 'refused-service' })
  return new SessionFailed(
    hardness === 'soft' ? `4${reply.status.slice(1)}` : reply.status,
    `host ${session.peer.label} refused to talk to me: ${reply.text}`,
    reply,
  )
}

async function hello(session: Session, input: SessionInput, manner: 'extended' | 'plain'): Promise<void> {
  const { timeouts, helloName, protocol } = input.settings
  const ask = async (verb: string) => {
    session.dialogue.send(`${verb} ${helloName}\r\n`)
    return session.expect(`performing the ${verb} handshake`, timeouts.hello)
  }
  if (manner === 'extended') {
    const reply = await ask(protocol === 'lmtp' ? 'LHLO' : 'EHLO')
    if (isPositive(reply)) {
      notOurselves(session, reply, input)
      session.extensions = offered(reply, input)
      session.step({ type: 'hello-ok' })
      return
    }
    if (protocol === 'lmtp' || reply.code === 421) throw refused(session, reply, 'as said')
    session.step({ type: 'hello-refused' })
  }
  const reply = await ask('HELO')
  if (!isPositive(reply)) throw refused(session, reply, 'as said')
  notOurselves(session, reply, input)
  session.extensions = new Map()
  session.step({ type: 'hello-ok' })
}

/** A server with our own name would send the letter round in a circle. RFC 5321 §6.3. */
function notOurselves(session: Session, reply: ServerReply, { settings, machine, loop }: SessionInput): void {
  const name = reply.lines[0]?.trim().split(/[ \t]/, 1)[0]?.toLowerCase()
  if (loop === null || name !== settings.hostname.toLowerCase()) return
  const text = `host ${session.peer.label}:${session.peer.port} replied to HELO/EHLO with my own hostname ${settings.hostname}`
  machine.emit({ type: 'daemon.logged', daemon: settings.protocol, level: 'warning', text })
  session.step({ type: 'refused-service' })
  throw new SessionFailed(loop.status, `mail for ${loop.nexthop} loops back to myself`)
}

function offered(reply: ServerReply, { discarded }: SessionInput): ReadonlyMap<string, readonly string[]> {
  const extensions = new Map(readExtensions(reply.lines))
  for (const keyword of discarded) extensions.delete(keyword)
  return extensions
}

async function upgrade(session: Session, input: SessionInput): Promise<void> {
  const { tls, settings } = input
  if (tls.level === 'none') return
  if (!session.extensions.has('STARTTLS')) {
    if (mustHaveTls(tls)) {
      throw new SessionFailed('4.7.4', `TLS is required, but was not offered by host ${session.peer.label}`)
    }
    return
  }
  session.step({ type: 'start-tls' })
  session.dialogue.send('STARTTLS\r\n')
  const reply = await session.expect('performing the STARTTLS handshake', settings.timeouts.starttls)
  if (!isPositive(reply)) {
    session.step({ type: 'starttls-refused' })
    if (!mustHaveTls(tls)) return
    throw new SessionFailed(
      reply.status,
      `TLS is required, but host ${session.peer.label} refused to start TLS: ${reply.text}`,
      reply,
    )
  }
  session.step({ type: 'starttls-ok' })
  await secure(session, input)
  await hello(session, input, 'extended')
}

async function secure(session: Session, input: SessionInput): Promise<void> {
  const { machine, tls, authorities, settings, queueId, peer } = input
  const details = await session.dialogue
    .startTls({ servername: tls.servername ?? peer.name, authorities, timeout: settings.timeouts.starttls })
    .catch(() => null)
  if (details === null) {
    session.abandon()
    throw new HandshakeFailed('4.7.5', 'Cannot start TLS: handshake failure')
  }
  session.encrypted = true
  const { trust, problem } = tlsProblem(tls, details, peer.name)
  machine.emit({
    type: 'delivery.tls',
    queueId,
    agent: settings.protocol,
    connection: session.dialogue.connection.id,
    version: details.version,
    cipher: details.cipher,
    bits: details.bits,
    trust,
  })
  if (settings.tls.logLevel > 0) logTls(input, details, trust, problem)
  if (problem !== null) throw new SessionFailed('4.7.5', problem)
  session.step({ type: 'tls-established' })
}

/** smtp_tls_loglevel = 1. */
function logTls(
  { machine, tls, settings, peer, queueId }: SessionInput,
  details: TlsDetails,
  trust: string,
  problem: string | null,
): void {
  const where = `${peer.label}:${peer.port}`
  const log = (text: string) =>
    machine.emit({ type: 'daemon.logged', daemon: settings.protocol, level: 'info', text, queueId })
  const complaint = problem === null ? null : certificateComplaint(tls, details, where)
  if (complaint !== null) log(complaint)
  const { version, cipher, bits } = details
  log(
    `${trust} TLS connection established to ${where}: ${version} with cipher ${cipher} (${bits}/${bits} bits)`,
  )
}
