/**
 * The network of a lab: carries bytes between its hosts, and between a published port and a host.
 * It has latency, and can be told to refuse, delay, throttle or cut. Two labs never see each other.
 */
import type { Duplex } from 'node:stream'

export type Endpoint = {
  /** Name of the lab host, or null for an address that no host of the lab has. */
  readonly host: string | null
  readonly address: string
  readonly port: number
}

/**
 * One end of a connection. Bytes arrive on a fresh macrotask, never while they are being written.
 * It also has what libraries expect of a `net.Socket`: remoteAddress, remotePort, localAddress, localPort,
 * readyState, setTimeout, setNoDelay, setKeepAlive, ref, unref.
 */
export interface Connection extends Duplex {
  readonly id: string
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly readyState: 'open' | 'readOnly' | 'writeOnly' | 'closed'
  /** Breaks the connection as a crash would: the other end gets ECONNRESET. (`destroy` says goodbye, as closing a socket.) */
  resetAndDestroy(): this
  /** Emits `timeout` after so long (ms of lab time) without a byte in either direction; 0: never. */
  setTimeout(milliseconds: number, listener?: () => void): this
}

export type NetErrorCode = 'refused' | 'timed-out' | 'unreachable' | 'reset'

export class NetError extends Error {
  readonly code: NetErrorCode
  constructor(code: NetErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export interface Listener {
  readonly port: number
  close(): void
}

/** The network as one host sees it. */
export interface HostNet {
  /** On all addresses of the host, or `at` one of them. Port 0: a free one. Throws an Error that says why not. */
  listen(port: number, accept: (connection: Connection) => void, at?: { address: string }): Listener
  /** Rejects with NetError. `timeout`: ms of lab time (default 30 s). `from`: a source address of this host. */
  connect(
    to: { address: string; port: number },
    options?: { timeout?: number; from?: string },
  ): Promise<Connection>
}

/** What can be wrong with a network. `to` and `from` are addresses or host names; absent means any. */
export type Fault = {
  readonly from?: string
  readonly to?: string
  readonly port?: number
} & (
  | { readonly kind: 'refuse' }
  /** Packets are swallowed: a connection attempt times out. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Resets the connection after so many bytes from server to client and client to server together. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
)
