/** What a reply means to who has to act on it: its class, what its enhanced code is about, and what to do next. */
import { replyClassOf } from '#web/model/marks.ts'
import type { Dictionary } from '#web/i18n/index.ts'

export type ReadReply = {
  readonly code: string
  readonly status: string | null
  readonly text: string
  readonly last: boolean
}

/** One line as it came: `250-PIPELINING`, `550 5.1.1 …`, `+OK …`; null when it is no reply. */
export function readReply(line: string): ReadReply | null {
  const smtp = /^([2-5]\d\d)(?:([ -])(?:(\d\.\d{1,3}\.\d{1,3}) )?(.*))?$/.exec(line)
  if (smtp)
    return { code: smtp[1] ?? '', status: smtp[3] ?? null, text: smtp[4] ?? '', last: smtp[2] !== '-' }
  const pop3 = /^(\+OK|-ERR)(?: (\[[A-Z/-]+\]))?(?: (.*))?$/.exec(line)
  if (pop3) return { code: pop3[1] ?? '', status: pop3[2] ?? null, text: pop3[3] ?? '', last: true }
  return null
}

export function meaningOf({ code, status }: Pick<ReadReply, 'code' | 'status'>, t: Dictionary): string {
  const { codes, subjects, details, classes } = t.meaning
  const exact = codes[code as keyof typeof codes] as string | undefined
  const mark = replyClassOf({ code, status })
  const general = mark === null ? '' : classes[mark]
  const enhanced = /^\d\.(\d+)\.(\d+)$/.exec(status ?? '')
  const subject = enhanced?.[1] as keyof typeof subjects | undefined
  const detail = details[`${enhanced?.[1] ?? ''}.${enhanced?.[2] ?? ''}` as keyof typeof details] as
    string | undefined
  const about =
    mark === '2xx' || mark === '3xx'
      ? undefined
      : (detail ?? (subject === undefined ? undefined : subjects[subject]))
  // Of a matter of form the code itself says enough.
  return [exact ?? general, exact !== undefined && subject === '5' ? undefined : about]
    .filter(Boolean)
    .join(' ')
}
