/** One recorded dialogue with a Postfix 3.7, as `cases/smtp/<category>/<name>.json` holds it, and its normal forms. */
export type SmtpStep =
  | { send: string }
  | { send_group: readonly string[] }
  | { data: readonly string[] }
  | { raw: string; replies?: number }
  /** `cert`: the client's key and certificate, in PEM. */
  | { starttls: true | { inject?: string; cert?: string } }
  | { auth: readonly [mechanism: string, user: string, password: string]; auth_host?: string }
  | { read: true }
  | { connect: true | { client_ip?: string; keep?: boolean } }
  | { sleep: number }
  | { close: true }
  | { repeat: number; steps: readonly SmtpStep[] }

export type Delivered = {
  return_path?: string
  delivered_to?: readonly string[]
  x_original_to?: string | null
  subject?: string | null
  dsn?: unknown
}

export type SmtpOutcome = {
  mailboxes?: Record<string, readonly Delivered[]>
  virtual_mailboxes?: Record<string, readonly Delivered[]>
  files?: Record<string, readonly Delivered[]>
  queue?: readonly unknown[]
  relayed?: readonly { next_hop: string; mail: string; rcpt: readonly string[] }[]
  messages?: Record<string, readonly (readonly string[])[]>
  log?: readonly string[]
}

/** A small server that stands for the next hop: its replies, empty where it hangs up. */
export type NextHop = {
  name?: string
  greeting?: string
  ehlo?: readonly string[]
  /** No 8BITMIME either. */
  bare_ehlo?: true
  /** In place of a welcome. */
  ehlo_reply?: string
  helo_reply?: string
  mail?: string
  rcpt?: string
  rcpt_by_address?: Record<string, string>
  go?: string
  data?: string
  rset?: string
  quit?: string
  auth?: readonly string[]
}

export type SmtpCase = {
  id: string
  about: string
  hostname: string
  main_cf: readonly string[]
  /** Lines below those of a fresh box. */
  master_cf?: readonly string[]
  files?: Record<string, string>
  accounts: Record<string, string>
  zone?: readonly string[]
  hosts?: readonly string[]
  next_hops?: Record<string, NextHop>
  sasl?: 'cyrus' | 'dovecot'
  sasl_mechanisms?: string
  /** smtpd.conf of Cyrus SASL; its sasldb lay beside main.cf. */
  smtpd_conf?: string
  client_ip: string
  timeout?: number
  dialogue: readonly SmtpStep[]
  replies: readonly (readonly string[])[]
  outcome: SmtpOutcome
}

const date =
  /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), +\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d [+-]\d{4}(?: \([A-Z]+\))?/g

/** A reply line as the recording keeps it. */
export function normalReplyLine(line: string): string {
  const queued = line.replace(/(queued as )[0-9A-Za-z]{6,}/, '$1{QUEUEID}')
  const challenge = /^334 ([A-Za-z0-9+/=]{24,})$/.exec(queued)?.[1]
  if (challenge === undefined) return queued
  const decoded = Buffer.from(challenge, 'base64').toString('latin1')
  return /^(<|rspauth=|v=|r=)|nonce=/.test(decoded) ? '334 {CHALLENGE}' : queued
}

/** A line of a delivered message as the recording keeps it. */
export function normalMessageLine(line: string): string {
  return line
    .replace(date, '{DATE}')
    .replace(/<\d{14}\.[0-9A-F]{6,}@/g, '<{TIMESTAMP}.{QUEUEID}@')
    .replace(/\b[0-9A-F]{6,}\.\d{9,}\//g, '{QUEUEID}.{TIME}/')
    .replace(/((?:^|\s)(?:E?SMTPS?A? |L?MTP )?id )[0-9A-F]{6,}/g, '$1{QUEUEID}')
    .replace(/(queued as )[0-9A-Za-z]{6,}/g, '$1{QUEUEID}')
    .replace(/using TLSv1\.3 with cipher .*/, 'using {TLS CIPHER}')
    .replace(/^(X-Postfix-Queue-ID: )[0-9A-F]{6,}$/, '$1{QUEUEID}')
}

/** What a recording tells of one delivered message. */
export function describeDelivered(lines: readonly string[]): Delivered {
  const header = unfold(lines.slice(0, lines.includes('') ? lines.indexOf('') : lines.length))
  const all = (name: string) =>
    header.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value)
  const first = (name: string) => all(name)[0]
  const dsn = statusReport(lines, header)
  return {
    return_path: first('return-path') ?? '',
    delivered_to: all('delivered-to'),
    x_original_to: first('x-original-to') ?? null,
    subject: first('subject')?.replace(/[^\0-\x7f]/gu, undecoded) ?? null,
    ...(dsn === null ? {} : { dsn }),
  }
}

/** The recorder shows each byte of an unencoded letter in a subject as one mark. */
const undecoded = (letter: string) => '\ufffd'.repeat(Buffer.byteLength(letter))

type Field = readonly [name: string, value: string]

function unfold(lines: readonly string[]): Field[] {
  const joined: string[] = []
  for (const line of lines) {
    if (/^[ \t]/.test(line) && joined.length > 0) joined.push(`${joined.pop() ?? ''}\n${line}`)
    else joined.push(line)
  }
  return joined.map(
    (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const,
  )
}

/** The recorder told recipients of a report in this order, whatever theirs was. */
const inOrder = (fields: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))

function statusReport(lines: readonly string[], header: readonly Field[]): unknown {
  const type = header.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  if (!type.includes('report-type=delivery-status')) return null
  const value = (name: string) => header.find(([field]) => field.toLowerCase() === name)?.[1] ?? ''
  // A report about a report holds both: the recorder kept the inner one.
  const at = lines.findLastIndex((line) => /^Content-Type: message\/(global-)?delivery-status/.test(line))
  const start = lines.indexOf('', at) + 1
  const end = lines.findIndex((line, i) => i > start && line.startsWith('--'))
  const groups: string[][] = [[]]
  for (const line of lines.slice(start, end)) {
    if (line === '') groups.push([])
    else groups.at(-1)?.push(line)
  }
  const [perMessage, ...recipients] = groups
    .filter((group) => group.length > 0)
    .map((group) =>
      Object.fromEntries(
        unfold(group)
          .filter(([name]) => !/^(last-attempt-date|will-retry-until)$/i.test(name))
          .map(([name, text]) => [name, text.replace(/\n\s+/g, ' ')]),
      ),
    )
  const returned = lines
    .slice(end)
    .find((line) =>
      /^Content-Type: (message\/(rfc822|global)|text\/rfc822-headers|message\/global-headers)/.test(line),
    )
  return {
    from: value('from'),
    to: value('to'),
    auto_submitted: value('auto-submitted'),
    recipients: [...recipients].sort((a, b) => (inOrder(a) < inOrder(b) ? -1 : 1)),
    per_message: perMessage,
    returned: returned?.slice('Content-Type: '.length).replace(/;.*/, ''),
  }
}
