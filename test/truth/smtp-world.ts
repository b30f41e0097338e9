/** Lays out a lab in memory for one recorded case: the host with its main.cf and tables, its zone and its next hops. */
import { defaultMasterCf } from '#config/default-master-cf.ts'
import { createLab } from '#engine/lab.ts'
import { readDefinition } from '#control/lab-definition.ts'
import type { LabHandle } from '#control/lab-handle.ts'
import type { Disk } from '#platform/disk.ts'
import { openAuthority } from '#platform/node/authority.ts'
import {
  describeDelivered,
  normalMessageLine,
  type Delivered,
  type NextHop,
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
  const { server, peers, ...lab } = labOf(recorded)
  const read = readDefinition({ ...lab, hosts: [server, ...peers] }, 'case')
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

export type CaseLab = {
  readonly lab: string
  readonly clock: 'manual'
  readonly zone: string
  readonly server: {
    readonly name: string
    readonly address: string
    readonly services: readonly string[]
    readonly users: Readonly<Record<string, string>>
    /** By path, without the slash at its start. */
    readonly files: Readonly<Record<string, string>>
  }
  readonly peers: readonly { readonly name: string; readonly address: string; readonly script: object }[]
}

/** The case as hosts with files: for a lab, and for the real Postfix. */
export function labOf(recorded: SmtpCase): CaseLab {
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
    // The recorder had this folder ready for aliases that name a file.
    'etc/postfix/files/.keep': '',
    'etc/hosts': ['127.0.0.1 localhost', ...(recorded.hosts ?? []), ''].join('\n'),
  }
  for (const [name, text] of Object.entries(recorded.files ?? {})) {
    files[name.startsWith('home/') ? name : `etc/postfix/${name}`] = paths(text)
  }
  if (recorded.master_cf !== undefined) {
    files['etc/postfix/master.cf'] = `${defaultMasterCf}${recorded.master_cf.join('\n')}\n`
  }
  files['etc/postfix/main.cf'] = `${paths(mainCf.join('\n'))}\n`
  if (recorded.smtpd_conf !== undefined) {
    files['etc/postfix/sasl/smtpd.conf'] = recorded.smtpd_conf.replace(/^sasldb_path:.*\n/m, '')
  } else if (recorded.sasl_mechanisms !== undefined) {
    files['etc/postfix/sasl/smtpd.conf'] = `pwcheck_method: auxprop\nmech_list: ${recorded.sasl_mechanisms}\n`
  }
  const peers = Object.entries(recorded.next_hops ?? {}).map(([address, hop]) => ({
    name: hop.name ?? `hop-${address.replaceAll('.', '-')}`,
    address,
    script: {
      ...scriptOf(hop),
      data: hop.data ?? '250 2.0.0 accepted',
    },
  }))
  return {
    lab: 'case',
    clock: 'manual',
    zone: (recorded.zone ?? []).join('\n'),
    server: {
      name: recorded.hostname,
      address: serverAddress,
      services: ['smtp'],
      users: recorded.accounts,
      files,
    },
    peers,
  }
}

/** The recorder's next hop takes everything unless the case says otherwise, and offers 8BITMIME. */
function scriptOf(hop: NextHop): object {
  const { greeting, ehlo = [], mail, rcpt, rcpt_by_address, go, rset, quit, auth } = hop
  const byAddress = Object.entries(rcpt_by_address ?? {}).map(
    ([prefix, reply]) => [`${prefix.replace(/^</, '')}*`, reply] as const,
  )
  const given = { greeting, mail, go, rset, quit, auth, helo: hop.helo_reply, ehlo_reply: hop.ehlo_reply }
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ehlo: hop.bare_ehlo ? ehlo : [...ehlo, '8BITMIME'],
    ...(byAddress.length === 0
      ? rcpt === undefined
        ? {}
        : { rcpt }
      : { rcpt: Object.fromEntries([...byAddress, ['*', rcpt ?? '250 2.1.5 Ok']]) }),
  }
}

type Readable = Pick<Disk, 'stat' | 'list' | 'read' | 'readText'>

/** What is looked at after the dialogue: disks by the names of hosts, and a command run on one. */
export type Observed = {
  disk(host: string): Readable | null
  run: LabHandle['run']
}

/** What became of the mail, in the recording's form. */
export async function outcomeOf(recorded: SmtpCase, lab: Observed): Promise<SmtpOutcome> {
  const disk = lab.disk(recorded.hostname)
  if (disk === null) throw new Error('no such host')
  const messages: Record<string, string[][]> = {}
  const keep = (name: string, mail: readonly string[][], into: Record<string, Delivered[]>) => {
    if (mail.length === 0) return
    const normal = mail.map((lines) => lines.map(normalMessageLine))
    into[name] = normal.map(describeDelivered)
    messages[name] = normal.map(shortened)
  }
  const mailboxes: Record<string, Delivered[]> = {}
  const files: Record<string, Delivered[]> = {}
  const laid = new Set(Object.keys(recorded.files ?? {}))
  for (const user of Object.keys(recorded.accounts)) {
    for (const box of await boxesBelow(disk, `/home/${user}`)) {
      const name = `home/${user}/${box.name}`
      if (box.name === 'Maildir/') keep(user, box.mail, mailboxes)
      else if (!laid.has(name) && !/^(Maildir|dovecot)/.test(box.name)) keep(name, box.mail, files)
    }
  }
  for (const box of await boxesBelow(disk, '/etc/postfix/files')) keep(`files/${box.name}`, box.mail, files)
  const virtual: Record<string, Delivered[]> = {}
  for (const box of await boxesBelow(disk, '/etc/postfix/vmail')) keep(box.name, box.mail, virtual)

  const relayed: { next_hop: string; mail: string; rcpt: string[] }[] = []
  const sentOn: string[][] = []
  for (const [address, hop] of Object.entries(recorded.next_hops ?? {})) {
    const peer = lab.disk(hop.name ?? `hop-${address.replaceAll('.', '-')}`)
    for (const name of peer === null ? [] : await listed(peer, '/received')) {
      const { mail, rcpt, message } = JSON.parse((await peer?.readText(`/received/${name}`)) ?? '') as {
        mail: string
        rcpt: string[]
        message: string[]
      }
      relayed.push({
        next_hop: address,
        mail: `MAIL FROM:${mail.replace(/ SIZE=\d+/, '')}`,
        rcpt: rcpt.map((path) => `RCPT TO:${path}`).sort(),
      })
      sentOn.push(shortened(message.map(normalMessageLine)))
    }
  }
  if (sentOn.length > 0) messages.relayed = sentOn
  const log = logOf(await disk.readText('/var/log/mail.log').catch(() => ''))
  const { stdout } = await lab.run(recorded.hostname, { user: 'root', command: 'postqueue -j', stdin: '' })
  const queue = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { queue_name, sender, recipients } = JSON.parse(line) as {
        queue_name: string
        sender: string
        recipients: { address: string; delay_reason?: string }[]
      }
      return { queue_name, sender, recipients: [...recipients].sort(byAddress) }
    })
  return { mailboxes, virtual_mailboxes: virtual, files, queue, log, relayed, messages }
}

