import { afterEach, describe, expect, test } from 'vitest'
import { textOf } from '#protocol/bytes/text.ts'
import { isSession } from '#trace/events.ts'
import { startHost } from './host.ts'
import type { HostOptions, TestHost } from './host.ts'
import { caseSasl } from './sasl.ts'
import { talk } from './talk.ts'
import type { Talk } from './talk.ts'
import type { SmtpCase } from '../../truth/smtp-case.ts'

let host: TestHost
afterEach(() => {
  host.close()
})

async function open(options: HostOptions = {}, address?: string): Promise<Talk> {
  host = await startHost({ users: ['bob', 'amy'], mainCf: ['mydestination = example.com'], ...options })
  const client = talk(await host.dial(address))
  expect(await client.hear()).toEqual(['220 mail.example.com ESMTP Postfix'])
  return client
}

const withSasl = (lines: readonly string[] = []): HostOptions => {
  const main_cf = ['mydestination = example.com', 'smtpd_sasl_auth_enable = yes', ...lines]
  const accounts = { bob: 'builder' }
  return {
    mainCf: main_cf,
    sasl: (machine) =>
      caseSasl({ main_cf, accounts, hostname: 'mail.example.com' } as unknown as SmtpCase, machine),
  }
}

/** The facts of sessions in short: `command MAIL`, `reply 250`, `state mail`. */
const story = () =>
  host.facts.flatMap((fact) => {
    if (isSession(fact, 'command')) return [`command ${fact.line}`]
    if (isSession(fact, 'reply')) return [`reply ${fact.reply.code}`]
    if (isSession(fact, 'state')) return [`state ${fact.to}`]
    if (isSession(fact, 'data')) return [`data ${fact.size}`]
    if (isSession(fact, 'auth')) return [`auth ${fact.mechanism} ${fact.user ?? '?'} ${fact.outcome}`]
    if (isSession(fact, 'closed')) return [`closed ${fact.reason}`]
    return []
  })

const logged = () => host.said('daemon.logged').map(({ text }) => text)

describe('a letter', () => {
  test('is handed to cleanup as it came, under a Received header', async () => {
    const client = await open()
    await client.say('EHLO client.example.net')
    await client.say('MAIL FROM:<a@client.example.net> BODY=8BITMIME RET=HDRS ENVID=x')
    await client.say('RCPT TO:<bob@example.com> NOTIFY=NEVER ORCPT=rfc822;b+6Fb@example.com')
    await client.say('DATA')
    client.send('Subject: dots\r\n\r\n..\r\n...x\r\na\r\r\n\tb\rc\r\n.\r\n')
    expect(await client.hear()).toEqual([expect.stringMatching(/^250 2\.0\.0 Ok: queued as [0-9A-F]+$/)])

    const [letter] = host.submitted
    expect(textOf(letter?.content ?? new Uint8Array(0))).toBe('Subject: dots\n\n.\n..x\na\n\tb\rc\n')
    expect(letter?.trace).toBe(
      [
        'Received: from client.example.net (localhost [127.0.0.1])',
        `by mail.example.com (Postfix) with ESMTP id ${letter?.queueId ?? ''}`,
        'for <bob@example.com>; Mon,  2 Mar 2026 09:00:00 +0000 (UTC)\n',
      ].join('\n\t'),
    )
    expect(letter).toMatchObject({
      sender: 'a@client.example.net',
      recipients: [
        {
          address: 'bob@example.com',
          original: 'bob@example.com',
          notify: ['never'],
          orcpt: 'rfc822;bob@example.com',
        },
      ],
      envelope: { envid: 'x', ret: 'hdrs', body: '8bitmime', smtputf8: false },
    })
  })

  test('has a queue id from its first recipient on, and none that a refused one would give', async () => {
    const client = await open()
    await client.say('HELO client')
    await client.say('MAIL FROM:<a@b.example>')
    await client.say('RCPT TO:<nosuch@example.com>')
    expect(logged()).not.toContainEqual(expect.stringContaining('client=localhost'))
    await client.say('RCPT TO:<bob@example.com>')
    expect(logged()).toContain('client=localhost[127.0.0.1]')
  })

  test('that begins with a mailbox line or a blank loses nothing', async () => {
    const client = await open()
    client.send(
      'HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n>From x\r\n continued\r\n.\r\n',
    )
    await client.hear(5)
    expect(textOf(host.submitted[0]?.content ?? new Uint8Array(0))).toBe(
      'X-Mailbox-Line: >From x\n\n continued\n',
    )
  })

  test('of which the client vanishes in the middle is nobody’s', async () => {
    const client = await open()
    client.send('HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nSubject: half\r\nno end')
    await client.hear(4)
    client.end()
    expect(await client.hear()).toEqual(['closed'])
    expect(host.submitted).toEqual([])
    expect(story().at(-1)).toBe('closed lost connection after DATA (15 bytes)')
  })

  test('beyond message_size_limit is read to its end, not kept, and refused', async () => {
    const client = await open({ mainCf: ['mydestination = example.com', 'message_size_limit = 1000'] })
    client.send('HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n')
    client.send(`Subject: big\r\n\r\n${'y'.repeat(5000)}\r\n.\r\nNOOP\r\n`)
    expect((await client.hear(6)).slice(4)).toEqual(['552 5.3.4 Error: message file too big', '250 2.0.0 Ok'])
    expect(host.submitted).toEqual([])
  })
})

