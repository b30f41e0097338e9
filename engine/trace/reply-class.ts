/** What kind of answer a reply is, whatever its protocol: done, go on, later, no. RFC 5321 §4.2.1; RFC 1939 §3; RFC 3501 §7.1. */
import type { TracedReply } from './events.ts'

export type ReplyClass = '2xx' | '3xx' | '4xx' | '5xx'

export function replyClassOf({ code, status }: Pick<TracedReply, 'code' | 'status'>): ReplyClass | null {
  switch (code[0]) {
    case '2':
      return '2xx'
    case '3':
      return '3xx'
    case '4':
      return '4xx'
    case '5':
      return '5xx'
    default:
      return ofWord(code, status)
  }
}

function ofWord(code: string, status: string | null): ReplyClass | null {
  switch (code) {
    case '+OK':
    case 'OK':
    case 'PREAUTH':
      return '2xx'
    case '+':
      return '3xx'
    case '-ERR':
    case 'NO':
      return status !== null && /^\[?(?:UNAVAILABLE|INUSE|IN-USE|SYS\/TEMP|LOGIN-DELAY)/.test(status)
        ? '4xx'
        : '5xx'
    case 'BAD':
      return '5xx'
    default:
      return null
  }
}
