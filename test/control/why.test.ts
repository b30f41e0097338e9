// "Why?" as an outside program asks it: GET /api/labs/:id/why/:seq.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { HttpServer } from '#control/http/server.ts'
import type { Labs } from '#control/labs.ts'
import type { TraceEvent } from '#trace/events.ts'
import type { StreamMessage } from '#trace/requests.ts'
import { talk } from '../mta/smtpd/dialogue.ts'
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

const mainCf = `compatibility_level = 3.6
mydestination = example.com
mynetworks = 192.0.2.0/28
alias_maps =
local_recipient_maps = unix:passwd.byname
home_mailbox = Maildir/
smtpd_sasl_auth_enable = yes
message_size_limit = 5000
disable_vrfy_command = yes
header_checks = regexp:/etc/postfix/header_checks
smtpd_client_restrictions = check_client_access cidr:/etc/postfix/clients, permit
`

const lab = () => ({
  lab: 'why',
  storage: 'memory',
  publish: 'auto',
  hosts: [
    {
      name: 'mail.example.com',
      address: '192.0.2.10',
      services: ['smtp', 'pop3'],
      users: { alice: 'wonderland' },
      files: {
        'etc/postfix/main.cf': mainCf,
        'etc/postfix/clients': '198.51.100.66 REJECT not from there\n',
        'etc/postfix/header_checks': '# what we do not want\n/^Subject:.*casino/ REJECT no gambling\n',
      },
    },
  ],
  zone: 'example.com. MX 10 mail.example.com.\nmail.example.com. A 192.0.2.10\n',
})

type Why = {
  reply: { code: string; status: string | null } | null
  meaning: Words
  cause: (Words & { kind: string }) | null
  trail: { list: string; items: { name: string; verdict: string | null; explain: Words | null }[] }[]
  flipsTried: boolean
  flips: (Words & { kind: string; change: { on: string; name?: string; value?: string } })[]
}
type Words = { en: string; zh: string }

/** Plays a dialogue on a lab of its own: the lab, and the place of the last reply in its trace. */
async function played(lines: readonly string[]): Promise<{ readonly id: string; readonly seq: number }> {
  const created = await fetch(`${server.url}/api/labs`, { method: 'POST', body: JSON.stringify(lab()) })
  const { id, published } = (await created.json()) as {
    id: string
    published: { service: string; port: number }[]
  }
  const port = published.find((one) => one.service === 'smtp')?.port ?? 0
  await talk(connect(port, '127.0.0.1'), lines)
  const trace = await (await fetch(`${server.url}/api/labs/${id}/trace`)).text()
  const events = trace
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceEvent)
  return { id, seq: events.findLast(({ type }) => type.endsWith('.reply'))?.seq ?? 0 }
}