describe('the trace', () => {
  test('tells a session in the order in which it happened', async () => {
    const client = await open()
    for (const line of ['EHLO c', 'MAIL FROM:<a@b.example>', 'DATA', 'RCPT TO:<bob@example.com>', 'DATA']) {
      await client.say(line)
    }
    client.send('Subject: x\r\n\r\n.\r\n')
    await client.hear()
    await client.say('QUIT')
    expect(await client.hear()).toEqual(['closed'])
    expect(story()).toEqual([
      'reply 220',
      'command EHLO c',
      'reply 250',
      'state ready',
      'command MAIL FROM:<a@b.example>',
      'reply 250',
      'state mail',
      'command DATA',
      'reply 554',
      'command RCPT TO:<bob@example.com>',
      'reply 250',
      'state recipients',
      'command DATA',
      'reply 354',
      'state data',
      'data 14',
      'reply 250',
      'state ready',
      'command QUIT',
      'reply 221',
      'state closed',
      'closed QUIT',
    ])
    expect(logged().at(-1)).toBe(
      'disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1/2 quit=1 commands=5/6',
    )
  })

  test('never holds a password, however it was sent', async () => {
    const client = await open(withSasl())
    const secret = Buffer.from('\0bob\0builder').toString('base64')
    await client.say('EHLO c')
    await client.say('AUTH LOGIN')
    await client.say(Buffer.from('bob').toString('base64'))
    await client.say(Buffer.from('wrong').toString('base64'))
    // Too late: the exchange is over, and the line is taken for a command.
    await client.say(Buffer.from('builder').toString('base64'))
    await client.say('AUTH PLAIN')
    await client.say(secret)
    await client.say('RSET')
    await client.say(`auth plain ${secret}`)
    const told = JSON.stringify(host.facts)
    for (const hidden of ['wrong', 'builder', secret, 'Ym9i']) {
      expect(told).not.toContain(Buffer.from(hidden).toString('base64'))
      if (hidden !== 'wrong') expect(told).not.toContain(hidden)
    }
    expect(story().filter((line) => line.startsWith('auth'))).toEqual([
      'auth LOGIN bob failed',
      'auth PLAIN bob ok',
    ])
    expect(story()).toContain('command auth plain ****')
  })
})

