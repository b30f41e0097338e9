/** Lays out a lab in memory for one recorded case: the host with its main.cf and tables, its zone and its next hops. */
import { createLab } from '#engine/lab.ts'
import { readDefinition } from '#control/lab-definition.ts'
import type { LabHandle } from '#control/lab-handle.ts'
import type { Disk } from '#platform/disk.ts'
import { openAuthority } from '#platform/node/authority.ts'
import {
  describeDelivered,
  normalMessageLine,
  type Delivered,
  type SmtpCase,
  type SmtpOutcome,
} from './smtp-case.ts'

/** The address on which the recorded Postfix listened. */
const serverAddress = '127.0.0.1'

const base = (recorded: SmtpCase): readonly (readonly [name: string, value: string])[] => [
  ['compatibility_level', '3.6'],
  ['myhostname', recorded.hostname],
  ['inet_interfaces', '127.0.0.1'],
  ['inet_protocols', 'ipv4'],
  ['alias_maps', 'hash:$config_directory/aliases'],
  ['alias_database', 'hash:$config_directory/aliases'],
  ['home_mailbox', 'Maildir/'],
  ['biff', 'no'],
  ...(recorded.main_cf.some((line) => line.includes('smtpd_tls'))
    ? ([
        ['smtpd_tls_cert_file', '/etc/ssl/certs/mail.pem'],
        ['smtpd_tls_key_file', '/etc/ssl/private/mail.key'],
      ] as const)
    : []),
  ...(recorded.sasl === 'dovecot'
    ? ([
        ['smtpd_sasl_type', 'dovecot'],
        ['smtpd_sasl_path', 'private/auth'],
      ] as const)
    : []),
]

const authority = openAuthority(null, Date.UTC(2026, 2, 2))

export async function startCase(recorded: SmtpCase): Promise<LabHandle> {
  const read = readDefinition(definition(recorded), 'case')
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return createLab(read.definition, {
    id: recorded.id,
    authority: await authority,
    storage: null,
    publish: 'off',
    listenOn: '127.0.0.1',
    trace: 'on',
  })
}

function definition(recorded: SmtpCase): object {
  const given = new Set(recorded.main_cf.map((line) => /^[a-z0-9_]+/i.exec(line)?.[0] ?? ''))
  const mainCf = [
    ...base(recorded)
      .filter(([name]) => !given.has(name))
      .map(([name, value]) => `${name} = ${value}`),
    ...recorded.main_cf,
  ]
  const paths = (text: string) => text.replaceAll('{CONFIG}', '/etc/postfix').replaceAll('{HOME}', '/home')
  const files: Record<string, string> = {
    'etc/postfix/aliases': '',
    'etc/hosts': ['127.0.0.1 localhost', ...(recorded.hosts ?? []), ''].join('\n'),
  }
  for (const [name, text] of Object.entries(recorded.files ?? {})) {
    files[name.startsWith('home/') ? name : `etc/postfix/${name}`] = paths(text)
  }
  files['etc/postfix/main.cf'] = `${paths(mainCf.join('\n'))}\n`
  if (recorded.sasl_mechanisms !== undefined) {
    files['etc/postfix/sasl/smtpd.conf'] = `pwcheck_method: auxprop\nmech_list: ${recorded.sasl_mechanisms}\n`
  }
  const peers = Object.entries(recorded.next_hops ?? {}).map(([address, hop]) => ({
    name: hop.name ?? `hop-${address.replaceAll('.', '-')}`,
    address,
    script: {
      ...(hop.greeting === undefined ? {} : { greeting: hop.greeting }),
      ...(hop.rcpt_by_address === undefined
        ? {}
        : {
            rcpt: Object.fromEntries(
              Object.entries(hop.rcpt_by_address).map(([prefix, reply]) => [
                `${prefix.replace(/^</, '')}*`,
                reply,
              ]),
            ),
          }),
      data: hop.data ?? '250 2.0.0 accepted',
    },
  }))
  return {
    lab: 'case',
    clock: 'manual',
    zone: (recorded.zone ?? []).join('\n'),
    hosts: [
      {
        name: recorded.hostname,
        address: serverAddress,
        services: ['smtp'],
        users: recorded.accounts,
        files,
      },
      ...peers,
    ],
  }
}

