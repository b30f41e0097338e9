/**
 * What a server answered, as the client understands it: one code, the status of RFC 3463, and the text for the log.
 *
 * RFC 5321 §4.2; RFC 2034 §4 (the status must agree with the code).
 */
export type ServerReply = {
  readonly code: number
  /** `5.1.1`; where the server gave none, `5.0.0` by its code, and 5.5.0 for a code that has no status. */
  readonly status: string
  /** Without code and separator; the enhanced status still in it. */
  readonly lines: readonly string[]
  /** As it came, lines joined by a blank: what logs show. */
  readonly text: string
}

/** No more of a reply is kept than this: smtp(8) takes line_length_limit, 2048. */
const longest = 2048

/** `250-first`, `250 last`: the last decides. */
export function readReply(lines: readonly string[]): ServerReply {
  const last = lines.at(-1) ?? ''
  const code = Number(last.slice(0, 3))
  let text = ''
  for (const line of lines) if (text.length < longest) text += text === '' ? line : ` ${line}`
  return { code, status: statusOf(last), lines: lines.map((line) => line.slice(4)), text }
}

function statusOf(line: string): string {
  if (!/^[245]/.test(line)) return '5.5.0'
  const given = /^ *([245]\.\d{1,3}\.\d{1,3})(?![^\s])/.exec(line.slice(4))?.[1]
  return given?.startsWith(line.charAt(0)) ? given : `${line.charAt(0)}.0.0`
}

/** Whether a line ends a reply, goes on, or is none: garbage is passed over, and the reply waited for. */
export function placeInReply(line: string): 'last' | 'more' | 'garbage' {
  if (!/^\d{3}(?:[- ]|$)/.test(line)) return 'garbage'
  return line.charAt(3) === '-' ? 'more' : 'last'
}
