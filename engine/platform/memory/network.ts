/**
 * The network of a lab: finds who listens at an address, joins the two ends, and applies what is wrong with it.
 * An address that no host has is unreachable: nothing ever leaves the lab.
 */
import type { Clock } from '#platform/clock.ts'
import {
  NetError,
  type Connection,
  type Endpoint,
  type Fault,
  type HostNet,
  type Listener,
  type NetErrorCode,
} from '#platform/net.ts'
import { canonicalAddress } from '#platform/addresses.ts'
import { addressBook, type NetworkHost } from './address-book.ts'
import { Wire, type LabConnection, type Link, type Side } from './connection.ts'
import { describeFault, FaultList, weatherOf, type Weather } from './faults.ts'

/** What the network states; the same shapes as in the trace. */
export type NetFact =
  | { type: 'net.connected'; connection: string; from: Endpoint; to: Endpoint }
  | { type: 'net.refused'; from: Endpoint; to: Endpoint; reason: 'refused' | 'timed-out' | 'unreachable' }
  | { type: 'net.closed'; connection: string; by: Side | 'fault'; sent: number; received: number }
  | { type: 'net.fault'; fault: string; on: boolean }

/** Bytes as they leave one end. */
export type Tap = (piece: { connection: string; from: Side; bytes: Uint8Array }) => void

export type NetworkOptions = {
  readonly clock: Clock
  readonly hosts: readonly NetworkHost[]
  /** The number of the first connection: a lab that starts again gives out none twice. Default 1. */
  readonly firstConnection?: number
  /** One way, ms of lab time. Default 0: the next macrotask. */
  readonly latency?: number
  readonly emit?: (fact: NetFact) => void
  readonly tap?: Tap
}

export interface Network {
  /** The network as one host sees it. */
  host(name: string): HostNet
  /** Breaks something; the returned function mends it. */
  addFault(fault: Fault): () => void
  clearFaults(): void
  readonly faults: readonly Fault[]
  /** A connection from outside the lab, or from a host on behalf of a published port. Rejects with NetError. */
  connectFrom(from: Endpoint, to: { host: string; port: number }): Promise<Connection>
  /** Whether somebody listens on a port of a host. */
  listens(host: string, port: number): boolean
  /** Resets every connection and closes every port. */
  close(): void
}

type Port = { readonly address: string | null; readonly accept: (connection: Connection) => void }

const defaultTimeout = 30_000
const firstEphemeral = 49152

const errorText: Record<NetErrorCode, string> = {
  refused: 'Connection refused',
  'timed-out': 'Connection timed out',
  unreachable: 'No route to host',
  reset: 'Connection reset by peer',
}