/** As the recorder has them. */
const byAddress = (a: { address: string }, b: { address: string }): number => (a.address < b.address ? -1 : 1)

/** The recorder keeps 120 lines of a message and 1200 characters of a line, and says how much more there was. */
function shortened(lines: readonly string[]): string[] {
  const kept = lines.length > 120 ? [...lines.slice(0, 120), `{... ${lines.length - 120} more lines}`] : lines
  return kept.map((line) => {
    const characters = Array.from(line)
    return characters.length <= 1200
      ? line
      : `${characters.slice(0, 1200).join('')}{... ${characters.length - 1200} more characters}`
  })
}

function linesOf(bytes: Uint8Array): string[] {
  const lines = readable(bytes).split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** UTF-8, and `\xNN` for every byte that is none: as the recorder reads it. */
function readable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8')
  if (!text.includes('\ufffd')) return text
  let out = ''
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i] ?? 0
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
    const piece = Buffer.from(bytes.subarray(i, i + length)).toString('utf8')
    const whole = length > 0 && !piece.includes('\ufffd')
    out += whole ? piece : `\\x${first.toString(16).padStart(2, '0')}`
    i += whole ? length : 1
  }
  return out
}

const listed = async (disk: Readable, folder: string): Promise<readonly string[]> =>
  (await disk.stat(folder))?.kind === 'folder' ? [...(await disk.list(folder))].sort() : []

type Box = { readonly name: string; readonly mail: string[][] }

/** Every mailbox below a folder: a Maildir is named with a slash at its end, a file holds its letters one after another. */
async function boxesBelow(disk: Readable, root: string, under = ''): Promise<readonly Box[]> {
  const here = await listed(disk, `${root}/${under}`)
  if (here.includes('new') && here.includes('cur')) {
    const mail: string[][] = []
    for (const tray of ['new', 'cur']) {
      for (const name of await listed(disk, `${root}/${under}${tray}`))
        mail.push(linesOf(await disk.read(`${root}/${under}${tray}/${name}`)))
    }
    return [{ name: under, mail }]
  }
  const boxes: Box[] = []
  for (const name of here) {
    const path = `${root}/${under}${name}`
    if ((await disk.stat(path))?.kind === 'folder')
      boxes.push(...(await boxesBelow(disk, root, `${under}${name}/`)))
    else if (!name.endsWith('.lock') && name !== '.keep')
      boxes.push({ name: `${under}${name}`, mail: splitMbox(await disk.read(path)) })
  }
  return boxes
}

/** A file of mail is split where a letter begins; the empty line between two letters belongs to none. */
function splitMbox(bytes: Uint8Array): string[][] {
  return readable(bytes)
    .split(/(?:^|(?<=\n\n))(?=From \S+ {1,2}\w{3} \w{3})/)
    .filter((part) => part.trim() !== '')
    .map((part) =>
      part
        .replace(/^From .*\n/, '')
        .replace(/\n+$/, '')
        .split('\n'),
    )
}

/** The mail log as the recording keeps it: without times, hosts, process and queue numbers. */
function logOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, program = '', said = ''] =
      /^\S+ +\S+ \S+ \S+ postfix\/(?:\w+\/)?(\w+)\[\d+\]: (.*)$/.exec(line) ?? []
    if (program === '') return []
    const plain = said
      .replaceAll('/etc/postfix', '{CONFIG}')
      .replaceAll('/home/', '{HOME}/')
      .replace(/^[0-9A-F]{6,}: /, '{QUEUEID}: ')
      // A field that was checked may hold the id and the time of its message.
      .replace(/ id [0-9A-F]{6,}(?=[ ;?])/, ' id {QUEUEID}')
      .replace(/\w{3}, +\d+ \w{3} \d{4} [\d:]{8} [+-]\d{4}( \(\w+\))?/, '{DATE}')
    const status = /^\{QUEUEID\}: (to=.*?), delay=[^ ]+ delays=[^ ]+ (dsn=.*)$/.exec(plain)
    const bare = status === null ? plain : `${status[1] ?? ''}, ${status[2] ?? ''}`
    return [
      `${program}: ${bare.replace(/(queued as )[0-9A-F]{6,}/, '$1{QUEUEID}').replace(/(forwarded as )[0-9A-F]{6,}/, '$1{QUEUEID}')}`,
    ]
  })
}
