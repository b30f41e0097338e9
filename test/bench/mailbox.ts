/**
 * What a large mailbox costs: one of 1,000 messages up to one of 100,000, in the engine and in a Dovecot of its own beside it.
 * Every figure is a wait of one client, with the processor time of the server in brackets, in milliseconds.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { noDovecot, startDovecot } from '../clients/dovecot.ts'
import { removeFolder, startMailscope, temporaryFolder } from '../lab/start.ts'
import { LineClient } from './line-client.ts'
import { LetterBox } from './letter-box.ts'
import { processorTime } from './process-time.ts'

type Server = {
  readonly name: string
  readonly pid: number
  readonly ports: { readonly imap: number; readonly pop3: number; readonly lmtp: number }
  readonly user: { readonly name: string; readonly password: string; readonly address: string }
  readonly maildir: string
  stop(): Promise<void>
}

type Figure = { readonly wall: number; readonly processor: number }
type Figures = ReadonlyMap<string, Figure>

const sizes = (process.env.SIZES ?? '1000,10000,50000,100000').split(',').map(Number)
/** A server that takes long for each delivery is let off with fewer. */
const deliveries = 200
const patience = 4_000
const retrievals = 1000

export async function measureMailbox(): Promise<void> {
  const why = process.env.COMPARE === 'off' ? 'not wanted' : noDovecot(['imap', 'pop3', 'lmtp'])
  if (why !== null) console.log(`mailbox: no comparison, ${why}`)
  const folder = temporaryFolder()
  const letters = new LetterBox(join(folder, 'letters'))
  const before = new Map<string, Figures>()
  try {
    for (const size of sizes) {
      letters.grow(size)
      const figures = new Map<string, Figures>()
      for (const start of why === null ? [startEngine, startReference] : [startEngine]) {
        const server = await start(folder)
        try {
          letters.put(server.maildir, size)
          figures.set(server.name, await measure(server))
        } finally {
          await server.stop()
        }
      }
      print(size, figures, before)
      for (const [name, found] of figures) before.set(name, found)
    }
  } finally {
    removeFolder(folder)
  }
}

async function startEngine(): Promise<Server> {
  const lab = await startMailscope({ words: ['--trace', process.env.TRACE === 'off' ? 'off' : 'on'] })
  const host = 'mail.example.com'
  return {
    name: 'Mailscope',
    pid: lab.process.pid ?? 0,
    ports: { imap: lab.port(host, 'imap'), pop3: lab.port(host, 'pop3'), lmtp: lab.port(host, 'lmtp') },
    user: { name: 'bob', password: 'builder', address: 'bob@example.com' },
    maildir: join(lab.roots[host] ?? '', 'home/bob/Maildir'),
    async stop() {
      await lab.stop()
      removeFolder(lab.data)
    },
  }
}

async function startReference(folder: string): Promise<Server> {
  const own = join(folder, 'dovecot')
  const dovecot = await startDovecot({
    folder: own,
    home: `${own}/home/%n`,
    mailLocation: 'maildir:~/Maildir',
    services: ['imap', 'pop3', 'lmtp'],
  })
  mkdirSync(join(own, 'home/bob'), { recursive: true })
  return {
    name: 'Dovecot',
    ...{ pid: dovecot.pid, ports: dovecot.ports },
    user: { name: 'bob', password: 'secret', address: 'bob' },
    maildir: join(own, 'home/bob/Maildir'),
    async stop() {
      await dovecot.stop()
      rmSync(own, { recursive: true })
    },
  }
}

async function measure(server: Server): Promise<Figures> {
  const figures = new Map<string, Figure>()
  async function time(what: string, work: () => Promise<unknown>): Promise<void> {
    const used = processorTime(server.pid)
    const began = performance.now()
    const done = await work()
    const wall = performance.now() - began
    const share = typeof done === 'number' ? 100 / done : 1
    const processor = Math.max(0, processorTime(server.pid) - used)
    figures.set(what, { wall: wall * share, processor: Math.round(processor * share) })
  }
  const { name, password } = server.user
  const session = async () => {
    const client = await LineClient.open(server.ports.imap)
    await client.imap(`LOGIN ${name} ${password}`)
    return client
  }

  const first = await session()
  await time('SELECT, first time', () => first.imap('SELECT INBOX'))
  await first.imap('LOGOUT').catch(() => undefined)
  const second = await session()
  await time('SELECT, second time', () => second.imap('SELECT INBOX'))
  await time('NOOP', () => second.imap('NOOP'))
  await time('FETCH 1:* (FLAGS UID)', () => second.imap('FETCH 1:* (FLAGS UID)'))
  await time('SEARCH SUBJECT, first time', () => second.imap('SEARCH SUBJECT "letter 77"'))
  await time('SEARCH SUBJECT, another word', () => second.imap('SEARCH SUBJECT "letter 99"'))
  second.close()
  const third = await session()
  await third.imap('SELECT INBOX')
  await time('SEARCH SUBJECT, next session', () => third.imap('SEARCH SUBJECT "letter 55"'))
  third.close()
  await time('POP3 login', async () => {
    const client = await pop3(server)
    await client.ask('QUIT\r\n')
  })
  const client = await pop3(server)
  await time('100 x RETR', async () => {
    for (let i = 1; i <= retrievals; i++) await client.ask(`RETR ${i}\r\n`, /\r\n\.\r\n$/)
    return retrievals
  })
  await client.ask('QUIT\r\n')
  await time('100 x LMTP', () => deliver(server))
  return figures
}

async function pop3(server: Server): Promise<LineClient> {
  const client = await LineClient.open(server.ports.pop3)
  await client.ask(`USER ${server.user.name}\r\n`)
  const answer = await client.ask(`PASS ${server.user.password}\r\n`)
  if (!answer.startsWith('+OK')) throw new Error(answer)
  return client
}

/** Answers how many it got rid of. */
async function deliver(server: Server): Promise<number> {
  const began = performance.now()
  let done = 0
  const client = await LineClient.open(server.ports.lmtp)
  await client.ask('LHLO bench\r\n', /\r\n250 [^\r\n]*\r\n$/)
  for (; done < deliveries && performance.now() - began < patience; done++) {
    await client.ask('MAIL FROM:<a@example.net>\r\n')
    await client.ask(`RCPT TO:<${server.user.address}>\r\n`)
    await client.ask('DATA\r\n')
    const answer = await client.ask(`Subject: delivery ${done}\r\n\r\n${'0123456789\r\n'.repeat(150)}.\r\n`)
    if (!answer.startsWith('250')) throw new Error(answer)
  }
  client.close()
  return done
}

function print(
  size: number,
  figures: ReadonlyMap<string, Figures>,
  before: ReadonlyMap<string, Figures>,
): void {
  const names = [...figures.keys()]
  console.log(`\nmailbox of ${size} messages: ${names.map((name) => `${name} ms (processor ms)`).join(', ')}`)
  for (const what of figures.get('Mailscope')?.keys() ?? []) {
    const cells = names.map((name) => {
      const now = figures.get(name)?.get(what)
      const was = before.get(name)?.get(what)
      const growth = now === undefined || was === undefined ? '' : ` x${(now.wall / was.wall).toFixed(1)}`
      return `${Math.round((now?.wall ?? 0) * 10) / 10} (${now?.processor ?? 0})${growth}`.padEnd(26)
    })
    console.log(`  ${what.padEnd(30)} ${cells.join('')}`.trimEnd())
  }
}
