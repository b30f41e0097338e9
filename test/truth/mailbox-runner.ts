/**
 * Plays a recorded dialogue with Dovecot against the daemons of this engine: one host in memory, with the case's
 * settings, accounts and mailboxes. A protocol's test says which daemons it needs.
 */
import { createDovecotAuth } from '#auth/dovecot.ts'
import { mailUser } from '#auth/mail-user.ts'
import { parseDovecotConf } from '#config/dovecot-conf.ts'
import { createDovecotSettings, type DovecotSettings } from '#config/dovecot-settings.ts'
import { createMachine } from '#engine/lab/machine.ts'
import type { Machine } from '#engine/machine.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import { createMailStores } from '#mailbox/stores.ts'
import type { ClockControl } from '#platform/clock.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { createNetwork, type Network } from '#platform/memory/network.ts'
import { createRandom } from '#platform/memory/random.ts'
import { createResolver } from '#platform/memory/resolver.ts'
import type { Connection } from '#platform/net.ts'
import { openAuthority } from '#platform/node/authority.ts'
import { parseZone } from '#platform/zone.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import type { TraceFact } from '#trace/events.ts'
import { hostname, type MailboxCase, type MailProtocol } from './mailbox-case.ts'
import { outcomeOf, type Sent } from './mailbox-outcome.ts'
import { MailboxPlayer, type Dial } from './mailbox-player.ts'
import { seed } from './mailbox-seed.ts'

/** What a daemon of a case is made of. */
export type CaseWorld = {
  readonly recorded: MailboxCase
  readonly machine: Machine
  readonly sasl: SaslServer
  readonly stores: MailStores
  /** Of `protocol NAME { }`, for this client. */
  readonly settings: (protocol: string) => (connection: Connection) => DovecotSettings
  /** Takes a letter that a script sends, as the recorder's sendmail did. */
  readonly send: (letter: Sent) => void
}

export type CaseDaemon = (connection: Connection, tls: 'implicit' | 'starttls') => Promise<void>
export type CaseDaemons = (world: CaseWorld) => Partial<Record<MailProtocol, CaseDaemon>>

export type CaseResult = {
  readonly replies: readonly (readonly string[])[]
  readonly outcome: Readonly<Record<string, unknown>>
  readonly facts: readonly TraceFact[]
}

/** The server's address in all recordings. */
const address = '127.0.0.1'
/** What the recorder's machine called itself: in mbox separator lines, in names of files. */
const machineName = 'recorder'
const accountsPath = '/r/passwd'
const ports = { pop3: 110, imap: 143, lmtp: 24, sieve: 4190 } as const
const tlsPorts = { pop3: 995, imap: 993, lmtp: 24, sieve: 4190 } as const
const start = Date.UTC(2026, 10, 24, 6, 30)
const authority = openAuthority(null, start)

export async function playMailboxCase(recorded: MailboxCase, daemons: CaseDaemons): Promise<CaseResult> {
  const open = await openMailboxCase(recorded, daemons)
  try {
    const { clock, dial, facts, machine, sent } = open
    const advance = (milliseconds: number) => clock.advance(milliseconds)
    const replies = await new MailboxPlayer(recorded, { now: start, advance, dial }).play()
    const outcome = await outcomeOf(recorded, machine.disk, { local: machineName, sent })
    return { replies, outcome, facts }
  } finally {
    open.close()
  }
}

export type OpenCase = {
  readonly machine: Machine
  readonly clock: ClockControl
  readonly facts: TraceFact[]
  readonly sent: Sent[]
  readonly dial: Dial
  close(): void
}

/** The host of a case, its mailboxes laid out and its daemons at their ports. */
export async function openMailboxCase(recorded: MailboxCase, daemons: CaseDaemons): Promise<OpenCase> {
  const clock = createClock({ source: 'manual', start })
  const network = createNetwork({ clock, hosts: [{ name: machineName, addresses: [address] }] })
  const facts: TraceFact[] = []
  const sent: Sent[] = []
  const machine = await caseMachine(recorded, clock, network, facts)
  await seed(machine.disk, recorded)
  listen(machine, daemons(caseWorld(recorded, machine, sent)))
  return {
    machine,
    clock,
    facts,
    sent,
    dial: async ({ protocol, tls, from }) =>
      network.connectFrom(
        { host: null, address: from, port: 40_000 },
        { host: machineName, port: (tls ? tlsPorts : ports)[protocol] },
      ),
    close() {
      network.close()
      clock.stop()
    },
  }
}