export function createNetwork(options: NetworkOptions): Network {
  const { clock, latency = 0, emit = () => undefined, tap = () => undefined } = options
  const book = addressBook(options.hosts)
  const firstAddress = new Map(options.hosts.map((host) => [host.name, host.addresses[0] ?? '127.0.0.1']))
  const ports = new Map<string, Port[]>()
  const wires = new Set<Wire>()
  const faults = new FaultList(() => {
    for (const wire of wires) {
      wire.client.kick()
      wire.server.kick()
    }
  })
  const soon = createTurn(clock)
  let connections = (options.firstConnection ?? 1) - 1
  let ephemeral = firstEphemeral

  const key = (host: string, port: number) => `${host}:${port}`
  const nextPort = () => {
    const port = ephemeral
    ephemeral = ephemeral === 65535 ? firstEphemeral : ephemeral + 1
    return port
  }

  function listen(host: string, wanted: number, accept: Port['accept'], at?: string): Listener {
    let number = wanted
    while (number === 0 || (wanted === 0 && ports.has(key(host, number)))) number = nextPort()
    const port: Port = { accept, address: at === undefined ? null : canonicalAddress(at) }
    if (port.address !== null && !book.owns(host, port.address)) {
      throw new Error(`bind ${port.address} port ${number}: Cannot assign requested address`)
    }
    const others = ports.get(key(host, number)) ?? []
    if (others.some((other) => other.address === port.address)) {
      throw new Error(`bind ${port.address ?? '0.0.0.0'} port ${number}: Address already in use`)
    }
    ports.set(key(host, number), [...others, port])
    return {
      port: number,
      close() {
        const rest = (ports.get(key(host, number)) ?? []).filter((other) => other !== port)
        if (rest.length > 0) ports.set(key(host, number), rest)
        else ports.delete(key(host, number))
      },
    }
  }

  /** Who accepts at an address; one that listens there alone comes before one that listens everywhere. */
  function listener(to: Endpoint): Port | undefined {
    const candidates = to.host === null ? [] : (ports.get(key(to.host, to.port)) ?? [])
    return (
      candidates.find((port) => port.address === to.address) ??
      candidates.find((port) => port.address === null)
    )
  }

  /** Who answers what comes from outside the lab, at whichever address it listens. */
  const published = (host: string, port: number): string | null =>
    ports.get(key(host, port))?.[0]?.address ?? null

  function refuse(from: Endpoint, to: Endpoint, reason: 'refused' | 'timed-out' | 'unreachable'): never {
    emit({ type: 'net.refused', from, to, reason })
    throw new NetError(reason, errorText[reason])
  }

  async function open(
    from: Endpoint,
    to: Endpoint,
    { timeout = defaultTimeout, half = 'closes' }: { timeout?: number; half?: 'closes' | 'stays open' },
  ): Promise<Connection> {
    // Captured now: a fault that comes later does not change how this attempt began.
    const wrong = faults.between(from, to)
    const weather = weatherOf(wrong)
    const roundTrip = 2 * (latency + weather.delay)
    if (weather.swallowed || roundTrip > timeout) {
      await clock.sleep(timeout)
      refuse(from, to, 'timed-out')
    }
    if (roundTrip > 0) await clock.sleep(roundTrip)
    else await new Promise<void>(soon)
    if (to.host === null) refuse(from, to, 'unreachable')
    const port = listener(to)
    if (port === undefined || wrong.some((fault) => fault.kind === 'refuse')) refuse(from, to, 'refused')
    return join(from, to, port, half)
  }

  function join(from: Endpoint, to: Endpoint, port: Port, half: 'closes' | 'stays open'): LabConnection {
    const id = `c${++connections}`
    const link: Link = {
      clock,
      latency,
      soon,
      weather: (): Weather => weatherOf(faults.between(from, to)),
      tap: (side, bytes) => tap({ connection: id, from: side, bytes }),
      closed(outcome) {
        wires.delete(wire)
        emit({ type: 'net.closed', connection: id, ...outcome })
      },
    }
    const wire = new Wire(id, link, { client: from, server: to, clientHalfOpen: half === 'stays open' })
    wires.add(wire)
    emit({ type: 'net.connected', connection: id, from, to })
    port.accept(wire.server)
    return wire.client
  }

  function connect(
    host: string,
    to: { address: string; port: number },
    { timeout, from }: { timeout?: number; from?: string } = {},
  ): Promise<Connection> {
    const address = canonicalAddress(to.address)
    const target: Endpoint = { host: book.hostAt(address, host), address, port: to.port }
    const source = from === undefined ? book.sourceFor(host, address) : canonicalAddress(from)
    if (source !== null && !book.owns(host, source)) {
      return Promise.reject(new NetError('unreachable', 'Cannot assign requested address'))
    }
    const self: Endpoint = { host, address: source ?? firstAddress.get(host) ?? '', port: nextPort() }
    // Without an address of the other's family there is no way to it.
    const reachable = source === null ? { ...target, host: null } : target
    return open(self, reachable, timeout === undefined ? {} : { timeout })
  }

  return {
    host: (name) => ({
      listen: (port, accept, at) => listen(name, port, accept, at?.address),
      connect: (to, how) => connect(name, to, how),
    }),
    addFault(fault) {
      const mend = faults.add(fault)
      emit({ type: 'net.fault', fault: describeFault(fault), on: true })
      return () => {
        if (mend() === 'was not there') return
        emit({ type: 'net.fault', fault: describeFault(fault), on: false })
      }
    },
    clearFaults() {
      const before = faults.all
      faults.clear()
      for (const fault of before) emit({ type: 'net.fault', fault: describeFault(fault), on: false })
    },
    get faults() {
      return faults.all
    },
    connectFrom: (from, to) =>
      open(
        from,
        { ...to, address: published(to.host, to.port) ?? firstAddress.get(to.host) ?? '' },
        { half: 'stays open' },
      ),
    listens: (host, port) => ports.has(key(host, port)),
    close() {
      ports.clear()
      for (const wire of [...wires]) wire.cut()
    },
  }
}

/**
 * Gathers what is to be delivered and does it on the next macrotask, all together: one setImmediate a turn however
 * many connections there are. Time does not jump while something is on its way.
 */
function createTurn(clock: Clock): (deliver: () => void) => void {
  let waiting: (() => void)[] = []
  let release = () => {}
  const run = () => {
    const now = waiting
    const end = release
    waiting = []
    for (const deliver of now) {
      try {
        deliver()
      } catch (error) {
        // A fault of one receiver must not keep the bytes of the others back.
        process.nextTick(() => {
          throw error
        })
      }
    }
    end()
  }
  return (deliver) => {
    if (waiting.length === 0) {
      release = clock.hold()
      setImmediate(run)
    }
    waiting.push(deliver)
  }
}