async function ask(lines: readonly string[]): Promise<Why> {
  const { id, seq } = await played(lines)
  const answer = await fetch(`${server.url}/api/labs/${id}/why/${seq}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Why
}

const hello = ['EHLO a.example']
const begun = [...hello, 'MAIL FROM:<mallory@example.net>']

describe('why a reply of smtpd came out so', () => {
  test('a refused relay: the list, item by item, and what would have let it in', async () => {
    const why = await ask([...begun, 'RCPT TO:<victim@elsewhere.example>'])
    expect(why.reply).toMatchObject({ code: '454', status: '4.7.1' })
    expect(why.cause).toMatchObject({ kind: 'relay' })
    expect(why.cause?.en).toContain('elsewhere.example is no domain that this server delivers for')
    expect(why.cause?.zh).toContain('开放中继')
    expect(
      why.trail.map(({ list, items }) => [list, items.map(({ name, verdict }) => [name, verdict])]),
    ).toEqual([
      [
        'smtpd_client_restrictions',
        [
          ['check_client_access', 'dunno'],
          ['permit', 'permit'],
        ],
      ],
      [
        'smtpd_relay_restrictions',
        [
          ['permit_mynetworks', 'dunno'],
          ['permit_sasl_authenticated', 'dunno'],
          ['defer_unauth_destination', 'defer'],
        ],
      ],
    ])
    expect(why.trail[1]?.items[0]?.explain?.zh).toBe('客户端地址在 $mynetworks 之内则放行。')
    expect(why.flips.map(({ kind }) => kind)).toEqual([
      'authenticated',
      'recipient-here',
      'network',
      'relayed',
    ])
    expect(why.flips.every(({ en, zh }) => en !== '' && zh !== '')).toBe(true)
  })

  test.each([
    ['an unknown user', [...begun, 'RCPT TO:<nosuch@example.com>'], 'unlisted'],
    ['a command at the wrong time', [...hello, 'RCPT TO:<alice@example.com>'], 'order'],
    ['a line that does not parse', [...hello, 'MAIL TO:<a@b.example>'], 'syntax'],
    ['a word that is no command', ['HOLA'], 'unknown-command'],
    ['a letter that will be too large', [...hello, 'MAIL FROM:<> SIZE=6000'], 'too-big'],
    ['a wrong password', [...hello, 'AUTH PLAIN AGFsaWNlAHdyb25n'], 'login-failed'],
    [
      'a header that is not wanted',
      [...begun, 'RCPT TO:<alice@example.com>', 'DATA', 'Subject: casino\r\n\r\nx\r\n.'],
      'content',
    ],
    ['a setting', ['VRFY alice'], 'setting'],
  ])('%s', async (_what, lines, kind) => {
    const why = await ask(lines)
    expect(why.cause).toMatchObject({ kind })
    expect(why.cause?.en).not.toBe('')
    expect(why.cause?.zh).toMatch(/[\u4e00-\u9fff]/)
    expect(why.meaning.zh).toMatch(/[\u4e00-\u9fff]/)
  })

  test('an unknown user: which setting should have had him, and where he was looked for', async () => {
    const why = await ask([...begun, 'RCPT TO:<nosuch@example.com>'])
    expect(why.cause?.en).toBe(
      'nosuch@example.com belongs to a domain of this server, and local_recipient_maps has nobody of that name. Looked for in: unix:passwd.byname.',
    )
    expect(why.flips.map(({ kind }) => kind)).toEqual(['recipient-here', 'unlisted-accepted', 'setting'])
  })

  test('a yes: what it rests on', async () => {
    const why = await ask([...begun, 'RCPT TO:<alice@example.com>'])
    expect(why.reply).toMatchObject({ code: '250' })
    expect(why.cause).toMatchObject({ kind: 'permitting-item', list: 'smtpd_client_restrictions' })
    expect(why.flips.map(({ kind }) => kind)).toEqual(['recipient-elsewhere', 'recipient-unknown'])
  })
})

describe('the page', () => {
  test('asks over the stream what would turn a reply around', async () => {
    const { id, seq } = await played([...begun, 'RCPT TO:<victim@elsewhere.example>'])
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/labs/${id}/stream?from=${seq}`)
    const answered = new Promise<StreamMessage>((done) =>
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as StreamMessage
        if (message.type === 'answer') done(message)
      }),
    )
    socket.on('open', () => socket.send(JSON.stringify({ id: 1, type: 'why.flips', seq })))
    const answer = await answered
    socket.close()
    expect(answer).toMatchObject({
      inReplyTo: 1,
      result: {
        kept: true,
        flips: expect.arrayContaining([
          expect.objectContaining({ flip: { kind: 'authenticated' } }),
        ]) as unknown,
      },
    })
  })
})

describe('what has no why', () => {
  test('is a problem that names seq', async () => {
    const created = await fetch(`${server.url}/api/labs`, { method: 'POST', body: JSON.stringify(lab()) })
    const { id } = (await created.json()) as { id: string }
    for (const [seq, status] of [
      ['1', 400],
      ['999999', 404],
      ['0', 404],
      ['x', 400],
    ] as const) {
      const answer = await fetch(`${server.url}/api/labs/${id}/why/${seq}`)
      expect(answer.status, seq).toBe(status)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(await answer.json()).toMatchObject({ field: 'seq' })
    }
    expect((await fetch(`${server.url}/api/labs/none/why/1`)).status).toBe(404)
  })

  test('and the OpenAPI document tells of it', async () => {
    const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as { paths: object }
    expect(Object.keys(document.paths)).toContain('/api/labs/{id}/why/{seq}')
  })
})

describe('a letter that was refused at its end', () => {
  const letter = (...lines: string[]) => [
    ...begun,
    'RCPT TO:<alice@example.com>',
    'DATA',
    [...lines, '.'].join('\r\n'),
  ]

  test('would have passed without the line, without the row, without the table', async () => {
    const why = await ask(letter('Subject: casino', 'From: a@b.example', '', 'x'))
    expect(why.cause?.en).toBe(
      'The line “Subject: casino” of the letter met a row of regexp:/etc/postfix/header_checks: REJECT no gambling (/etc/postfix/header_checks:2).',
    )
    expect(why.flips.map(({ en }) => en)).toEqual([
      'If the letter did not have the line “Subject: casino”.',
      'If regexp:/etc/postfix/header_checks had no row for Subject: casino.',
      'If main.cf left header_checks empty.',
    ])
  })

  test('would have passed with a larger limit', async () => {
    const why = await ask(letter('Subject: x', '', ...Array.from({ length: 80 }, () => 'x'.repeat(78))))
    expect(why.cause).toMatchObject({ kind: 'setting', name: 'message_size_limit', value: '5000' })
    expect(why.flips.map(({ en }) => en)).toEqual(['If main.cf said message_size_limit = 0.'])
  })
})
