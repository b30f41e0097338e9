/**
 * One connection to a server, as a client uses it: lines out, replies in, each reply within its time; TLS on demand.
 *
 * RFC 5321 §4.2, §4.5.3.2.
 */
import * as tls from 'node:tls'
import type { Duplex } from 'node:stream'
import type { Clock } from '#platform/clock.ts'
import { placeInReply } from './server-reply.ts'
import { Transcript } from '#protocol/smtp/transcript.ts'
import type { Connection } from '#platform/net.ts'

/** The server hung up, or said nothing in time. `doing`: as in the log, `sending MAIL FROM`. */
export class DialogueLost extends Error {
  readonly kind: 'lost' | 'timed-out'
  constructor(kind: DialogueLost['kind']) {
    super(kind)
    this.kind = kind
  }
}

/** What is longer is cut off; what is more is read and dropped. */
const longestLine = 2048
const mostLines = 1000

export type TlsDetails = {
  readonly version: string
  readonly cipher: string
  readonly bits: number
  readonly trusted: boolean
  readonly certificate: tls.PeerCertificate
  readonly reason: string | null
}

export class Dialogue {
  readonly connection: Connection
  readonly transcript = new Transcript()
  readonly #clock: Clock
  #stream: Duplex
  #received = ''
  #lines: string[] = []
  #waiting: { resolve: (lines: readonly string[]) => void; reject: (error: DialogueLost) => void } | null =
    null
  #lost = false

  constructor(connection: Connection, clock: Clock) {
    this.connection = connection
    this.#clock = clock
    this.#stream = connection
    this.#listen(connection)
  }

  /** Whether it can still be talked over. */
  get alive(): boolean {
    return !this.#lost
  }

  /** Commands, each with its line end. */
  send(commands: string): void {
    if (this.#lost) return
    for (const line of commands.split('\r\n').slice(0, -1)) this.transcript.said(line)
    this.#stream.write(commands)
  }

  /** A message with the dot that ends it. */
  sendMessage(bytes: Uint8Array): void {
    if (this.#lost) return
    this.transcript.said('.')
    this.#stream.write(bytes)
  }

  /** The lines of the next reply. Rejects with DialogueLost. */
  reply(timeout: number): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeout, () => {
        this.#waiting = null
        this.close()
        reject(new DialogueLost('timed-out'))
      })
      this.#waiting = {
        resolve: (lines) => {
          timer.cancel()
          resolve(lines)
        },
        reject: (error) => {
          timer.cancel()
          reject(error)
        },
      }
      this.#answer()
    })
  }

  /** Rejects when the handshake fails; the certificate may still be untrusted: `details.trusted`. */
  async startTls(options: {
    readonly servername: string
    readonly authorities: readonly Buffer[]
    readonly timeout: number
  }): Promise<TlsDetails> {
    if (this.connection.destroyed) throw new Error('connection closed')
    this.connection.removeAllListeners('data')
    this.#received = ''
    const { servername, authorities, timeout } = options
    const secure = tls.connect({
      socket: this.connection,
      ...(/[a-z]/i.test(servername) ? { servername } : {}),
      ca: [...authorities],
      rejectUnauthorized: false,
      // Which names will do is the policy's business: tls-policy.ts.
      checkServerIdentity: () => undefined,
    })
    await new Promise<void>((resolve, reject) => {
      const timer = this.#clock.after(timeout, () => reject(new Error('timed out')))
      secure.once('secureConnect', () => {
        timer.cancel()
        resolve()
      })
      secure.once('error', (error: Error) => {
        timer.cancel()
        reject(error)
      })
      secure.once('close', () => reject(new Error('connection closed')))
    })
    this.#stream = secure
    this.#listen(secure)
    const cipher = secure.getCipher()
    return {
      version: secure.getProtocol() ?? 'unknown',
      cipher: cipher.standardName,
      bits: /256|CHACHA20/.test(cipher.standardName) ? 256 : 128,
      trusted: secure.authorized,
      certificate: secure.getPeerCertificate(),
      reason: secure.authorized ? null : String(secure.authorizationError),
    }
  }

  close(): void {
    this.#lost = true
    this.#stream.destroy()
    this.connection.destroy()
  }

  /** Says good-bye and does not wait for the answer longer than it takes. */
  end(): void {
    if (this.#lost) return
    this.send('QUIT\r\n')
    const timer = this.#clock.after(5000, () => this.close())
    this.#stream.once('close', () => timer.cancel())
    this.reply(5000).then(
      () => this.#stream.end(),
      () => this.close(),
    )
  }

  #listen(stream: Duplex): void {
    stream.on('data', (bytes: Buffer) => {
      this.#received += bytes.toString('latin1')
      this.#answer()
    })
    const gone = () => {
      if (stream !== this.#stream) return
      this.#lost = true
      this.#answer()
    }
    stream.on('end', gone)
    stream.on('close', gone)
    stream.on('error', gone)
  }

  #answer(): void {
    const waiting = this.#waiting
    if (!waiting) return
    for (let end = this.#received.indexOf('\n'); end >= 0; end = this.#received.indexOf('\n')) {
      const line = shown(this.#received.slice(0, end).replace(/\r$/, ''))
      this.#received = this.#received.slice(end + 1)
      this.transcript.heard(line)
      const place = placeInReply(line)
      if (place === 'last' || this.#lines.length < mostLines) this.#lines.push(line)
      if (place !== 'last') continue
      const lines = this.#lines
      this.#lines = []
      this.#waiting = null
      if (isProtocolTrouble(Number(line.slice(0, 3)))) this.transcript.trouble('protocol')
      waiting.resolve(lines)
      return
    }
    if (this.#received.length > 2 * longestLine) this.#received = this.#received.slice(0, longestLine)
    if (this.#lost) this.#fail('lost')
  }

  #fail(kind: DialogueLost['kind']): void {
    const waiting = this.#waiting
    this.#waiting = null
    this.close()
    waiting?.reject(new DialogueLost(kind))
  }
}

/** The server did not understand what we said, or says so of something else. */
const isProtocolTrouble = (code: number): boolean => (code >= 500 && code < 510) || code === 555

/** Replies are ASCII, or UTF-8 where SMTPUTF8 is spoken; what cannot be printed becomes `?`. */
function shown(bytes: string): string {
  const text = /[\u0080-\u00ff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes
  return text.slice(0, longestLine).replace(/[\u0000-\u001f\u007f\ufffd]/g, '?')
}
