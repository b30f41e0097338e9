/** A host with an MTA and nothing else, in memory: for tests of what happens behind smtpd. */
import { createMachine } from '#engine/lab/machine.ts'
import { readPostfix } from '#engine/lab/postfix-snapshot.ts'
import type { Machine } from '#engine/machine.ts'
import { createAddressing } from '#mta/rewrite/addressing.ts'
import { genericMap } from '#mta/rewrite/mappings.ts'
import { createMta, type Mta } from '#mta/mta.ts'
import type { CleanupResult, Recipient, Submission } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'
import { NetError, type Connection } from '#platform/net.ts'
import type { ClockControl } from '#platform/clock.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { createNetwork, type Network } from '#platform/memory/network.ts'
import { createRandom } from '#platform/memory/random.ts'
import { createResolver } from '#platform/memory/resolver.ts'
import { parseZone } from '#platform/zone.ts'
import type { Disk } from '#platform/disk.ts'
import { mailDate } from '#protocol/message/date.ts'
import { writeCompiled } from '#tables/compiled.ts'
import { readAliasRows, readRows } from '#tables/rows.ts'
import type { FactOf, FactType, TraceFact } from '#trace/events.ts'

export type HouseOptions = {
  readonly hostname?: string
  readonly addresses?: readonly string[]
  readonly mainCf?: readonly string[]
  /** Files of /etc/postfix, by name; `home/alice/.forward` in home directories. */
  readonly files?: Readonly<Record<string, string>>
  readonly users?: readonly string[]
  readonly zone?: readonly string[]
  /** Other machines of the network, by address: what listens on port 25 there. */
  readonly others?: Readonly<Record<string, (connection: Connection) => void>>
  readonly unix?: Readonly<Record<string, (connection: Connection) => void>>
  readonly clock?: ClockControl
  readonly disk?: Disk
  readonly seed?: number
}

export type House = {
  readonly mta: Mta
  readonly machine: Machine
  readonly clock: ClockControl
  readonly network: Network
  readonly facts: readonly TraceFact[]
  readonly postfix: Postfix
  of<T extends FactType>(type: T): readonly FactOf<T>[]
  submit(letter: Letter): Promise<CleanupResult>
  /** Texts of the messages in a Maildir, in order of arrival. */
  maildir(path: string): Promise<readonly string[]>
  /** Waits until no work is under way. */
  rest(): Promise<void>
}

export type Letter = {
  readonly from: string
  readonly to: readonly (string | Partial<Recipient>)[]
  readonly lines: readonly string[]
  readonly client?: { readonly name: string; readonly address: string }
  readonly helo?: string
  readonly envelope?: Partial<Submission['envelope']>
  readonly actions?: Submission['actions']
}

