/** A traced reply as the lines that travelled, without CRLF. */
import type { TracedReply } from './events.ts'

/** `command`: the line that is answered; an IMAP response repeats its tag. */
export function replyText(reply: TracedReply, command: string | null = null): readonly string[] {
  const { code, lines } = reply
  const status = reply.status === null ? '' : `${reply.status} `
  if (/^\d{3}$/.test(code)) {
    return lines.map((line, i) => `${code}${i === lines.length - 1 ? ' ' : '-'}${status}${line}`)
  }
  const [first = '', ...rest] = lines
  if (code === '+OK' || code === '-ERR') {
    return [`${code} ${status}${first}`.trimEnd(), ...rest, ...(rest.length > 0 ? ['.'] : [])]
  }
  const tag = code === '*' || code === '+' ? '' : `${command?.split(' ', 1)[0] ?? '*'} `
  return [`${tag}${code} ${status}${first}`.trimEnd(), ...rest]
}
