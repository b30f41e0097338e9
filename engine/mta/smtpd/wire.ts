/**
 * The connection of one SMTP client: bytes in, replies out, TLS in between, on the lab's clock. smtp-server gives the
 * life of a socket, its closing, and the STARTTLS upgrade; lines, replies and timeouts are Postfix's, so these
 * members of its SMTPConnection are ours:
 *
 *   init, connectionReady       no delay, no "talk too soon", no greeting: the session greets
 *   _createParser               Input instead of its own parser
 *   _armTimeout, _onTimeout     time is the lab's
 *   _onError, _onClose          end the input, and tell whoever waits
 *   send                        nothing is written but by `write`
 *
 * The version is pinned; test/mta/smtpd/wire.contract.test.ts holds what we rely on.
 */
import type { SecureContext, TLSSocket } from 'node:tls'
import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import type { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import type { Clock, Timer } from '#platform/clock.ts'
import type { Connection } from '#platform/net.ts'
import { Input } from './input.ts'

type Socket = ConstructorParameters<typeof SMTPConnection>[1]

export type Arrival = 'bytes' | 'lost' | 'timeout'

export type TlsResult =
  | { readonly kind: 'established'; readonly socket: TLSSocket }
  | { readonly kind: 'failed'; readonly reason: string }

/** What SMTPConnection asks of its server; one for all sessions of a host. It never listens. */
export const createWireServer = (): SMTPServer =>
  new SMTPServer({ secured: true, logger: false, disabledCommands: ['STARTTLS'] })

/** Replies wait until the client has nothing more to say, but not beyond this. */
const outputLimit = 4096

/** What a session needs of its connection. */
export type SessionWire = Pick<SmtpWire, 'more' | 'write' | 'flush' | 'startTls' | 'hangUp'> & {
  readonly input: Pick<Input, 'record' | 'bytes' | 'peek' | 'waiting'>
}

export class SmtpWire extends SMTPConnection {
  // Set by _createParser, which the constructor of the base class calls already.
  declare input: Input
  readonly #clock: Clock
  #output: string[] = []
  #outputSize = 0
  #lost = false
  #failure = ''
  #tlsEnded: ((result: TlsResult) => void) | null = null
  #timer: Timer | null = null
  #deadline = 0
  #expired: (() => void) | null = null
  #onClosed: (() => void) | null = null

  constructor(server: SMTPServer, connection: Connection, clock: Clock) {
    // A Connection has what is used of a Socket: see platform/net.ts.
    super(server, connection as unknown as Socket, { id: connection.id })
    this.#clock = clock
    server.connections.add(this)
  }

  /** Begins to read. `closed` is called once, when the connection is gone. */
  begin(closed: () => void): void {
    this.#onClosed = closed
    this.init()
  }

  override init(): void {
    this._setListeners(() => {
      this.connectionReady()
    })
  }

  override connectionReady(): void {
    this._resetSession()
    this._ready = true
  }

  get lost(): boolean {
    return this.#lost
  }

  /** Waits for bytes of the client; first it hears every reply that is ready. */
  async more(timeout: number): Promise<Arrival> {
    const before = this.input.waiting
    const written = await this.flush(timeout)
    if (written !== 'bytes') return written
    if (this.input.waiting > before) return 'bytes'
    if (this.input.ended) return 'lost'
    const input = this.input
    return this.#within(timeout, (done) => {
      input.onMore(() => {
        done(input.waiting > before ? 'bytes' : 'lost')
      })
    })
  }

  write(text: string): void {
    this.#output.push(text)
    this.#outputSize += text.length
    if (this.#outputSize >= outputLimit) this.#send()
  }

  /** Sends what was written; waits while the client does not take it. */
  async flush(timeout: number): Promise<Arrival> {
    this.#send()
    if (this.#lost) return 'lost'
    const socket = this._socket
    if (!socket.writableNeedDrain) return 'bytes'
    return this.#within(timeout, (done) => {
      socket.once('drain', () => {
        done('bytes')
      })
      socket.once('close', () => {
        done('lost')
      })
    })
  }

  /** The client's next bytes are a handshake; what it sent in clear after STARTTLS is dropped. */
  async startTls(context: SecureContext, timeout: number, askCertificate: 'yes' | 'no'): Promise<TlsResult> {
    await this.flush(timeout)
    if (this.#lost) return { kind: 'failed', reason: 'Connection lost' }
    this._server.secureContext.set('*', context)
    // Both are read at once by upgrade(). Whom a certificate convinces is for the restrictions to say.
    this._server.options.requestCert = askCertificate === 'yes'
    this._server.options.rejectUnauthorized = false
    const ended = new Promise<TlsResult>((resolve) => {
      this.#tlsEnded = resolve
    })
    this.upgrade(
      () => undefined,
      () => {
        this.#endTls({ kind: 'established', socket: this._socket as TLSSocket })
      },
    )
    // A connection in memory does not tell the TLS above it that the client left before its first byte.
    this._socket.once('end', () => {
      this.#endTls({ kind: 'failed', reason: 'Connection lost' })
    })
    const timer = this.#clock.after(timeout, () => {
      this.#endTls({ kind: 'failed', reason: 'Connection timed out' })
    })
    const result = await ended
    timer.cancel()
    return result
  }

  /** Sends what was written and closes. */
  hangUp(): void {
    this.#send()
    this.#timer?.cancel()
    if (!this._closed) this.close()
  }

  /** Closes without another word. */
  cut(): void {
    this.#timer?.cancel()
    this._socket.destroy()
  }

  override send(): void {
    // smtp-server's own sentences are never spoken here.
  }

  override _createParser(): SMTPStream {
    this.input = new Input()
    return this.input
  }

  override _armTimeout(): void {
    // Time is the lab's: see `more`.
  }

  override _onTimeout(): void {
    // As above.
  }

  override _onError(error: Error): void {
    this.#failure = error.message
    this.#lose()
    if (!this._socket.destroyed) this._socket.destroy()
  }

  override _onClose(): void {
    super._onClose()
    this.#lose()
    this.#timer?.cancel()
    const closed = this.#onClosed
    this.#onClosed = null
    closed?.()
  }

  #lose(): void {
    this.#lost = true
    this.input.lose()
    this.#endTls({ kind: 'failed', reason: this.#failure === '' ? 'Connection lost' : this.#failure })
  }

  #endTls(result: TlsResult): void {
    const ended = this.#tlsEnded
    this.#tlsEnded = null
    ended?.(result)
  }

  #send(): void {
    if (this.#outputSize === 0) return
    const text = this.#output.join('')
    this.#output = []
    this.#outputSize = 0
    if (!this.#lost && this._socket.writable && !this._upgrading) this._socket.write(text)
  }

  /** One timer serves a whole session: it looks, when it fires, whether the wait it is for is still that long. */
  #within(timeout: number, start: (done: (arrival: Arrival) => void) => void): Promise<Arrival> {
    return new Promise((resolve) => {
      let settled = false
      const settle = (arrival: Arrival) => {
        if (settled) return
        settled = true
        this.#expired = null
        resolve(arrival)
      }
      this.#deadline = this.#clock.now() + timeout
      this.#expired = () => {
        settle('timeout')
      }
      this.#timer ??= this.#arm(timeout)
      start(settle)
    })
  }

  #arm(milliseconds: number): Timer {
    return this.#clock.after(milliseconds, () => {
      this.#timer = null
      const expired = this.#expired
      if (expired === null) return
      const left = this.#deadline - this.#clock.now()
      if (left > 0) this.#timer = this.#arm(left)
      else expired()
    })
  }
}
