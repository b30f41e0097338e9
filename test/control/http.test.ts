// The public contract over HTTP and WebSocket, asked as an outside program would.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { HttpServer } from '#control/http/server.ts'
import type { Labs } from '#control/labs.ts'
import type { StreamMessage } from '#trace/requests.ts'
import { startEngine } from './engine.ts'

let server: HttpServer
let labs: Labs

beforeAll(async () => {
  ;({ server, labs } = await startEngine())
})

afterAll(async () => {
  await server.close()
  await labs.stop()
})

const office = {
  lab: 'office',
  hosts: [
    {
      name: 'mail.example.com',
      address: '192.0.2.10',
      services: ['smtp'],
      users: { bob: 'builder' },
      files: {
        'etc/postfix/main.cf':
          'compatibility_level = 3.6\nmydestination = example.com\nhome_mailbox = Maildir/\n',
      },
    },
  ],
  zone: 'example.com. MX 10 mail.example.com.\nmail.example.com. A 192.0.2.10\n',
}

const send = (method: string, path: string, body?: unknown) =>
  fetch(`${server.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

const create = async (more: object = {}) =>
  (await (await send('POST', '/api/labs', { ...office, ...more })).json()) as {
    id: string
    published: { service: string; port: number }[]
  }

describe('labs', () => {
  test('are created with their ports open, listed, shown and deleted', async () => {
    const answer = await send('POST', '/api/labs', office)
    expect(answer.status).toBe(201)
    const lab = (await answer.json()) as {
      id: string
      url: string
      published: { service: string; port: number }[]
    }
    const socket = connect(lab.published.find(({ service }) => service === 'smtp')?.port ?? 0, '127.0.0.1')
    const [greeting] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(greeting.toString()).toBe('220 mail.example.com ESMTP Postfix\r\n')

    const listed = (await (await send('GET', '/api/labs')).json()) as { id: string }[]
    expect(listed.map(({ id }) => id)).toContain(lab.id)
    expect((await send('GET', `/api/labs/${lab.id}`)).status).toBe(200)
    expect((await send('DELETE', `/api/labs/${lab.id}`)).status).toBe(204)
    expect((await send('GET', `/api/labs/${lab.id}`)).status).toBe(404)
  })

  test.each([
    ['an unknown key', { ...office, host: [] }, 'host', 'did you mean "hosts"'],
    [
      'an address of the real internet',
      { ...office, hosts: [{ name: 'a.example', address: '8.8.8.8' }] },
      'hosts[0].address',
      '192.0.2.0/24',
    ],
    [
      'a service that there is not',
      { ...office, hosts: [{ name: 'a.example', address: '192.0.2.1', services: ['smpt'] }] },
      'hosts[0].services[0]',
      'smtp',
    ],
    ['a zone that does not parse', { ...office, zone: 'example.com. MX ten mail\n' }, 'zone', 'zone:1:'],
  ])('with %s are refused, and the problem names the field', async (_what, body, field, sentence) => {
    const answer = await send('POST', '/api/labs', body)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    const problem = (await answer.json()) as { field: string; detail: string }
    expect(problem.field).toBe(field)
    expect(problem.detail).toContain(sentence)
  })

  test('with a main.cf that Postfix would not start with answer with its line', async () => {
    const answer = await send('POST', '/api/labs', {
      ...office,
      hosts: [
        {
          ...office.hosts[0],
          files: { 'etc/postfix/main.cf': 'myhostname = a.example\nthis is no setting\n' },
        },
      ],
    })
    expect(answer.status).toBe(409)
    expect(((await answer.json()) as { detail: string }).detail).toContain('/etc/postfix/main.cf:2:1: ')
  })
})

describe('a host', () => {
  test('runs commands, and its files are read and written', async () => {
    const { id } = await create()
    const run = (command: string) =>
      send('POST', `/api/labs/${id}/hosts/mail.example.com/run`, { user: 'root', command })
    const shown = (await (await run('postconf -h mydestination')).json()) as {
      stdout: string
      stderr: string
      exit: number
    }
    expect(shown).toEqual({ stdout: 'example.com\n', stderr: '', exit: 0 })

    const file = `/api/labs/${id}/hosts/mail.example.com/files/etc/motd`
    expect((await send('PUT', file, 'welcome\n')).status).toBe(204)
    expect(await (await send('GET', file)).text()).toBe('welcome\n')
    expect((await send('GET', `/api/labs/${id}/hosts/mail.example.com/files/etc/nothing`)).status).toBe(404)
    expect((await send('GET', `/api/labs/${id}/hosts/nowhere/files/etc/motd`)).status).toBe(404)
    await send('DELETE', `/api/labs/${id}`)
  })

  test('never gives a file from outside its tree', async () => {
    const { id } = await create()
    const answer = await send(
      'GET',
      `/api/labs/${id}/hosts/mail.example.com/files/..%2f..%2f..%2f..%2fetc%2fpasswd`,
    )
    // What stands at the root of the host's own tree, as in a chroot; never the file of this machine.
    expect(await answer.text()).not.toContain(readFileSync('/etc/passwd', 'utf8'))
    await send('DELETE', `/api/labs/${id}`)
  })
})

describe('the trace', () => {
  test('is read as JSON Lines from any place, and as pcapng', async () => {
    const { id } = await create()
    const lines = (await (await send('GET', `/api/labs/${id}/trace?from=1`)).text()).trimEnd().split('\n')
    const events = lines.map((line) => JSON.parse(line) as { seq: number; type: string })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
    expect(events.at(-1)?.type).toBe('lab.started')
    const later = (await (await send('GET', `/api/labs/${id}/trace?from=${events.length}`)).text())
      .trimEnd()
      .split('\n')
    expect(later).toHaveLength(1)
    const capture = Buffer.from(await (await send('GET', `/api/labs/${id}/trace.pcapng`)).arrayBuffer())
    expect(capture.readUInt32LE(0)).toBe(0x0a0d0d0a)
    expect((await send('GET', `/api/labs/${id}/trace?from=x`)).status).toBe(400)
    await send('DELETE', `/api/labs/${id}`)
  })
})

describe('time', () => {
  test('moves by a duration, and a text that is none names its field', async () => {
    const { id } = await create({ clock: 'manual' })
    const before = labs.get(id)?.clock.now() ?? 0
    expect((await send('POST', `/api/labs/${id}/clock`, { advance: '5m' })).status).toBe(200)
    expect((labs.get(id)?.clock.now() ?? 0) - before).toBe(300_000)
    const wrong = await send('POST', `/api/labs/${id}/clock`, { advance: 'soon' })
    expect(((await wrong.json()) as { field: string }).field).toBe('advance')
    await send('DELETE', `/api/labs/${id}`)
  })
})

describe('the contract', () => {
  test('is published, and every path of it answers', async () => {
    const document = (await (await send('GET', '/api/openapi.json')).json()) as {
      openapi: string
      paths: Record<string, object>
    }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/labs',
        '/api/labs/{id}/hosts/{host}/run',
        '/api/labs/{id}/hosts/{host}/files/{path}',
        '/api/labs/{id}/stream',
        '/healthz',
        '/metrics',
      ]),
    )
  })

  test('tells whether the engine lives, and its figures', async () => {
    expect(await (await send('GET', '/healthz')).json()).toMatchObject({ status: 'ok' })
    expect(await (await send('GET', '/metrics')).text()).toContain('mailscope_labs ')
  })

  test('gives the root certificate that mail clients must trust', async () => {
    const { id } = await create()
    expect(await (await send('GET', `/api/labs/${id}/root.pem`)).text()).toContain('BEGIN CERTIFICATE')
    await send('DELETE', `/api/labs/${id}`)
  })
})

describe('strangers', () => {
  test('from another site are refused, over HTTP and WebSocket', async () => {
    const answer = await fetch(`${server.url}/api/labs`, { headers: { origin: 'https://elsewhere.example' } })
    expect(answer.status).toBe(403)
    const { id } = await create()
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/labs/${id}/stream`, {
      origin: 'https://elsewhere.example',
    })
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    expect(response.statusCode).toBe(403)
    await send('DELETE', `/api/labs/${id}`)
  })

  test('need the token where one is asked', async () => {
    const guarded = await startEngine({ token: 'join-code' })
    expect((await fetch(`${guarded.server.url}/api/labs`)).status).toBe(401)
    expect((await fetch(`${guarded.server.url}/api/labs?token=join-code`)).status).toBe(200)
    expect(
      (await fetch(`${guarded.server.url}/api/labs`, { headers: { authorization: 'Bearer join-code' } }))
        .status,
    ).toBe(200)
    await guarded.server.close()
  })
})