/** What became of the mail, in the recording's form. */
export async function outcomeOf(recorded: SmtpCase, lab: LabHandle): Promise<SmtpOutcome> {
  const disk = lab.disk(recorded.hostname)
  if (disk === null) throw new Error('no such host')
  const messages: Record<string, string[][]> = {}
  const mailboxes: Record<string, Delivered[]> = {}
  for (const user of Object.keys(recorded.accounts)) {
    const mail = (await letters(disk, `/home/${user}/Maildir`)).lines
    if (mail.length === 0) continue
    mailboxes[user] = mail.map(described)
    messages[user] = mail.map((lines) => lines.map(normalMessageLine))
  }
  const relayed: { next_hop: string; mail: string; rcpt: string[] }[] = []
  for (const [address, hop] of Object.entries(recorded.next_hops ?? {})) {
    const peer = lab.disk(hop.name ?? `hop-${address.replaceAll('.', '-')}`)
    if (peer === null || (await peer.stat('/received')) === null) continue
    for (const name of [...(await peer.list('/received'))].sort()) {
      const { mail, rcpt, message } = JSON.parse(await peer.readText(`/received/${name}`)) as {
        mail: string
        rcpt: string[]
        message: string[]
      }
      relayed.push({
        next_hop: address,
        mail: `MAIL FROM:${mail.replace(/ SIZE=\d+/, '')}`,
        rcpt: rcpt.map((path) => `RCPT TO:${path}`),
      })
      messages.relayed = [...(messages.relayed ?? []), message.map(normalMessageLine)]
    }
  }
  const virtual: Record<string, Delivered[]> = {}
  for (const domain of await listed(disk, '/etc/postfix/vmail')) {
    for (const name of await listed(disk, `/etc/postfix/vmail/${domain}`)) {
      const mail = await letters(disk, `/etc/postfix/vmail/${domain}/${name}`)
      if (mail.lines.length === 0) continue
      const key = `${domain}/${name}${mail.format === 'maildir' ? '/' : ''}`
      virtual[key] = mail.lines.map(described)
      messages[key] = mail.lines.map((lines) => lines.map(normalMessageLine))
    }
  }
  const log = logOf(await disk.readText('/var/log/mail.log').catch(() => ''))
  const { stdout } = await lab.run(recorded.hostname, { user: 'root', command: 'postqueue -j', stdin: '' })
  const queue = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const entry = JSON.parse(line) as {
        queue_name: string
        sender: string
        recipients: { address: string; delay_reason?: string }[]
      }
      return { queue_name: entry.queue_name, sender: entry.sender, recipients: entry.recipients }
    })
  return {
    mailboxes,
    virtual_mailboxes: virtual,
    queue,
    log,
    ...(relayed.length === 0 ? {} : { relayed }),
    messages,
  }
}

const described = (lines: readonly string[]): Delivered => {
  const normal = lines.map((line) => normalMessageLine(line))
  return describeDelivered(normal)
}

function linesOf(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

const listed = async (disk: Disk, folder: string): Promise<readonly string[]> =>
  (await disk.stat(folder))?.kind === 'folder' ? [...(await disk.list(folder))].sort() : []

async function letters(disk: Disk, path: string): Promise<{ format: 'maildir' | 'mbox'; lines: string[][] }> {
  if ((await disk.stat(path))?.kind === 'file') {
    const text = linesOf(await disk.read(path))
    const starts = text.flatMap((line, i) => (line.startsWith('From ') ? [i] : []))
    return {
      format: 'mbox',
      lines: starts.map((start, i) => text.slice(start + 1, (starts[i + 1] ?? text.length) - 1)),
    }
  }
  const lines: string[][] = []
  for (const tray of ['new', 'cur']) {
    for (const name of await listed(disk, `${path}/${tray}`))
      lines.push(linesOf(await disk.read(`${path}/${tray}/${name}`)))
  }
  return { format: 'maildir', lines }
}

/** The mail log as the recording keeps it: without times, hosts, process and queue numbers. */
function logOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, program = '', said = ''] =
      /^\S+ +\S+ \S+ \S+ postfix\/(?:\w+\/)?(\w+)\[\d+\]: (.*)$/.exec(line) ?? []
    if (program === '') return []
    const plain = said.replace(/^[0-9A-F]{6,}: /, '{QUEUEID}: ')
    const status = /^\{QUEUEID\}: (to=.*?), delay=[^ ]+ delays=[^ ]+ (dsn=.*)$/.exec(plain)
    const bare = status === null ? plain : `${status[1] ?? ''}, ${status[2] ?? ''}`
    return [
      `${program}: ${bare.replace(/(queued as )[0-9A-F]{6,}/, '$1{QUEUEID}').replace(/(forwarded as )[0-9A-F]{6,}/, '$1{QUEUEID}')}`,
    ]
  })
}
