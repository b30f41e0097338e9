/**
 * One connection of a lab, as its two ends see it: a pair of streams, each of which hears what the other writes.
 *
 * What is written in one turn arrives together, on a later macrotask: a TLS handshake over a stream that delivers
 * while it is written to hangs. It behaves as TCP does (RFC 9293): `end` closes one direction; who writes to an end
 * that is gone is reset; the sender waits when the receiver does not read.
 */
import { Duplex } from 'node:stream'
import type { Clock, Timer } from '#platform/clock.ts'
import type { Connection, Endpoint } from '#platform/net.ts'
import type { Weather } from './faults.ts'

/** How much may be under way or unread in one direction before the writer has to wait. */
const windowSize = 64 * 1024
/** A throttled link carries pieces that take about so long, ms. */
const throttledPiece = 100

export type Side = 'client' | 'server'

/** The network's part in a connection. */
export type Link = {
  readonly clock: Clock
  readonly latency: number
  /** Runs the delivery on the next macrotask, together with all others of this turn. */
  soon(deliver: () => void): void
  weather(): Weather
  tap(from: Side, bytes: Buffer): void
  closed(outcome: { by: Side | 'fault'; sent: number; received: number }): void
}

type End = 'open' | 'finished' | 'gone'

export class Wire {
  readonly client: LabConnection
  readonly server: LabConnection
  readonly link: Link
  #carried = 0
  #endedBy: Side | 'fault' | null = null
  #left = 2

  constructor(id: string, link: Link, ends: { client: Endpoint; server: Endpoint; clientHalfOpen: boolean }) {
    this.link = link
    this.client = new LabConnection(this, 'client', id, ends.client, ends.server, ends.clientHalfOpen)
    this.server = new LabConnection(this, 'server', id, ends.server, ends.client, true)
  }

  other(side: Side): LabConnection {
    return side === 'client' ? this.server : this.client
  }