describe('the stream', () => {
  test('says hello, brings events, answers requests, and lives on after a message that is wrong', async () => {
    const { id } = await create()
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/labs/${id}/stream?from=1`)
    const messages: StreamMessage[] = []
    let arrived: () => void = () => undefined
    socket.on('message', (data: Buffer) => {
      messages.push(JSON.parse(data.toString()) as StreamMessage)
      arrived()
    })
    const until = async <T extends StreamMessage['type']>(
      type: T,
      fits: (message: Extract<StreamMessage, { type: T }>) => boolean = () => true,
    ) => {
      for (;;) {
        const found = messages.find(
          (message): message is Extract<StreamMessage, { type: T }> =>
            message.type === type && fits(message as Extract<StreamMessage, { type: T }>),
        )
        if (found !== undefined) return found
        await new Promise<void>((resolve) => (arrived = resolve))
      }
    }
    expect(await until('hello')).toMatchObject({ lab: id, version: 1, from: 1 })
    expect((await until('events')).events.some(({ type }) => type === 'lab.started')).toBe(true)

    socket.send('not JSON')
    expect(await until('refusal', ({ inReplyTo }) => inReplyTo === null)).toMatchObject({ field: null })
    socket.send(
      JSON.stringify({
        id: 1,
        type: 'terminal.open',
        from: 'mail.example.com',
        to: 'mail.example.com',
        port: 'smtp',
      }),
    )
    expect(await until('refusal', ({ inReplyTo }) => inReplyTo === 1)).toMatchObject({ field: 'port' })

    socket.send(
      JSON.stringify({
        id: 2,
        type: 'terminal.open',
        from: 'mail.example.com',
        to: 'mail.example.com',
        port: 25,
      }),
    )
    const { result } = await until('answer', ({ inReplyTo }) => inReplyTo === 2)
    const terminal = String(result.terminal)
    await until('terminal', ({ text }) => text.includes('220 '))
    socket.send(JSON.stringify({ id: 3, type: 'terminal.send', terminal, text: 'EHLO me.example\r\n' }))
    await until('terminal', ({ text }) => text.includes('250 CHUNKING') || text.includes('250-PIPELINING'))
    await until('events', ({ events }) => events.some((event) => event.type === 'smtpd.command'))
    socket.close()
    await send('DELETE', `/api/labs/${id}`)
  })
})
