/**
 * The lab's name server on a real port, over UDP and TCP, so that `dig` can ask what the lab's own servers are told.
 * RFC 1035 §4.2, RFC 7766 (TCP), RFC 6891 (EDNS).
 */
import { createSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import { answerMessage } from '#platform/dns-message.ts'
import type { Zone } from '#platform/zone.ts'
import { PortTaken } from './published-ports.ts'

export type DnsServer = { readonly address: string; readonly port: number; close(): Promise<void> }

/** A client that says nothing for so long (real ms) is let go: RFC 7766 §6.2.3. */
const patience = 10_000
const mostClients = 100

/** Rejects with PortTaken. Port 0: a free one, the same for UDP and TCP. */
export async function serveDns(options: {
  readonly zone: () => Zone
  readonly listenOn: string
  readonly port: number
}): Promise<DnsServer> {
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    answerStream(socket, options.zone)
  })
  tcp.maxConnections = mostClients
  const udp = createSocket(options.listenOn.includes(':') ? 'udp6' : 'udp4')
  udp.on('message', (message, client) => {
    const answer = answerMessage(options.zone(), message, 'udp')
    if (answer !== null) udp.send(answer, client.port, client.address)
  })
  const taken = (port: number) => new PortTaken(options.listenOn, port, 'is in use by another program')
  const port = await new Promise<number>((resolve, reject) => {
    tcp.once('error', () => reject(taken(options.port)))
    tcp.listen({ host: options.listenOn, port: options.port }, () => {
      const address = tcp.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await new Promise<void>((resolve, reject) => {
    udp.once('error', () => {
      tcp.close()
      reject(taken(port))
    })
    udp.bind(port, options.listenOn, resolve)
  })
  udp.on('error', () => undefined)
  return {
    address: options.listenOn,
    port,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => udp.close(resolve))
      await new Promise<void>((resolve) => {
        tcp.close(() => resolve())
      })
    },
  }
}

/** Messages with their length before them. */
function answerStream(socket: Socket, zone: () => Zone): void {
  let waiting = Buffer.alloc(0)
  socket.setTimeout(patience, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes])
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0)
      const answer = answerMessage(zone(), waiting.subarray(2, end), 'tcp')
      waiting = waiting.subarray(end)
      if (answer === null) {
        socket.destroy()
        return
      }
      const length = Buffer.alloc(2)
      length.writeUInt16BE(answer.length)
      // A client that asks much and reads nothing is not worth the memory.
      if (!socket.write(Buffer.concat([length, answer])) && socket.writableLength > 1_000_000)
        socket.destroy()
    }
  })
}
