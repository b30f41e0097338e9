// What the page says of clients that come from outside: from real sockets, through the trace, to the sentence's facts.
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpServer } from '#control/http/server.ts'
import type { Labs } from '#control/labs.ts'
import { visitsOf, type Visit } from '#trace/door.ts'
import { fold } from '#trace/fold.ts'
import { startEngine } from './engine.ts'

let server: HttpServer
let labs: Labs
let lab: { id: string; published: { service: string; port: number }[] }

beforeAll(async () => {
  ;({ server, labs } = await startEngine())
  const answer = await fetch(`${server.url}/api/labs`, {
    method: 'POST',
    body: JSON.stringify({
      lab: 'door',
      hosts: [
        {
          name: 'mail.example.com',
          address: '192.0.2.10',
          services: ['submission', 'imap', 'imaps', 'pop3', 'pop3s'],
          users: { bob: 'builder' },
        },
      ],
      zone: 'mail.example.com. A 192.0.2.10\nexample.com. MX 10 mail.example.com.\n',
    }),
  })
  lab = (await answer.json()) as typeof lab
})

afterAll(async () => {
  await server.close()
  await labs.stop()
})

const port = (service: string) => lab.published.find((known) => known.service === service)?.port ?? 0

async function visits(): Promise<readonly Visit[]> {
  const events = (await labs.get(lab.id)?.trace.read(0, 100_000)) ?? []
  return visitsOf(fold(events))
}

/** The newest visit, when it is over. */
async function lastVisit(): Promise<Visit | undefined> {
  await expect.poll(async () => (await visits())[0]?.over).toBe(true)
  return (await visits())[0]
}

/** Says each line when the one before was answered, and hangs up. */
async function say(socket: Socket, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    await once(socket, 'data')
    socket.write(`${line}\r\n`)
  }
  await once(socket, 'data')
  socket.end()
}

test('a client that does not trust the certificate is told so', async () => {
  const socket = tlsConnect({ port: port('imaps'), host: '127.0.0.1' })
  await once(socket, 'error')
  expect((await lastVisit())?.outcome.kind).toMatch(/^(?:untrusted|left-at-tls)$/)
})

test('TLS to a port that begins in clear is the wrong port', async () => {
  const socket = tlsConnect({ port: port('submission'), host: '127.0.0.1' })
  await once(socket, 'error')
  expect(await lastVisit()).toMatchObject({
    service: 'submission',
    from: '127.0.0.1',
    outcome: { kind: 'wrong-port', wanted: 'tls' },
  })
})

test('words in clear to a port that begins with TLS are the wrong port', async () => {
  const socket = createConnection({ port: port('pop3s'), host: '127.0.0.1' })
  socket.on('error', () => undefined)
  socket.write('USER bob\r\n')
  await once(socket, 'close')
  expect((await lastVisit())?.outcome).toEqual({ kind: 'wrong-port', wanted: 'clear' })
})

test('a login before TLS, and one with the wrong password', async () => {
  await say(createConnection({ port: port('submission'), host: '127.0.0.1' }), [
    'EHLO [127.0.0.1]',
    'MAIL FROM:<bob@example.com>',
    'QUIT',
  ])
  expect(await lastVisit()).toMatchObject({
    client: { name: 'Thunderbird', from: 'habit' },
    asked: ['EHLO', 'MAIL', 'QUIT'],
    outcome: { kind: 'needs-tls' },
  })
  const ca = labs.get(lab.id)?.root ?? ''
  await say(tlsConnect({ port: port('pop3s'), host: '127.0.0.1', ca }), ['USER bob', 'PASS wrong', 'QUIT'])
  expect(await lastVisit()).toMatchObject({
    asked: ['USER', 'PASS', 'QUIT'],
    outcome: { kind: 'wrong-password', user: 'bob' },
  })
})

test('a client that says who it is has that name, and is seen to be in', async () => {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: port('imaps'),
    secure: true,
    logger: false,
    auth: { user: 'bob', pass: 'builder' },
    tls: { ca: labs.get(lab.id)?.root ?? '' },
    clientInfo: { name: 'Reader of letters', version: '1.2' },
  })
  await client.connect()
  expect((await visits())[0]).toMatchObject({
    client: { name: 'Reader of letters 1.2', from: 'certain' },
    outcome: { kind: 'in', user: 'bob' },
    over: false,
  })
  await client.logout()
})

test('what a client looks up before it connects is told with its own name', async () => {
  await fetch(`${server.url}/mail/config-v1.1.xml?emailaddress=bob@example.com`, {
    headers: { 'user-agent': 'Thunderbird/128' },
  })
  const world = fold((await labs.get(lab.id)?.trace.read(0, 100_000)) ?? [])
  expect(world.asked).toMatchObject([
    { what: 'autoconfig', from: '127.0.0.1', address: 'bob@example.com', client: 'Thunderbird/128' },
  ])
})
