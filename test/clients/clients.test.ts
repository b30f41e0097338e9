// Unmodified mail clients at the door: they log in on published ports, send as alice, and fetch at the other office.
import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ImapFlow } from 'imapflow'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { removeFolder, startMailscope, type Running } from '../lab/start.ts'
import { withClient } from './office.ts'

const run = promisify(execFile)
let lab: Running
/** The lab's root certificate: a client that trusts it needs no exception. */
let root: string

beforeAll(async () => {
  lab = await startMailscope()
  root = join(lab.data, 'root.pem')
  writeFileSync(root, await (await fetch(`${lab.url}/api/labs/${lab.lab}/root.pem`)).text())
}, 120_000)

afterAll(async () => {
  await lab.stop()
  removeFolder(lab.data)
})

/** Looks into carol's Maildir until it has a letter with this subject. */
async function carolHas(subject: string): Promise<string> {
  for (let round = 0; round < 100; round++) {
    const answer = await fetch(`${lab.url}/api/labs/${lab.lab}/hosts/mx.example.org/run`, {
      method: 'POST',
      body: JSON.stringify({ command: 'cat /home/carol/Maildir/new/* /home/carol/Maildir/cur/*' }),
    })
    const { stdout } = (await answer.json()) as { stdout: string }
    if (stdout.includes(`Subject: ${subject}`)) return stdout
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`no letter “${subject}” came to carol`)
}

describe('nodemailer', () => {
  const transport = (port: number, more: object) =>
    createTransport({
      host: '127.0.0.1',
      port,
      auth: { user: 'alice', pass: 'wonderland' },
      tls: { ca: execFileSync('cat', [root]).toString(), servername: 'mail.example.com' },
      ...more,
    })

  test('submits with STARTTLS and AUTH to both offices, trusting the lab’s root', async () => {
    const client = transport(lab.port('mail.example.com', 'submission'), { requireTLS: true })
    const sent = await client.sendMail({
      from: 'alice@example.com',
      to: 'bob@example.com, carol@example.org',
      subject: 'nodemailer STARTTLS',
      text: 'Hello.',
    })
    expect(sent.response).toMatch(/^250 2\.0\.0 Ok: queued as [0-9A-F]+$/)
    expect(await carolHas('nodemailer STARTTLS')).toContain('(Postfix) with ESMTPSA')
  })

  test('submits over implicit TLS on submissions', async () => {
    const client = transport(lab.port('mail.example.com', 'submissions'), { secure: true })
    await client.sendMail({
      from: 'alice@example.com',
      to: 'carol@example.org',
      subject: 'nodemailer implicit TLS',
      text: 'Hello.',
    })
    await carolHas('nodemailer implicit TLS')
  })

  test('hears why a wrong password is refused', async () => {
    const client = transport(lab.port('mail.example.com', 'submission'), {
      requireTLS: true,
      auth: { user: 'alice', pass: 'wrong' },
    })
    await expect(
      client.sendMail({ from: 'alice@example.com', to: 'carol@example.org', text: 'x' }),
    ).rejects.toThrow(/535 5\.7\.8 Error: authentication failed/)
  })

  test('may not submit without TLS', async () => {
    const client = transport(lab.port('mail.example.com', 'submission'), { ignoreTLS: true })
    await expect(
      client.sendMail({ from: 'alice@example.com', to: 'carol@example.org', text: 'x' }),
    ).rejects.toThrow(/530 5\.7\.0 Must issue a STARTTLS command first|no AUTH|PLAIN|authentication/i)
  })
})

describe('imapflow', () => {
  test('reads bob’s letter by IMAP with STARTTLS, flags it, files it, and sees it there', async () => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: lab.port('mail.example.com', 'imap'),
      secure: false,
      doSTARTTLS: true,
      servername: 'mail.example.com',
      tls: { ca: execFileSync('cat', [root]).toString() },
      auth: { user: 'bob', pass: 'builder' },
      logger: false,
    })
    await client.connect()
    await client.mailboxCreate('Archive')
    const lock = await client.getMailboxLock('INBOX')
    const found = await client.search({ subject: 'nodemailer STARTTLS' }, { uid: true })
    const [uid] = found === false || found === undefined ? [] : found
    expect(uid).toBeGreaterThan(0)
    const message = await client.fetchOne(String(uid), { envelope: true, source: true }, { uid: true })
    expect(message === false ? '' : message.source?.toString()).toContain('Delivered-To: bob@example.com')
    await client.messageFlagsAdd(String(uid), ['\\Flagged'], { uid: true })
    await client.messageMove(String(uid), 'Archive', { uid: true })
    lock.release()
    expect(await client.status('Archive', { messages: true })).toMatchObject({ messages: 1 })
    await client.logout()
  })
})

withClient('swaks', {}, () => {
  test('sends as alice with STARTTLS and AUTH LOGIN', async () => {
    const { stdout } = await run('swaks', [
      ...['--server', '127.0.0.1', '--port', String(lab.port('mail.example.com', 'submission')), '--tls'],
      ...['--auth', 'LOGIN', '--auth-user', 'alice', '--auth-password', 'wonderland'],
      ...['--from', 'alice@example.com', '--to', 'carol@example.org', '--h-Subject', 'swaks'],
    ])
    expect(stdout).toContain('250 2.0.0 Ok: queued as')
    await carolHas('swaks')
  })
})

withClient('curl', {}, () => {
  test('fetches carol’s letter by POP3 at the second office', async () => {
    await carolHas('nodemailer STARTTLS')
    const { stdout } = await run('curl', [
      '--silent',
      '--user',
      'carol:c4rol',
      `pop3://127.0.0.1:${lab.port('mx.example.org', 'pop3')}/1`,
    ])
    expect(stdout).toContain('Delivered-To: carol@example.org')
    expect(stdout).toContain('Subject: ')
  })

  test('fetches by POP3 over TLS, and by IMAP over TLS from the folder where the letter was filed', async () => {
    const tls = ['--silent', '--ssl-reqd', '--cacert', root, '--user', 'bob:builder']
    const { stdout: listing } = await run('curl', [
      ...tls,
      `pop3://localhost:${lab.port('mail.example.com', 'pop3')}/`,
    ])
    expect(listing).not.toContain('ERR')
    const { stdout } = await run('curl', [
      ...tls,
      `imaps://localhost:${lab.port('mail.example.com', 'imaps')}/Archive;MAILINDEX=1`,
    ])
    expect(stdout).toContain('Subject: nodemailer STARTTLS')
  })
})

test('no password of the whole run is in the trace', async () => {
  const trace = await (await fetch(`${lab.url}/api/labs/${lab.lab}/trace`)).text()
  const secrets = ['wonderland', 'builder', 'c4rol', 'd4ve']
  const encoded = secrets.map((secret) => Buffer.from(secret).toString('base64').replace(/=+$/, ''))
  const plain = ['alice\0wonderland', '\0alice\0wonderland'].map((text) =>
    Buffer.from(text).toString('base64'),
  )
  expect([...secrets, ...encoded, ...plain].filter((secret) => trace.includes(secret))).toEqual([])
})
