/**
 * Published ports: real TCP ports of this computer, each bridged to a port of a lab host, for real mail clients.
 * The daemon sees the client's true address. What one side ends or breaks, ends or breaks on the other.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { canonicalAddress } from '#platform/addresses.ts'
import type { Network } from '#platform/memory/network.ts'
import type { Endpoint } from '#platform/net.ts'

export type PublishOptions = {
  readonly network: Network
  /** The address of this computer to listen on: 127.0.0.1, unless told otherwise. */
  readonly listenOn: string
  /** 0: a free one. */
  readonly port: number
  readonly to: { readonly host: string; readonly port: number }
  /** Gives some clients an address of the lab; null leaves the client its own. */
  readonly as?: (address: string) => { readonly host: string; readonly address: string } | null
}

export type PublishedPort = { readonly address: string; readonly port: number; close(): Promise<void> }

export class PortTaken extends Error {
  readonly port: number
  constructor(address: string, port: number, reason: string) {
    super(
      `port ${port} of ${address} ${reason}; choose free ports with --publish auto, or none with --publish off`,
    )
    this.port = port
  }
}

/** More clients than this at once, on one port, have to wait. */
const mostClients = 2000

/** Rejects with PortTaken. */
export function publish(options: PublishOptions): Promise<PublishedPort> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    const address = canonicalAddress(socket.remoteAddress ?? '')
    const known = options.as?.(address) ?? null
    const from: Endpoint = { host: null, address, ...known, port: socket.remotePort ?? 0 }
    void bridge(socket, options.network, from, options.to)
  })
  server.maxConnections = mostClients
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new PortTaken(options.listenOn, options.port, reasonOf(error))),
    )
    server.listen({ host: options.listenOn, port: options.port }, () =>
      resolve({ address: options.listenOn, port: portOf(server), close: () => close(server, sockets) }),
    )
  })
}

/** Joins a real connection to one in the lab; a lab host that refuses resets it. */
export async function bridge(
  socket: Socket,
  network: Network,
  from: Endpoint,
  to: { readonly host: string; readonly port: number },
): Promise<void> {
  socket.on('error', () => socket.destroy())
  let inner
  try {
    inner = await network.connectFrom(from, to)
  } catch {
    socket.resetAndDestroy()
    return
  }
  const lab = inner
  lab.on('error', () => socket.resetAndDestroy())
  // Gone without a goodbye: the daemon must not wait for it.
  socket.once('close', () => {
    if (!lab.writableEnded || !lab.readableEnded) lab.resetAndDestroy()
  })
  lab.once('close', () => {
    if (!socket.writableEnded && !socket.destroyed) socket.destroy()
  })
  socket.pipe(lab)
  lab.pipe(socket)
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  return new Promise((resolve) => server.close(() => resolve()))
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'is in use by another program'
  if (error.code === 'EACCES') return 'needs more rights than this user has'
  if (error.code === 'EADDRNOTAVAIL') return 'cannot be used: this computer has no such address'
  return `cannot be used (${error.code ?? error.message})`
}