const master = ['pickup', 'cleanup', 'qmgr', 'bounce', 'error', 'local', 'virtual', 'smtp', 'lmtp', 'discard']
  .map((daemon) => `${daemon} unix - - n - - ${daemon}`)
  .concat('relay unix - - n - - smtp', 'retry unix - - n - - error')
  .join('\n')

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const hostname = options.hostname ?? 'mail.example.org'
  const addresses = options.addresses ?? ['192.0.2.10']
  const clock = options.clock ?? createClock({ source: 'manual' })
  const disk = options.disk ?? memoryDisk({ now: () => clock.now() })
  const facts: TraceFact[] = []
  const others = Object.keys(options.others ?? {})
  const network = createNetwork({
    clock,
    hosts: [
      { name: hostname, addresses },
      ...others.map((address) => ({ name: `host-${address}`, addresses: [address] })),
      { name: 'unix.invalid', addresses: ['203.0.113.254'] },
    ],
  })
  for (const [address, accept] of Object.entries(options.others ?? {})) {
    network.host(`host-${address}`).listen(25, accept)
  }
  const unix = Object.entries(options.unix ?? {})
  unix.forEach(([, accept], i) => network.host('unix.invalid').listen(1000 + i, accept))

  let process = 0
  const { zone } = parseZone((options.zone ?? []).join('\n'))
  const machine = createMachine({
    name: hostname,
    addresses,
    clock,
    disk,
    net: network.host(hostname),
    resolver: createResolver({ zone: () => zone, hostsFile: () => '127.0.0.1 localhost\n' }),
    random: createRandom(options.seed ?? 1),
    emit: (fact) => facts.push(fact),
    next: () => ++process,
  })
  await layFiles(disk, hostname, options)
  const postfix = await readPostfix(machine)
  const mta = createMta({
    machine,
    getPostfix: () => postfix,
    createAddressing,
    generic: async (address, at) => (await genericMap(address, at)).address,
    async connectUnix(path) {
      const at = unix.findIndex(([name]) => name === path)
      if (at < 0) throw new NetError('refused', 'Connection refused')
      return machine.net.connect({ address: '203.0.113.254', port: 1000 + at })
    },
  })
  await mta.start()
  return {
    mta,
    machine,
    clock,
    network,
    facts,
    postfix,
    of: <T extends FactType>(type: T) => facts.filter((fact): fact is FactOf<T> => fact.type === type),
    submit: (letter) => submit(mta, machine, letter),
    async maildir(path) {
      const names = await disk.list(`${path}/new`).catch(() => [])
      return Promise.all([...names].sort(byAge).map((name) => disk.readText(`${path}/new/${name}`)))
    },
    rest: () => clock.settled(),
  }
}

const byAge = (a: string, b: string) => {
  const number = (name: string) => parseInt(/I([0-9a-f]+)M/.exec(name)?.[1] ?? '0', 16)
  return number(a) - number(b)
}

async function layFiles(disk: Disk, hostname: string, options: HouseOptions): Promise<void> {
  const files = { aliases: '', ...options.files }
  const mainCf = [
    'compatibility_level = 3.6',
    `myhostname = ${hostname}`,
    `mydestination = $myhostname, ${hostname.replace(/^[^.]*\./, '')}, localhost`,
    'alias_maps = hash:$config_directory/aliases',
    'home_mailbox = Maildir/',
    'inet_protocols = ipv4',
    'biff = no',
    ...(options.mainCf ?? []),
  ].join('\n')
  const users = options.users ?? ['alice', 'bob', 'carol']
  const passwd = users.map((name, i) => `${name}:x:${1000 + i}:${1000 + i}::/home/${name}:/bin/sh\n`)
  await disk.apply([
    { kind: 'write', path: '/etc/postfix/main.cf', bytes: mainCf },
    { kind: 'write', path: '/etc/postfix/master.cf', bytes: master },
    { kind: 'write', path: '/etc/passwd', bytes: passwd.join('') },
    ...users.map((name) => ({ kind: 'mkdir' as const, path: `/home/${name}` })),
    ...Object.entries(files).flatMap(([name, text]) => {
      const path = name.startsWith('home/') ? `/${name}` : `/etc/postfix/${name}`
      const rows = name === 'aliases' ? readAliasRows(path, text) : readRows(path, text)
      return [
        { kind: 'write' as const, path, bytes: text },
        ...(name.startsWith('home/')
          ? []
          : [
              {
                kind: 'write' as const,
                path: `${path}.db`,
                bytes: writeCompiled('hash', foldKeys(rows.rows)),
              },
            ]),
      ]
    }),
  ])
}

const foldKeys = (rows: readonly { key: string; value: string; line: number }[]) =>
  rows.map(({ key, value, line }) => ({ key: key.toLowerCase(), value, line }))