  /** How many of these bytes still pass before the link is cut. */
  passes(bytes: number): number {
    const passing = Math.max(0, Math.min(bytes, this.link.weather().cutAfter - this.#carried))
    this.#carried += passing
    return passing
  }

  cut(): void {
    this.#endedBy ??= 'fault'
    this.client.reset()
    this.server.reset()
  }

  ending(side: Side): void {
    this.#endedBy ??= side
  }

  left(): void {
    this.#left--
    if (this.#left > 0) return
    this.link.closed({
      by: this.#endedBy ?? 'client',
      sent: this.client.bytesWritten,
      received: this.server.bytesWritten,
    })
  }
}

export class LabConnection extends Duplex implements Connection {
  readonly id: string
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly connecting = false
  readonly pending = false
  bytesRead = 0
  bytesWritten = 0

  readonly #wire: Wire
  readonly #side: Side
  /** Written and not yet sent off. */
  #outbox: Buffer[] = []
  #outboxBytes = 0
  /** Sent off by this end, and not yet taken by the other. */
  #underWay = 0
  #finishing = false
  #sending = false
  #mayWrite: (() => void) | null = null
  /** When the last piece that was sent off arrives; the next cannot overtake it. */
  #lastArrival = 0
  /** What is under way for a while, in order. */
  readonly #road: (() => void)[] = []

  /** Arrived for this end while it was not reading. */
  #inbox: Buffer[] = []
  #inboxBytes = 0
  #inboxEnded = false
  #reading = true
  #end: End = 'open'

  #idleLimit = 0
  #idleTimer: Timer | null = null
  #lastActive = 0

  constructor(wire: Wire, side: Side, id: string, local: Endpoint, remote: Endpoint, allowHalfOpen: boolean) {
    super({ allowHalfOpen, readableHighWaterMark: windowSize, writableHighWaterMark: windowSize })
    this.#wire = wire
    this.#side = side
    this.id = id
    this.local = local
    this.remote = remote
  }

  get localAddress(): string {
    return this.local.address
  }
  get localPort(): number {
    return this.local.port
  }
  get localFamily(): string {
    return familyOf(this.local.address)
  }
  get remoteAddress(): string {
    return this.remote.address
  }
  get remotePort(): number {
    return this.remote.port
  }
  get remoteFamily(): string {
    return familyOf(this.remote.address)
  }
  get readyState(): 'open' | 'readOnly' | 'writeOnly' | 'closed' {
    if (this.destroyed) return 'closed'
    if (this.readable && this.writable) return 'open'
    return this.readable ? 'readOnly' : this.writable ? 'writeOnly' : 'closed'
  }

  address(): { address: string; port: number; family: string } {
    return { address: this.local.address, port: this.local.port, family: this.localFamily }
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }

  /** Emits `timeout` after so long (ms of lab time) without a byte in either direction; 0 says never. */
  setTimeout(milliseconds: number, listener?: () => void): this {
    this.#idleLimit = milliseconds
    if (listener !== undefined && milliseconds > 0) this.once('timeout', listener)
    if (listener !== undefined && milliseconds === 0) this.off('timeout', listener)
    this.#idleTimer?.cancel()
    this.#idleTimer = null
    this.#active()
    if (milliseconds > 0 && !this.destroyed) this.#watch(milliseconds)
    return this
  }
  get timeout(): number {
    return this.#idleLimit
  }

  /** Ends the connection as a crash would: the other end gets ECONNRESET at once. */
  resetAndDestroy(): this {
    if (!this.destroyed) {
      this.#wire.ending(this.#side)
      this.#wire.link.soon(() => this.#peer.reset())
      this.#end = 'gone'
      this.destroy()
    }
    return this
  }

  /** The other end, or the network, broke the connection. */
  reset(): void {
    this.#end = 'gone'
    this.#outbox = []
    if (this.destroyed) return
    const error = Object.assign(new Error('read ECONNRESET'), {
      code: 'ECONNRESET',
      errno: -104,
      syscall: 'read',
    })
    // Whoever does not listen for errors learns of the end by `close`; a lost client must not stop the engine.
    this.destroy(this.listenerCount('error') > 0 ? error : undefined)
  }

  /** The weather changed: what was held back may be able to go on. */
  kick(): void {
    if (this.#outbox.length > 0 || this.#finishing) this.#sendSoon()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#outbox.push(chunk)
    this.#outboxBytes += chunk.length
    this.bytesWritten += chunk.length
    this.#active()
    this.#sendSoon()
    if (this.#unread() < windowSize) done()
    else this.#mayWrite = done
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#wire.ending(this.#side)
    this.#finishing = true
    this.#sendSoon()
    done()
  }

  override _read(): void {
    this.#reading = true
    this.#drainInbox()
    this.#peer.#letWrite()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#idleTimer?.cancel()
    this.#wire.ending(this.#side)
    const unread = this.readableLength > 0 || this.#inbox.length > 0
    const finished = this.writableFinished
    const wasGone = this.#end === 'gone'
    this.#end = 'gone'
    this.#inbox = []
    this.#inboxBytes = 0
    // As a closed socket: what was written still arrives, then the end; but unread bytes make it a reset.
    if (!wasGone && unread) this.#wire.link.soon(() => this.#peer.reset())
    else if (!wasGone && !finished) {
      this.#finishing = true
      this.#sendSoon()
    }
    this.#mayWrite = null
    this.#wire.left()
    done(error)
  }

  get #peer(): LabConnection {
    return this.#wire.other(this.#side)
  }

  #sendSoon(): void {
    if (this.#sending) return
    this.#sending = true
    this.#wire.link.soon(() => {
      this.#sending = false
      this.#send()
    })
  }

  /** Sends off what was written in this turn. */
  #send(): void {
    const { link } = this.#wire
    const weather = link.weather()
    if (weather.swallowed) return
    const bytes = this.#outbox.length === 1 ? this.#outbox[0] : Buffer.concat(this.#outbox)
    this.#outbox = []
    this.#outboxBytes = 0
    if (bytes !== undefined && bytes.length > 0) {
      const passing = this.#wire.passes(bytes.length)
      if (passing > 0) this.#sendOff(passing < bytes.length ? bytes.subarray(0, passing) : bytes, weather)
      if (passing < bytes.length) {
        this.#deliverAfter(this.#wait(weather, 0), () => this.#wire.cut())
        return
      }
    }
    if (this.#finishing) {
      this.#finishing = false
      this.#deliverAfter(this.#wait(weather, 0), () => this.#peer.#arriveEnd())
    }
  }

  #sendOff(bytes: Buffer, weather: Weather): void {
    const { link } = this.#wire
    link.tap(this.#side, bytes)
    const limited = weather.bytesPerSecond < Infinity
    const piece = limited
      ? Math.max(1, Math.ceil((weather.bytesPerSecond * throttledPiece) / 1000))
      : bytes.length
    for (let start = 0; start < bytes.length; start += piece) {
      const part = bytes.subarray(start, start + piece)
      this.#underWay += part.length
      const wait = this.#wait(weather, part.length)
      this.#deliverAfter(wait, () => {
        this.#underWay -= part.length
        this.#peer.#arrive(part)
      })
    }
  }

  /** How long the next piece takes; never less than the one before it. */
  #wait(weather: Weather, bytes: number): number {
    const { clock, latency } = this.#wire.link
    const travel = latency + weather.delay
    if (travel === 0 && weather.bytesPerSecond === Infinity && this.#lastArrival === 0) return 0
    const now = clock.now()
    const begin = Math.max(now, this.#lastArrival - travel)
    this.#lastArrival = begin + (bytes * 1000) / weather.bytesPerSecond + travel
    return this.#lastArrival - now
  }

  #deliverAfter(wait: number, deliver: () => void): void {
    if (wait <= 0 && this.#road.length === 0) {
      deliver()
      return
    }
    this.#road.push(deliver)
    this.#wire.link.clock.after(wait, () => this.#road.shift()?.())
  }

  #arrive(bytes: Buffer): void {
    if (this.#end === 'gone') {
      // Nobody listens here any more: whoever still writes is told so.
      this.#peer.reset()
      return
    }
    this.bytesRead += bytes.length
    this.#active()
    this.#inbox.push(bytes)
    this.#inboxBytes += bytes.length
    this.#drainInbox()
    this.#peer.#letWrite()
  }

  #arriveEnd(): void {
    if (this.#end === 'gone') return
    this.#inboxEnded = true
    this.#drainInbox()
  }

  #drainInbox(): void {
    while (this.#reading) {
      const bytes = this.#inbox.shift()
      if (bytes === undefined) break
      this.#inboxBytes -= bytes.length
      this.#reading = this.push(bytes)
    }
    if (this.#inboxEnded && this.#inbox.length === 0) {
      this.#inboxEnded = false
      this.push(null)
    }
  }

  #letWrite(): void {
    if (this.#mayWrite === null || this.#unread() >= windowSize) return
    const go = this.#mayWrite
    this.#mayWrite = null
    go()
  }

  /**
   * What this end wrote and the other does not want yet. A stream asks for more before it takes away what it holds,
   * so its own length says nothing while it asks.
   */
  #unread(): number {
    const peer = this.#peer
    const held = peer.#reading ? 0 : peer.#inboxBytes + peer.readableLength
    return this.#outboxBytes + this.#underWay + held
  }

  #active(): void {
    if (this.#idleLimit > 0) this.#lastActive = this.#wire.link.clock.now()
  }

  /** The timer is not moved for each byte: when it fires it looks how long the silence was. */
  #watch(milliseconds: number): void {
    this.#idleTimer = this.#wire.link.clock.after(milliseconds, () => {
      this.#idleTimer = null
      if (this.destroyed || this.#idleLimit === 0) return
      const silence = this.#wire.link.clock.now() - this.#lastActive
      if (silence < this.#idleLimit) this.#watch(this.#idleLimit - silence)
      else this.emit('timeout')
    })
  }
}

function familyOf(address: string): string {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}
