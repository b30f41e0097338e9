import { once } from 'node:events'
import * as tls from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClock } from '#platform/memory/clock.ts'
import { createNetwork, type NetFact, type Network } from '#platform/memory/network.ts'
import { openAuthority } from '#platform/node/authority.ts'
import { publish } from '#platform/node/published-ports.ts'
import type { Connection } from '#platform/net.ts'
import { connect as connectTcp } from 'node:net'

const hosts = [
  { name: 'mail.example.com', addresses: ['192.0.2.10', '2001:db8::10'] },
  { name: 'mx.example.org', addresses: ['198.51.100.20', '198.51.100.21', '2001:DB8:0::20'] },
]
const mx = { address: '198.51.100.20', port: 25 }

let clock = createClock({ source: 'manual' })
let facts: NetFact[] = []
let network: Network
beforeEach(() => {
  clock = createClock({ source: 'manual' })
  facts = []
  network = createNetwork({ clock, hosts, emit: (fact) => facts.push(fact) })
})
afterEach(() => {
  network.close()
  clock.stop()
})

const mail = () => network.host('mail.example.com')
const peer = () => network.host('mx.example.org')

/** A connection, and what the server got of it. */
async function pair(to = mx): Promise<{ client: Connection; server: Connection }> {
  const came = new Promise<Connection>((resolve) => {
    const listener = peer().listen(to.port, (connection) => {
      listener.close()
      resolve(connection)
    })
  })
  const client = await mail().connect(to)
  return { client, server: await came }
}

async function textOf(connection: Connection): Promise<string> {
  let text = ''
  for await (const bytes of connection) text += String(bytes)
  return text
}

