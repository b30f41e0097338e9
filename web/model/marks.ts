/** Which mark a reply has, in every view: by its class, whatever its protocol. LOOK: never a colour without its shape. */
import type { TracedReply } from '#trace/events.ts'

export type Mark = '2xx' | '3xx' | '4xx' | '5xx' | null

export function replyClassOf({ code, status }: Pick<TracedReply, 'code' | 'status'>): Mark {
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

function ofWord(code: string, status: string | null): Mark {
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

/** The verb; of a command that the server does not know, the word that was typed. */
export const wordOf = ({ line, verb }: { line: string; verb: string }): string =>
  verb === 'UNKNOWN' || verb === '' ? (line.split(' ')[0] ?? '').slice(0, 16) : verb
