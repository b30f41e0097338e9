/**
 * A reply: three digits that programs read, an enhanced status code, and text that people read.
 *
 * RFC 5321 §4.2; enhanced status codes: RFC 2034, RFC 3463.
 */
export type Reply = {
  /** 200 to 599. */
  readonly code: number
  /** `5.7.1`, or null where the server gives none (greeting, EHLO, 354). */
  readonly status: string | null
  /** The text of each line, without code and status. Never empty. */
  readonly lines: readonly string[]
  /** Where a standard says so: shown to a learner. */
  readonly rfc?: string
  /** The setting that made it so, where one alone did. */
  readonly because?: { readonly setting: string; readonly value: string }
}

export type ReplyClass = '2xx' | '3xx' | '4xx' | '5xx'

export function reply(
  code: number,
  status: string | null,
  text: string | readonly string[],
  rfc?: string,
): Reply {
  const lines = typeof text === 'string' ? [text] : text
  return rfc === undefined ? { code, status, lines } : { code, status, lines, rfc }
}

/** The same reply, with the setting that made it so. */
export const because = (reply: Reply, setting: string, value: string | number): Reply => ({
  ...reply,
  because: { setting, value: String(value) },
})

/** The lines on the wire, without CRLF: `250-first`, `250 last`. */
export function replyLines(reply: Reply): readonly string[] {
  const status = reply.status === null ? '' : `${reply.status} `
  return reply.lines.map((line, i) => {
    const last = i === reply.lines.length - 1
    return `${reply.code}${last ? ' ' : '-'}${status}${line}`
  })
}

export const writeReply = (reply: Reply): string => `${replyLines(reply).join('\r\n')}\r\n`

export function replyClass(code: number): ReplyClass {
  if (code >= 500) return '5xx'
  if (code >= 400) return '4xx'
  return code >= 300 ? '3xx' : '2xx'
}
