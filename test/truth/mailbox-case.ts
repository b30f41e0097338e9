/** A recorded dialogue with a real Dovecot 2.3, as its JSON file has it, and what varies from run to run. */
export type SeedMessage = {
  readonly eml: string
  readonly flags?: readonly string[]
  readonly internaldate?: string
  readonly recent?: boolean
  readonly sized?: boolean
  readonly from_line?: string
}

export type SeedFolders = Readonly<Record<string, readonly SeedMessage[]>>

export type MailboxStep = {
  readonly connect?: string
  readonly tls?: boolean
  readonly from?: string
  readonly protocol?: MailProtocol
  readonly on?: string
  readonly send?: string
  readonly tag?: string
  readonly data?: string
  readonly literal?: string
  readonly continues?: boolean
  readonly challenge?: boolean
  readonly starttls?: boolean
  readonly sleep?: number
  readonly close?: string
  readonly count?: number
  readonly multi?: boolean
  readonly seconds?: number
  readonly closes?: boolean
  readonly await?: string
  readonly capture?: Readonly<Record<string, string>>
  readonly mask?: readonly (readonly [pattern: string, replacement: string])[]
}

export type MailProtocol = 'pop3' | 'imap' | 'lmtp' | 'sieve'

export type MailboxCase = {
  readonly id: string
  readonly about: string
  readonly protocol: 'pop3' | 'imap' | 'lmtp' | 'sieve' | 'managesieve'
  readonly store: 'maildir' | 'mbox'
  readonly settings: readonly string[]
  readonly accounts: Readonly<Record<string, string>>
  readonly mailbox?: SeedFolders
  readonly mailboxes?: Readonly<Record<string, SeedFolders>>
  readonly subscribed?: Readonly<Record<string, readonly string[]>>
  readonly sieve?: Readonly<
    Record<string, { readonly active?: string; readonly scripts?: Readonly<Record<string, string>> }>
  >
  readonly keep_text?: boolean
  /** `passdb { }` and `userdb { }` in place of the accounts'; `{r}`: where `files` lie. */
  readonly auth?: string
  readonly files?: Readonly<Record<string, string>>
  /** Lines of the mail log, in any order. */
  readonly log?: readonly string[]
  readonly dialogue: readonly MailboxStep[]
  readonly replies: readonly (readonly string[])[]
  readonly outcome: Readonly<Record<string, unknown>>
}

export const hostname = 'mx.mailscope.test'

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** What a reply says that the next run says otherwise; the content of literals stays as it is. */
export function maskResponse(response: string, step: MailboxStep, started: number): string {
  let masked = ''
  let at = 0
  for (;;) {
    const literal = /\{(\d+)\+?\}\r\n/.exec(response.slice(at))
    if (literal === null) return masked + maskLine(response.slice(at), step, started)
    const start = at + literal.index + literal[0].length
    const end = start + Number(literal[1])
    masked += maskLine(response.slice(at, start), step, started) + response.slice(start, end)
    at = end
  }
}

function maskLine(text: string, step: MailboxStep, started: number): string {
  let line = text
  for (const [pattern, replacement] of step.mask ?? [])
    line = line.replace(new RegExp(pattern, 'g'), replacement)
  line = line
    .replace(/\((?:\d+\.\d+ \+ )+\d+\.\d+ secs\)/g, '({TIMING})')
    .replace(/UIDVALIDITY \d{5,}/g, 'UIDVALIDITY {UIDVALIDITY}')
    .replace(/(APPENDUID|COPYUID) \d{5,}/g, '$1 {UIDVALIDITY}')
    .replace(/HIGHESTMODSEQ \d+/g, 'HIGHESTMODSEQ {MODSEQ}')
    .replace(/MODSEQ \(\d+\)/g, 'MODSEQ ({MODSEQ})')
    .replace(/MODSEQ \d+/g, 'MODSEQ {MODSEQ}')
    .replace(/\b([0-9a-f]{8})[0-9a-f]{8}$/g, '$1{UIDVALIDITY}')
    .replace(/<[0-9a-f]+\.\d+\.[0-9a-f]+\.[\w+/=]+@[^>]*>/g, '<{APOP}>')
    .replace(/(> )\S+( Saved)$/g, '$1{ID}$2')
  return line.replace(
    new RegExp(`[ \\d]\\d-(?:${months.join('|')})-\\d{4} \\d\\d:\\d\\d:\\d\\d \\+0000`, 'g'),
    (date) => {
      const [day = '', month = '', rest = ''] = date.split('-')
      const [year = '', time = ''] = rest.split(' ')
      const [hour, minute, second] = time.split(':').map(Number)
      const at = Date.UTC(Number(year), months.indexOf(month), Number(day), hour, minute, second)
      return Math.abs(at - started) < 300_000 ? '{NOW}' : date
    },
  )
}

const recently = '20(?:2[5-9]|[3-9]\\d)'

/** The same for stored messages. `local`: the name that mbox separator lines carry. */
export function maskText(text: string, local: string): string {
  const host = hostname.replaceAll('.', '\\.')
  return text
    .replace(
      new RegExp(
        `^(\\s+by ${host} with LMTPS?(?: \\([^)]*\\))?\\r?\\n(?:\\s+\\(using .*\\r?\\n)?\\s+id )\\S+`,
        'gm',
      ),
      '$1{ID}',
    )
    .replace(
      new RegExp(`(; )\\w{3}, \\d\\d \\w{3} ${recently} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}(?=\\r?$)`, 'gm'),
      '$1{DATE}',
    )
    .replace(new RegExp(`^Date: \\w{3}, \\d+ \\w{3} ${recently} .*?(?=\\r?$)`, 'gm'), 'Date: {DATE}')
    .replace(/<dovecot(?:-sieve)?-\d+[^>\s]*>/g, '<{ID}>')
    .replace(new RegExp(`(boundary="|--)\\d+/${host}`, 'g'), '$1{BOUNDARY}')
    .replace(/^(X-IMAP(?:base)?: )\d{9,}( \d+)/gm, '$1{UIDVALIDITY}$2')
    .replace(
      new RegExp(`^From (\\S*)@${local.replaceAll('.', '\\.')} +(?=\\w{3} \\w{3} [ \\d]\\d )`, 'gm'),
      'From $1@{HOST} ',
    )
    .replace(
      new RegExp(`^From (\\S*) +\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d ${recently}$`, 'gm'),
      'From $1 {DATE}',
    )
}
