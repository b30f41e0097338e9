/**
 * The small wire under POP3, IMAP, LMTP and ManageSieve: lines and literals in, replies out, TLS in between, on the
 * lab's clock. It knows bytes, never commands. Each read is bounded in length and in time.
 *
 * Next: engine/mra/pop3d/session.ts
 */
import { TLSSocket, type SecureContext } from 'node:tls'
import type { Duplex } from 'node:stream'
import type { Clock } from '#platform/clock.ts'
import type { Connection, Endpoint } from '#platform/net.ts'
import { deflated } from './wire-deflate.ts'

export type WireLine =
  /** One character a byte, without its line end. */
  | { readonly kind: 'line'; readonly text: string }
  /** More bytes than allowed came without a line end: they are still unread, and this wire is of no more use. */
  | { readonly kind: 'too-long' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'end' }

export type WireBytes =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'end' }

export type WireTls =
  | { readonly kind: 'established'; readonly version: string; readonly cipher: string; readonly bits: number }
  | { readonly kind: 'failed'; readonly reason: string }

/** Stop reading from the peer while so much waits to be parsed. */
const highWater = 256 * 1024
const maximumQueued = 1024 * 1024
const writeTimeout = 10 * 60_000

export class Wire {
  readonly id: string
  readonly local: Endpoint
  /** Who is at the other end of the connection itself. */
  readonly peer: Endpoint
  #remote: Endpoint
  readonly #clock: Clock
  #stream: Duplex
  #chunks: Buffer[] = []
  #buffered = 0
  #taken = 0
  #lineEnd = 0
  #ended = false
  #closing = false
  readonly #waiting = new Set<() => void>()
  #secure = false

