/**
 * A reply of POP3: `+OK` or `-ERR`, a response code in brackets for programs, a text for people; some go on for
 * several lines, up to a dot alone.
 *
 * RFC 1939 §3; response codes: RFC 2449 §8, RFC 3206.
 */
export type Pop3Reply = {
  readonly ok: 'yes' | 'no'
  /** `[AUTH]`, `[IN-USE]`, `[SYS/TEMP]`; null when there is none. */
  readonly status: string | null
  readonly text: string
  /** A reply of several lines; ended by a dot, dots at line starts doubled. One character a byte. */
  readonly lines?: readonly string[]
  readonly rfc?: string
}

export const ok = (text = '', lines?: readonly string[]): Pop3Reply =>
  lines === undefined ? { ok: 'yes', status: null, text } : { ok: 'yes', status: null, text, lines }

export const err = (text: string, status: string | null = null, rfc?: string): Pop3Reply =>
  rfc === undefined ? { ok: 'no', status, text } : { ok: 'no', status, text, rfc }

/** The first line, without its line end. */
export function statusLine(reply: Pop3Reply): string {
  const words = [reply.ok === 'yes' ? '+OK' : '-ERR', reply.status ?? '', reply.text]
  return words.filter((word) => word !== '').join(' ')
}

/** As on the wire. */
export function writePop3Reply(reply: Pop3Reply): string {
  const first = `${statusLine(reply)}\r\n`
  if (reply.lines === undefined) return first
  return `${first}${reply.lines.map((line) => `${stuffed(line)}\r\n`).join('')}.\r\n`
}

const stuffed = (line: string): string => (line.startsWith('.') ? `.${line}` : line)