async function submit(mta: Mta, machine: Machine, letter: Letter): Promise<CleanupResult> {
  const client = letter.client ?? { name: 'localhost', address: machine.addresses[0] ?? '127.0.0.1' }
  const helo = letter.helo ?? 'client.example.net'
  const queueId = mta.cleanup.newQueueId()
  const recipients = letter.to.map((to): Recipient => {
    const given = typeof to === 'string' ? { address: to } : to
    const address = given.address ?? ''
    return { notify: [], orcpt: null, ...given, address, original: given.original ?? address }
  })
  const now = machine.clock.now()
  const [only] = recipients
  const ending =
    recipients.length === 1 && only ? `\n\tfor <${only.address}>; ${mailDate(now)}` : `;\n\t${mailDate(now)}`
  return mta.cleanup.submit({
    queueId,
    origin: {
      kind: 'smtpd',
      session: 's1',
      service: 'smtp',
      client: { ...client, port: 40000 },
      helo,
      protocol: 'ESMTP',
      sasl: null,
    },
    sender: letter.from,
    recipients,
    envelope: { envid: null, ret: null, body: null, smtputf8: false, verp: null, ...letter.envelope },
    trace: `Received: from ${helo} (${client.name} [${client.address}])\n\tby ${machine.name} (Postfix) with ESMTP id ${queueId}${ending}\n`,
    content: Buffer.from(letter.lines.map((line) => `${line}\n`).join(''), 'latin1'),
    actions: letter.actions ?? [],
    arrivedAt: now,
    options: [],
  })
}

export type SinkOptions = {
  readonly name?: string
  readonly greeting?: string
  readonly ehlo?: readonly string[]
  readonly mail?: string
  readonly rcpt?: string
  readonly data?: string
  readonly rcpt_by_address?: Readonly<Record<string, string>>
}

export type SinkMail = { mail: string; rcpt: string[]; lines: string[]; connection: number }

/** A next hop that accepts everything, or what its options say. */
export function sink(options: SinkOptions = {}) {
  const accepted: SinkMail[] = []
  let connections = 0
  const accept = (connection: Connection): void => {
    const number = ++connections
    const say = (line: string) => void connection.write(`${line}\r\n`)
    let mail: SinkMail | null = null
    let data = false
    let text = ''
    const answers = (reply: string | undefined, otherwise: string) => {
      say(reply ?? otherwise)
      return !(reply ?? otherwise).startsWith('4') && !(reply ?? otherwise).startsWith('5')
    }
    const line = (raw: string): void => {
      if (data) {
        if (raw !== '.') {
          mail?.lines.push(raw.startsWith('.') ? raw.slice(1) : raw)
          return
        }
        data = false
        for (let i = 0; i < (lmtp ? (mail?.rcpt.length ?? 1) : 1); i++) {
          if (answers(options.data, '250 2.0.0 accepted') && mail && i === 0) accepted.push(mail)
        }
        return
      }
      const verb = raw.slice(0, 4).toUpperCase()
      if (verb === 'LHLO') lmtp = true
      if (verb === 'EHLO' || verb === 'LHLO') {
        const lines = [options.name ?? 'sink', ...(options.ehlo ?? []), '8BITMIME']
        lines.forEach((one, i) => say(`250${i === lines.length - 1 ? ' ' : '-'}${one}`))
      } else if (verb === 'MAIL') {
        mail = { mail: raw, rcpt: [], lines: [], connection: number }
        answers(options.mail, '250 2.1.0 Ok')
      } else if (verb === 'RCPT') {
        const own = Object.entries(options.rcpt_by_address ?? {}).find(([part]) => raw.includes(part))?.[1]
        if (answers(own ?? options.rcpt, '250 2.1.5 Ok')) mail?.rcpt.push(raw)
      } else if (verb === 'DATA') {
        data = true
        say('354 go')
      } else if (verb === 'QUIT') {
        say('221 bye')
        connection.end()
      } else say('250 2.0.0 Ok')
    }
    let lmtp = false
    say(options.greeting ?? `220 ${options.name ?? 'sink'} ESMTP`)
    connection.on('error', () => undefined)
    connection.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const one = text.slice(0, end)
        text = text.slice(end + 2)
        line(one)
      }
    })
  }
  return {
    accept,
    accepted,
    get connections() {
      return connections
    },
  }
}
