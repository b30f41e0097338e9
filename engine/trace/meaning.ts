/** What a reply means to who has to act on it: its class, what its enhanced code is about, and what to do next. RFC 5321 §4.2; RFC 3463. */
import { replyClassOf } from './reply-class.ts'
import type { Words } from './words/words.ts'

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

/** `verb`: of the command that was answered; `.` for the end of a letter; null for a greeting. */
export function meaningOf(
  { code, status }: Pick<ReadReply, 'code' | 'status'>,
  verb: string | null,
  { meanings }: Pick<Words, 'meanings'>,
): string {
  const { codes, subjects, details, classes, after, ready } = meanings
  const kind = replyClassOf({ code, status })
  if (kind === null) return ''
  const exact = wordsFor(codes, code)
  if (kind === '2xx') return verb === null ? ready : (wordsFor(after, verb) ?? exact ?? classes[kind])
  if (kind === '3xx') return exact ?? classes[kind]
  const [, subject = '', detail = ''] = /^\d\.(\d+)\.(\d+)$/.exec(status ?? '') ?? []
  // Of a matter of form the code itself says enough.
  const about = /^50[0-4]$/.test(code)
    ? undefined
    : (wordsFor(details, `${subject}.${detail}`) ?? wordsFor(subjects, subject))
  return [exact ?? classes[kind], about].filter(Boolean).join(' ')
}

/** A row of a table of words; undefined where there is none. */
export const wordsFor = (words: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(words, key) ? words[key] : undefined