async function caseMachine(
  recorded: MailboxCase,
  clock: ClockControl,
  network: Network,
  facts: TraceFact[],
): Promise<Machine> {
  const disk = memoryDisk({ now: () => clock.now() })
  const { zone } = parseZone('')
  const counts = { session: 0, process: 0 }
  const { certificate, key } = await (
    await authority
  ).certify({ names: [hostname], addresses: [address], at: start })
  await disk.apply([
    { kind: 'write', path: accountsPath, bytes: accountsFile(recorded) },
    ...Object.entries(recorded.files ?? {}).map(([path, text]) => ({
      kind: 'write' as const,
      path: placed(`{r}/${path}`),
      bytes: placed(text),
    })),
    { kind: 'write', path: '/etc/hosts', bytes: '127.0.0.1 localhost\n' },
    { kind: 'write', path: '/etc/ssl/certs/mail.pem', bytes: certificate },
    { kind: 'write', path: '/etc/ssl/private/mail.key', bytes: key },
  ])
  return createMachine({
    name: machineName,
    addresses: [address],
    clock,
    disk,
    net: network.host(machineName),
    resolver: createResolver({ zone: () => zone, hostsFile: () => Promise.resolve('127.0.0.1 localhost\n') }),
    random: createRandom(7),
    emit: (fact) => facts.push(fact),
    next: (kind) => ++counts[kind],
  })
}

const standardAuth = ['passdb', 'userdb']
  .map((what) => `${what} {\n driver = passwd-file\n args = username_format=%u {r}/passwd\n}`)
  .join('\n')

/** Where the recorder's own folders are here. */
const placed = (text: string): string => text.replaceAll('{r}/home', '/home').replaceAll('{r}', '/r')

/** Passwords in base64: they may hold anything. */
const accountsFile = ({ accounts }: MailboxCase): string =>
  Object.entries(accounts)
    .map(
      ([user, password]) =>
        `${user}:{PLAIN.b64}${Buffer.from(password, 'latin1').toString('base64')}:5000:5000::/home/${user}::\n`,
    )
    .join('')

function caseWorld(recorded: MailboxCase, machine: Machine, sent: Sent[]): CaseWorld {
  const location = { maildir: 'maildir:~/Maildir', mbox: 'mbox:~/mail:INBOX=~/inbox' }[recorded.store]
  const base = [
    'auth_failure_delay = 0',
    'first_valid_uid = 1',
    placed(recorded.auth ?? standardAuth),
    `hostname = ${hostname}`,
    `postmaster_address = postmaster@${hostname}`,
    `mail_location = ${location}`,
    'ssl_cert = </etc/ssl/certs/mail.pem',
    'ssl_key = </etc/ssl/private/mail.key',
    'protocol lmtp {',
    ' mail_plugins = $mail_plugins sieve',
    '}',
    'plugin {',
    ' sieve = file:~/sieve;active=~/.dovecot.sieve',
    '}',
    'namespace inbox {',
    ' inbox = yes',
    '}',
  ]
  const conf = parseDovecotConf([...base, ...recorded.settings, ''].join('\n'), '/etc/dovecot/dovecot.conf')
  const [problem] = conf.problems.filter(({ severity }) => severity === 'fatal')
  if (problem) throw new Error(problem.message)
  const plain = createDovecotSettings({ conf })
  const auth = createDovecotAuth({ machine, settings: () => plain })
  return {
    recorded,
    machine,
    sasl: auth.sasl,
    stores: createMailStores({
      machine,
      location: () => plain.text('mail_location'),
      user: mailUser(auth, () => plain),
    }),
    settings: (protocol) => (connection) =>
      createDovecotSettings({
        conf,
        protocol,
        local: connection.local.address,
        remote: connection.remote.address,
      }),
    send: (letter) => sent.push(letter),
  }
}

function listen(machine: Machine, daemons: Partial<Record<MailProtocol, CaseDaemon>>): void {
  for (const [protocol, daemon] of Object.entries(daemons) as [MailProtocol, CaseDaemon][]) {
    machine.net.listen(ports[protocol], (connection) => void daemon(connection, 'starttls'))
    if (tlsPorts[protocol] !== ports[protocol]) {
      machine.net.listen(tlsPorts[protocol], (connection) => void daemon(connection, 'implicit'))
    }
  }
}