describe('the network of a lab', () => {
  it('carries a dialogue, and what is written in one turn arrives together', async () => {
    const { client, server } = await pair()
    server.write('220 mx.example.org ')
    server.write('ESMTP\r\n')
    const [greeting] = (await once(client, 'data')) as [Buffer]
    expect(String(greeting)).toBe('220 mx.example.org ESMTP\r\n')
    expect(server).toMatchObject({
      remoteAddress: '192.0.2.10',
      localAddress: '198.51.100.20',
      localPort: 25,
    })
    expect(server.readyState).toBe('open')
    expect(client.remote).toEqual({ host: 'mx.example.org', ...mx })
    expect(facts).toMatchObject([{ type: 'net.connected', from: { host: 'mail.example.com' }, to: mx }])
  })

  it('never delivers while it is written to', async () => {
    const { client, server } = await pair()
    let arrived = ''
    client.on('data', (bytes) => (arrived += String(bytes)))
    server.write('220')
    await Promise.resolve()
    expect(arrived).toBe('')
  })

  it('says as the system would why there is no connection', async () => {
    await expect(mail().connect({ address: '198.51.100.20', port: 26 })).rejects.toMatchObject({
      code: 'refused',
      message: 'Connection refused',
    })
    await expect(mail().connect({ address: '8.8.8.8', port: 25 })).rejects.toMatchObject({
      code: 'unreachable',
    })
    expect(facts).toMatchObject([
      { type: 'net.refused', reason: 'refused' },
      { type: 'net.refused', reason: 'unreachable', to: { host: null, address: '8.8.8.8' } },
    ])
  })

  it('reaches every address of a host, from the address that was asked for, IPv6 too', async () => {
    expect((await pair({ address: '198.51.100.21', port: 25 })).server.localAddress).toBe('198.51.100.21')
    const { server } = await pair({ address: '2001:db8:0:0::20', port: 25 })
    expect(server).toMatchObject({ localAddress: '2001:db8::20', remoteAddress: '2001:db8::10' })
    peer().listen(26, () => undefined, { address: '198.51.100.21' })
    await expect(mail().connect({ address: '198.51.100.20', port: 26 })).rejects.toMatchObject({
      code: 'refused',
    })
    await mail().connect({ address: '198.51.100.21', port: 26 })
    await expect(
      mail().connect({ address: '198.51.100.21', port: 26 }, { from: '203.0.113.1' }),
    ).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('has a loopback in every host', async () => {
    mail().listen(10025, (connection) => connection.end('mail'))
    peer().listen(10025, (connection) => connection.end('peer'))
    expect(await textOf(await mail().connect({ address: '127.0.0.1', port: 10025 }))).toBe('mail')
    expect(await textOf(await peer().connect({ address: '::1', port: 10025 }))).toBe('peer')
  })

  it('keeps one direction open when the other has ended', async () => {
    const { client, server } = await pair()
    server.write('220\r\n')
    server.on('data', () => undefined)
    server.on('end', () => server.end('221 Bye\r\n'))
    client.end('QUIT\r\n')
    expect(await textOf(client)).toBe('220\r\n221 Bye\r\n')
    await new Promise((resolve) => setImmediate(resolve))
    expect(facts.at(-1)).toEqual({
      type: 'net.closed',
      connection: client.id,
      by: 'client',
      sent: 6,
      received: 14,
    })
  })

  it('resets who writes to an end that is gone', async () => {
    const { client, server } = await pair()
    client.destroy()
    const failed = once(server, 'error')
    server.resume()
    await once(server, 'end')
    server.write('250 2.0.0 Ok\r\n')
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
  })

  it('makes a writer wait whose reader does not read', async () => {
    const { client, server } = await pair()
    let sent = 0
    while (sent < 10_000_000 && client.write(Buffer.alloc(16384))) sent += 16384
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(sent).toBeLessThan(200_000)
    expect(server.readableLength).toBeLessThan(200_000)
    client.end()
    let got = 0
    for await (const bytes of server) got += (bytes as Buffer).length
    expect(got).toBe(sent + 16384)
  })

  it('times out on the lab clock when nothing moves', async () => {
    const { server } = await pair()
    let timeouts = 0
    server.setTimeout(300_000)
    server.on('timeout', () => timeouts++)
    await clock.advance(299_000)
    server.write('x')
    await clock.advance(299_000)
    expect(timeouts).toBe(0)
    await clock.advance(2_000)
    expect(timeouts).toBe(1)
  })

  it('takes its time when it has latency', async () => {
    network = createNetwork({ clock, hosts, latency: 50 })
    peer().listen(25, (connection) => connection.end('220'))
    const start = clock.now()
    let arrived = 0
    const text = mail()
      .connect(mx)
      .then((connection) => {
        connection.once('data', () => (arrived = clock.now() - start))
        return textOf(connection)
      })
    await clock.advance(1000)
    expect(await text).toBe('220')
    expect(arrived).toBe(150)
  })

  it('can refuse, swallow, delay, throttle and cut, and be mended', async () => {
    peer().listen(25, (connection) => connection.on('error', () => undefined).resume())
    const mend = network.addFault({ kind: 'refuse', to: 'mx.example.org', port: 25 })
    await expect(mail().connect(mx)).rejects.toMatchObject({ code: 'refused' })
    mend()
    await mail().connect(mx)

    network.addFault({ kind: 'drop', to: '198.51.100.20' })
    const lost = mail()
      .connect(mx, { timeout: 30_000 })
      .catch((error: unknown) => error)
    await clock.advance(30_000)
    expect(await lost).toMatchObject({ code: 'timed-out', message: 'Connection timed out' })
    network.clearFaults()

    const { client, server } = await pair({ address: '198.51.100.20', port: 26 })
    let got = 0
    server.on('data', (bytes: Buffer) => (got += bytes.length))
    network.addFault({ kind: 'throttle', bytesPerSecond: 1000 })
    client.write(Buffer.alloc(3000))
    await clock.advance(1050)
    expect(got).toBe(1000)
    await clock.advance(2000)
    expect(got).toBe(3000)
    network.clearFaults()

    network.addFault({ kind: 'cut', afterBytes: 3010 })
    const broken = once(client, 'error')
    client.write(Buffer.alloc(100))
    server.on('error', () => undefined)
    expect(await broken).toMatchObject([{ code: 'ECONNRESET' }])
    expect(got).toBe(3010)
    expect(facts.at(-1)).toMatchObject({ type: 'net.closed', by: 'fault' })
  })

  it('holds bytes back while a fault swallows them, and brings them when it is mended', async () => {
    const { client, server } = await pair()
    const mend = network.addFault({ kind: 'drop' })
    let got = ''
    server.on('data', (bytes) => (got += String(bytes)))
    client.write('EHLO\r\n')
    await clock.advance(1000)
    expect(got).toBe('')
    mend()
    await clock.advance(10)
    expect(got).toBe('EHLO\r\n')
  })

  it('carries STARTTLS with real TLS at both ends', async () => {
    const { client, server } = await pair()
    const authority = await openAuthority(null, Date.now())
    const { certificate, key } = await authority.certify({ names: ['mx.example.org'], at: Date.now() })
    server.write('220 2.0.0 Ready to start TLS\r\n')
    await once(client, 'data')
    const secureServer = new tls.TLSSocket(server, {
      isServer: true,
      secureContext: tls.createSecureContext({ cert: certificate, key }),
    })
    secureServer.on('data', (bytes: Buffer) => secureServer.write(bytes))
    secureServer.on('end', () => secureServer.end())
    const secure = tls.connect({ socket: client, ca: authority.root, servername: 'mx.example.org' })
    await once(secure, 'secureConnect')
    expect(secure.authorized).toBe(true)
    secure.end(Buffer.alloc(500_000, 'x'))
    let got = 0
    for await (const bytes of secure) got += (bytes as Buffer).length
    expect(got).toBe(500_000)
  })
})

describe('a published port', () => {
  it('shows the daemon the real address of the client, and ends both ways', async () => {
    let seen = ''
    peer().listen(25, (connection) => {
      seen = connection.remoteAddress
      let size = 0
      connection.on('data', (bytes: Buffer) => (size += bytes.length))
      connection.on('end', () => connection.end(`${size}`))
    })
    const to = { host: 'mx.example.org', port: 25 }
    const port = await publish({ network, listenOn: '127.0.0.1', port: 0, to })
    await expect(publish({ network, listenOn: '127.0.0.1', port: port.port, to })).rejects.toThrow(
      `port ${port.port} of 127.0.0.1 is in use by another program; choose free ports with --publish auto`,
    )
    const client = connectTcp({
      port: port.port,
      host: '127.0.0.1',
      localAddress: '127.0.0.5',
      allowHalfOpen: true,
    })
    client.end(Buffer.alloc(1_000_000))
    let text = ''
    for await (const bytes of client) text += String(bytes)
    expect(text).toBe('1000000')
    expect(seen).toBe('127.0.0.5')
    await port.close()
  })
})
