/** What a reply means to who has to act on it: its class, what its enhanced code is about, and what to do next. RFC 5321 §4.2; RFC 3463. */
import { replyClassOf } from './reply-class.ts'
import type { Words } from './words/words.ts'

export type ReadReply = {
  readonly code: string
  readonly status: string | null
  readonly text: string
  readonly last: boolean
}

/** What a server's lines are read as. `lines`: SMTP, LMTP and POP3, whose replies say by themselves that they are. */
export type Speech = 'lines' | 'imap' | 'sieve'

/** One line as it came: `250-PIPELINING`, `550 5.1.1 …`, `+OK …`, `a1 NO [TRYCREATE] …`; null when it is no reply. */
export function readReply(line: string, speech: Speech = 'lines'): ReadReply | null {
  if (speech !== 'lines') return readWord(line, speech)
  const smtp = /^([2-5]\d\d)(?:([ -])(?:(\d\.\d{1,3}\.\d{1,3}) )?(.*))?$/.exec(line)
  if (smtp)
    return { code: smtp[1] ?? '', status: smtp[3] ?? null, text: smtp[4] ?? '', last: smtp[2] !== '-' }
  const pop3 = /^(\+OK|-ERR)(?: (\[[A-Z/-]+\]))?(?: (.*))?$/.exec(line)
  if (pop3) return { code: pop3[1] ?? '', status: pop3[2] ?? null, text: pop3[3] ?? '', last: true }
  return null
}

const tagged = /^(?![*+] )\S+ (OK|NO|BAD)(?: \[([^\]]*)\])?(?: (.*))?$/
const untaggedByTag = /^(OK|NO|BYE)(?: \(([^)]*)\))?(?: (.*))?$/

/** RFC 3501 §7.1; RFC 5804 §1.3. */
function readWord(line: string, speech: 'imap' | 'sieve'): ReadReply | null {
  if (line === '+' || line.startsWith('+ '))
    return { code: '+', status: null, text: line.slice(2), last: true }
  const found = (speech === 'imap' ? tagged : untaggedByTag).exec(line)
  if (found === null) return null
  return { code: found[1] ?? '', status: found[2] ?? null, text: found[3] ?? '', last: true }
}

/** Which of IMAP's untagged lines this is: `EXISTS`, `FLAGS`, `UIDVALIDITY`; null when it is none. RFC 3501 §7. */
export function untaggedKind(line: string): string | null {
  const found = /^\* (?:\d+ ([A-Z]+)|(?:OK|NO|BAD|PREAUTH) \[([A-Z]+)|([A-Z]+))/.exec(line)
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? null
}

/** `verb`: of the command that was answered; `.` for the end of a letter; null for a greeting. */
export function meaningOf(
  { code, status }: Pick<ReadReply, 'code' | 'status'>,
  verb: string | null,
  { meanings, imap }: Pick<Words, 'meanings' | 'imap'>,
): string {
  if (Object.hasOwn(imap.codes, code)) return ofWord(code, status, verb, imap)
  const { codes, subjects, details, classes, after, afterOk, ready } = meanings
  const kind = replyClassOf({ code, status })
  if (kind === null) return ''
  const exact = wordsFor(codes, code)
  if (kind === '2xx') {
    if (verb === null) return ready
    const done = (code === '+OK' ? wordsFor(afterOk, verb) : undefined) ?? wordsFor(after, verb)
    return done ?? exact ?? classes[kind]
  }
  if (kind === '3xx') return exact ?? classes[kind]
  const [, subject = '', detail = ''] = /^\d\.(\d+)\.(\d+)$/.exec(status ?? '') ?? []
  // Of a matter of form the code itself says enough.
  const about = /^50[0-4]$/.test(code)
    ? undefined
    : (wordsFor(details, `${subject}.${detail}`) ?? wordsFor(subjects, subject))
  return together(exact ?? classes[kind], about)
}

/** Sentences one after the other; after a full-width stop no space is wanted. */
export const together = (...sentences: readonly (string | undefined)[]): string =>
  sentences.filter(Boolean).join(' ').replaceAll('。 ', '。')

/** A row of a table of words; undefined where there is none. */
export const wordsFor = (words: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(words, key) ? words[key] : undefined

/** A status may carry arguments: `BADCHARSET (US-ASCII)`, `QUOTA/MAXSIZE`. */
function ofWord(code: string, status: string | null, verb: string | null, words: Words['imap']): string {
  const name = /^[A-Z/-]+/.exec((status ?? '').replace(/^[[(]/, ''))?.[0] ?? ''
  const about = code === '+' ? undefined : wordsFor(words.statuses, name)
  if (code === 'OK') return wordsFor(words.after, verb ?? '') ?? about ?? words.codes.OK
  return together(wordsFor(words.codes, code), about)
}