  constructor(connection: Connection, clock: Clock) {
    this.id = connection.id
    this.local = connection.local
    this.peer = connection.remote
    this.#remote = connection.remote
    this.#clock = clock
    this.#stream = connection
    connection.on('error', () => this.#end())
    this.#listen(connection)
  }

  /** The client: the peer, or whom a proxy that is trusted speaks for. */
  get remote(): Endpoint {
    return this.#remote
  }

  /** A proxy that is trusted says for whom it speaks. */
  forwardedFor(client: { readonly address: string; readonly port: number }): void {
    this.#remote = { ...this.#remote, ...client }
  }

  get secure(): boolean {
    return this.#secure
  }

  /** How many bytes were read so far. */
  get taken(): number {
    return this.#taken
  }

  /** Of how many bytes the end of the last line was. */
  get lineEnd(): number {
    return this.#lineEnd
  }

  /** Nothing more will come, and nothing can be sent. */
  get ended(): boolean {
    return this.#ended && this.#buffered === 0
  }

  /** Bytes have come that no read has taken yet: a client that pipelines. */
  get pending(): boolean {
    return this.#buffered > 0
  }

  /** A whole line has come that no read has taken yet. */
  get hasLine(): boolean {
    return this.#chunks.some((chunk) => chunk.includes(10))
  }

  /** The next line. Asking again after a timeout loses nothing. */
  async line(limit: number, timeout: number): Promise<WireLine> {
    const found = await this.#until(() => this.#lineLength(limit), timeout)
    if (found === 'timeout' || found === 'end') return { kind: found }
    if (found === 'too-long') return { kind: 'too-long' }
    const bytes = this.#take(found)
    this.#lineEnd = bytes.at(-2) === 13 ? 2 : 1
    return { kind: 'line', text: bytes.subarray(0, -this.#lineEnd).toString('latin1') }
  }

  async bytes(count: number, timeout: number): Promise<WireBytes> {
    const parts: Buffer[] = []
    let missing = count
    while (missing > 0) {
      const found = await this.#until(() => (this.#buffered > 0 ? this.#buffered : null), timeout)
      if (found === 'timeout' || found === 'end') return { kind: found }
      const part = this.#take(Math.min(missing, found))
      parts.push(part)
      missing -= part.length
    }
    return { kind: 'bytes', bytes: Buffer.concat(parts) }
  }

  /** Resolves when something can be read, or the other side is gone; for a server that waits for two things at once. */
  async readable(): Promise<void> {
    await this.#until(() => (this.#buffered > 0 ? 1 : null), Infinity)
  }

  /** Resolves when the peer can take more. A text has one character a byte. */
  async write(data: string | Uint8Array): Promise<void> {
    const stream = this.#stream
    if (this.#ended || stream.destroyed || stream.writableEnded) return
    const flows = stream.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
    if (flows && stream.writableLength < maximumQueued) return
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(writeTimeout, () => this.destroy())
      const done = () => {
        timer.cancel()
        stream.off('drain', done).off('close', done).off('error', done)
        resolve()
      }
      stream.on('drain', done).on('close', done).on('error', done)
    })
  }

  /** The client's next bytes are a handshake; what it sent in clear before is dropped. */
  async startTls(context: SecureContext, timeout: number): Promise<WireTls> {
    const plain = this.#stream
    plain.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close')
    this.#chunks = []
    this.#buffered = 0
    const socket = new TLSSocket(plain, { isServer: true, secureContext: context })
    const outcome = await new Promise<WireTls>((resolve) => {
      const timer = this.#clock.after(timeout, () => end({ kind: 'failed', reason: 'Connection timed out' }))
      const end = (result: WireTls) => {
        timer.cancel()
        resolve(result)
      }
      socket.once('secure', () => {
        const cipher = socket.getCipher()
        end({
          kind: 'established',
          version: socket.getProtocol() ?? '',
          cipher: cipher.standardName,
          bits: /256|CHACHA/.test(cipher.name) ? 256 : 128,
        })
      })
      socket.on('error', (error: Error) => end({ kind: 'failed', reason: error.message }))
      socket.once('close', () => end({ kind: 'failed', reason: 'Connection closed' }))
      // A connection in memory does not tell the TLS above it that the client left before its first byte.
      plain.once('end', () => end({ kind: 'failed', reason: 'Connection closed' }))
    })
    if (outcome.kind === 'failed') {
      this.#ended = true
      socket.destroy()
      plain.destroy()
      return outcome
    }
    this.#secure = true
    this.#stream = socket
    socket.on('error', () => this.#end())
    this.#listen(socket)
    return outcome
  }

  /** From now on both sides compress what they send. */
  deflate(): void {
    const plain = this.#stream
    plain.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close')
    const early = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#buffered = 0
    this.#stream = deflated(plain, early)
    this.#listen(this.#stream)
  }

  /** Sends what was written, then hangs up. */
  close(): void {
    if (this.#closing) return
    this.#closing = true
    this.#stream.end()
    // A peer that never closes its own side must not keep the connection for ever.
    const stream = this.#stream
    const timer = this.#clock.after(5_000, () => stream.destroy())
    stream.once('close', () => timer.cancel())
    stream.resume()
  }

  destroy(): void {
    this.#stream.destroy()
    this.#end()
  }

  #listen(stream: Duplex): void {
    stream.on('data', (chunk: Buffer) => {
      if (this.#closing) return
      this.#chunks.push(chunk)
      this.#buffered += chunk.length
      if (this.#buffered > highWater) stream.pause()
      this.#wake()
    })
    stream.on('end', () => this.#end())
    stream.on('close', () => this.#end())
  }

  #end(): void {
    this.#ended = true
    this.#wake()
  }

  #isOver(): boolean {
    return this.#ended
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  async #until<T>(look: () => T | null, timeout: number): Promise<T | 'timeout' | 'end'> {
    const found = look()
    if (found !== null) return found
    if (this.#ended) return 'end'
    const waited = { tooLong: false }
    const timer = Number.isFinite(timeout)
      ? this.#clock.after(timeout, () => {
          waited.tooLong = true
          this.#wake()
        })
      : null
    try {
      for (;;) {
        // What is awaited is longer than what may pile up unasked.
        if (this.#stream.isPaused()) this.#stream.resume()
        await new Promise<void>((resolve) => {
          this.#waiting.add(resolve)
        })
        const now = look()
        if (now !== null) return now
        if (this.#isOver()) return 'end'
        if (waited.tooLong) return 'timeout'
      }
    } finally {
      timer?.cancel()
    }
  }

  /** Bytes up to and with the first LF; null when none came yet. */
  #lineLength(limit: number): number | 'too-long' | null {
    let before = 0
    for (const chunk of this.#chunks) {
      const at = chunk.indexOf(10)
      if (at >= 0) return before + at > limit ? 'too-long' : before + at + 1
      before += chunk.length
    }
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return before > limit ? 'too-long' : null
  }

  #take(count: number): Buffer {
    const parts: Buffer[] = []
    let missing = count
    while (missing > 0) {
      const first = this.#chunks.shift()
      if (first === undefined) break
      if (first.length > missing) this.#chunks.unshift(first.subarray(missing))
      parts.push(first.subarray(0, missing))
      missing -= Math.min(first.length, missing)
    }
    this.#buffered -= count
    this.#taken += count
    if (this.#buffered < highWater / 2 && this.#stream.isPaused()) this.#stream.resume()
    const [only] = parts
    return parts.length === 1 && only ? only : Buffer.concat(parts)
  }
}