describe('line ends', () => {
  const smuggled = 'Subject: 1\r\n\r\nbody\n.\r\nMAIL FROM:<evil@b.example>\r\n.\r\n'
  const begin = 'HELO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n'

  test('LF dot CRLF ends a message by default, and lets a second one be smuggled in', async () => {
    const client = await open()
    client.send(begin + smuggled)
    expect((await client.hear(6)).slice(4)).toEqual([expect.stringContaining('queued as'), '250 2.1.0 Ok'])
  })

  test('smtpd_forbid_bare_newline = normalize wants CRLF dot CRLF', async () => {
    const mainCf = [
      'mydestination = example.com',
      'smtpd_forbid_bare_newline = normalize',
      'mynetworks = 10.0.0.0/8',
    ]
    const client = await open({ mainCf })
    client.send(`${begin}${smuggled}NOOP\r\n`)
    expect((await client.hear(6)).slice(4)).toEqual([expect.stringContaining('queued as'), '250 2.0.0 Ok'])
    expect(textOf(host.submitted[0]?.content ?? new Uint8Array(0))).toBe(
      'Subject: 1\n\nbody\nMAIL FROM:<evil@b.example>\n',
    )
  })

  test('a message in single bytes is the same message', async () => {
    const client = await open()
    for (const byte of `${begin}Subject: 1\r\n\r\n..x\r\n.\r\nQUIT\r\n`) client.send(byte)
    expect((await client.hear(6)).at(-1)).toBe('221 2.0.0 Bye')
    expect(textOf(host.submitted[0]?.content ?? new Uint8Array(0))).toBe('Subject: 1\n\n.x\n')
  })

  test('a chunk that RSET took back leaves no half a line to the next letter', async () => {
    const client = await open()
    const begun = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\r\n'
    client.send(`EHLO x\r\n${begun}BDAT 4\r\nhalfRSET\r\n${begun}BDAT 5 LAST\r\nwhole`)
    expect((await client.hear(8)).at(-1)).toContain('Ok: 7 bytes queued as')
    expect(textOf(host.submitted[0]?.content ?? new Uint8Array(0))).toBe('whole\n')
  })

  test('BDAT counts bytes, and a chunk may end within a line', async () => {
    const client = await open()
    client.send('EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\r\n')
    client.send('BDAT 9\r\nSubject: BDAT 7 LAST\r\nx\r\n\r\n.\nRSET\r\n')
    expect((await client.hear(6)).slice(3)).toEqual([
      '250 2.0.0 Ok: 9 bytes',
      expect.stringMatching(/^250 2\.0\.0 Ok: 17 bytes queued as/),
      '250 2.0.0 Ok',
    ])
    expect(textOf(host.submitted[0]?.content ?? new Uint8Array(0))).toBe('Subject: x\n\n.\n')
  })
})

describe('patience', () => {
  test('an idle client is told after smtpd_timeout', async () => {
    const client = await open()
    await client.say('EHLO c')
    await host.clock.advance(299_000)
    await client.say('NOOP')
    await host.clock.advance(299_000)
    await host.clock.advance(2_000)
    expect(await client.hear(2)).toEqual(['421 4.4.2 mail.example.com Error: timeout exceeded', 'closed'])
    expect(logged()).toContain('timeout after NOOP from localhost[127.0.0.1]')
  })

  test('errors slow the server down, and then end the session', async () => {
    const client = await open({
      mainCf: ['smtpd_soft_error_limit = 1', 'smtpd_hard_error_limit = 2', 'smtpd_error_sleep_time = 5s'],
    })
    expect(await client.say('BAD')).toBe('500 5.5.2 Error: command not recognized')
    client.send('WORSE\r\n')
    const heard = client.hear(3)
    await host.clock.advance(4_000)
    expect(story().at(-1)).toBe('command WORSE')
    await host.clock.advance(10_000)
    expect(await heard).toEqual([
      '500 5.5.2 Error: command not recognized',
      '421 4.7.0 mail.example.com Error: too many errors',
      'closed',
    ])
  })

  test('many pipelined commands are answered together', async () => {
    const client = await open()
    client.send('NOOP\r\n'.repeat(90))
    expect(new Set(await client.hear(90))).toEqual(new Set(['250 2.0.0 Ok']))
  })
})

describe('a client that is refused at the connection', () => {
  test('may only quit, when smtpd_delay_reject is off', async () => {
    host = await startHost({ mainCf: ['smtpd_delay_reject = no', 'smtpd_client_restrictions = reject'] })
    const client = talk(await host.dial())
    expect(await client.hear()).toEqual([
      '554 5.7.1 <localhost[127.0.0.1]>: Client host rejected: Access denied',
    ])
    expect(await client.say('EHLO c')).toBe('503 5.7.0 Error: access denied for localhost[127.0.0.1]')
    expect(await client.say('QUIT')).toBe('221 2.0.0 Bye')
  })
})

describe('XCLIENT', () => {
  test('lets a front end speak for another client, who is greeted anew', async () => {
    const client = await open({
      mainCf: ['mydestination = example.com', 'smtpd_authorized_xclient_hosts = 127.0.0.1'],
    })
    await client.say('EHLO proxy')
    expect(
      await client.say('XCLIENT NAME=x.example ADDR=192.0.2.5 PORT=77 HELO=hh PROTO=ESMTP LOGIN=zz'),
    ).toBe('220 mail.example.com ESMTP Postfix')
    client.send('MAIL FROM:<a@b.example>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n\r\n.\r\n')
    await client.hear(4)
    expect(host.submitted[0]?.trace).toContain('from hh (x.example [192.0.2.5])')
    expect(host.submitted[0]?.trace).toContain('with ESMTPA id')
    expect(await client.say('XCLIENT ADDR=192.0.2.6')).toBe('550 5.7.0 Error: insufficient authorization')
  })
})
