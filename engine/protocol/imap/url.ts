/**
 * An IMAP URL that names a piece of a message on the same server: `/INBOX/;UID=3/;SECTION=1.2/;PARTIAL=0.100`, or
 * `;UID=3` within the mailbox that is open.
 *
 * RFC 5092, RFC 3986; URL-PARTIAL: RFC 5550 §2.4.2. The sentences about errors are Dovecot's.
 */
export type ImapUrl = {
  /** As the levels stand in the URL; null when it names none. */
  readonly mailbox: string | null
  readonly uidValidity: number | null
  /** Null: the URL names a mailbox and no message. */
  readonly uid: number | null
  readonly section: string | null
  readonly partial: { readonly start: number; readonly count: number | null } | null
}

export type UrlRead =
  { readonly ok: true; readonly url: ImapUrl } | { readonly ok: false; readonly message: string }

class Malformed extends Error {}

const highest = 4_294_967_295

/** `base`: the mailbox that is open, to which a path without a slash in front belongs. */
export function readImapUrl(text: string, base: string | null): UrlRead {
  try {
    return { ok: true, url: read(text, base) }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, message: `Invalid IMAP URL: ${error.message}` }
    throw error
  }
}

function read(text: string, base: string | null): ImapUrl {
  refuseAbsolute(text)
  const [beforeFragment, fragment] = cut(text, '#')
  const [path, query] = cut(beforeFragment, '?')
  const segments = segmentsOf(path, base)
  const url = readSegments(segments)
  if (fragment !== undefined) throw new Malformed('Fragment component not allowed in IMAP URL')
  if (query !== undefined && url.uid !== null)
    throw new Malformed('Search query part only valid for messagelist-type IMAP URL')
  return url
}

function refuseAbsolute(text: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'imap') throw new Malformed('Not an IMAP URL')
  if (scheme === 'imap' && !/^imap:\/\//i.test(text))
    throw new Malformed("Absolute IMAP URL requires `//' after `imap:'")
  if (/^(?:imap:)?\/\/(?![a-z0-9[])/i.test(text) && scheme === undefined)
    throw new Malformed('Invalid host identifier')
  if (scheme === 'imap' || text.startsWith('//')) throw new Malformed('Relative URL required')
}

function cut(text: string, at: string): readonly [string, string?] {
  const index = text.indexOf(at)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}

/** Dots resolved, percent signs not. */
function segmentsOf(path: string, base: string | null): readonly string[] {
  const segments = path.startsWith('/') || base === null ? [] : base.split('/').map(encodeURIComponent)
  for (const segment of path.replace(/^\//, '').split('/')) {
    checkSegment(segment)
    if (segment === '..') segments.pop()
    else if (segment !== '.') segments.push(segment)
  }
  return segments.at(-1) === '' ? segments.slice(0, -1) : segments
}

function checkSegment(segment: string): void {
  for (const [, first = '', second = ''] of segment.matchAll(/%(.?)(.?)/gs)) {
    for (const digit of [first, second]) {
      if (digit === '') throw new Malformed("Unexpected URI boundary after '%'")
      if (!/[0-9a-f]/i.test(digit)) throw new Malformed(`Expecting hex digit after '%', but found '${digit}'`)
    }
    if (first + second === '00')
      throw new Malformed('Percent encoding is not allowed to encode NUL character')
  }
  if (/[^\w!$&'()*+,;=:@.~%-]/.test(segment)) throw new Malformed('Path component contains invalid character')
}

function readSegments(segments: readonly string[]): ImapUrl {
  const first = segments.findIndex((segment) => segment.startsWith(';'))
  const { mailbox, uidValidity } = readMailbox(first < 0 ? segments : segments.slice(0, first))
  let uid: number | null = null
  let section: string | null = null
  let partial: ImapUrl['partial'] = null
  for (const segment of first < 0 ? [] : segments.slice(first)) {
    const [, name = '', value = ''] = /^;([a-z]+)=(.*)$/is.exec(segment) ?? []
    const word = name.toUpperCase()
    if (word === 'UID' && uid === null) uid = readUid(value)
    else if (word === 'SECTION' && uid !== null && section === null && partial === null)
      section = decoded(plain(filled(value, word)))
    else if (word === 'PARTIAL' && uid !== null && partial === null)
      partial = readPartial(filled(value, word))
    else throw new Malformed(`Unexpected IMAP URL path segment: \`${segment}'`)
  }
  return { mailbox, uidValidity, uid, section, partial }
}

function readMailbox(levels: readonly string[]): Pick<ImapUrl, 'mailbox' | 'uidValidity'> {
  if (levels.length === 0) return { mailbox: null, uidValidity: null }
  const whole = levels.join('/')
  const match = /^(.*?);UIDVALIDITY=([^;/]*)$/is.exec(whole)
  const name = match?.[1] ?? whole
  if (name.includes(';')) throw new Malformed("Encountered stray ';' in mailbox reference")
  if (match === null) return { mailbox: decoded(name), uidValidity: null }
  const uidValidity = readNumber(filled(match[2] ?? '', 'UIDVALIDITY'))
  if (uidValidity === 0) throw new Malformed('UIDVALIDITY cannot be zero')
  return { mailbox: decoded(name), uidValidity }
}

function readUid(value: string): number {
  const uid = readNumber(filled(plain(value), 'UID'))
  if (uid === 0) throw new Malformed('UID cannot be zero')
  return uid
}

/** Nothing may follow that only a URL for others has. */
function plain(value: string): string {
  const at = value.indexOf(';')
  if (at < 0) return value
  const extension = value.slice(at)
  const word = /^;(?:URLAUTH|EXPIRE)=/i.exec(extension)?.[0]
  throw new Malformed(
    word === undefined
      ? `Unrecognized IMAP URL extension: ${extension}`
      : `\`${word.toUpperCase()}' is not allowed in this context`,
  )
}

function readPartial(value: string): ImapUrl['partial'] {
  const [start, count] = cut(plain(value), '.')
  const from = readNumber(start)
  if (count === undefined) return { start: from, count: null }
  const size = readNumber(count)
  if (size === 0) throw new Malformed('PARTIAL size cannot be zero')
  return { start: from, count: size }
}

function filled(value: string, name: string): string {
  if (value === '') throw new Malformed(`Empty ${name} value`)
  return value
}

function readNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Malformed(`Value '${text}' is not a valid IMAP number`)
  if (Number(text) > highest) throw new Malformed('IMAP number is too high')
  return Number(text)
}

/** One character a byte. */
const decoded = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
