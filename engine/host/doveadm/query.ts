/** Which messages doveadm means: `mailbox INBOX unseen subject invoice`. doveadm-search-query(7). */
import { latin1Of } from '#protocol/bytes/text.ts'
import { decodedValues } from '#protocol/sieve/message.ts'
import { readHeaderLines } from '#protocol/message/header-lines.ts'
import { readMailDate } from '#protocol/message/read-date.ts'
import type { MessageEntry, OpenMailbox } from '#mailbox/mail-store.ts'

export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'mailbox'; readonly mask: string }
  | { readonly kind: 'and'; readonly queries: readonly Query[] }
  | { readonly kind: 'or'; readonly queries: readonly Query[] }
  | { readonly kind: 'not'; readonly query: Query }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'recent' }
  | { readonly kind: 'guid'; readonly guid: string; readonly of: 'message' | 'mailbox' }
  | { readonly kind: 'modseq'; readonly least: number }
  | {
      readonly kind: 'set'
      readonly by: 'uid' | 'sequence'
      readonly ranges: readonly (readonly [number, number])[]
    }
  | { readonly kind: 'header'; readonly field: string; readonly text: string }
  | { readonly kind: 'text'; readonly where: 'body' | 'text'; readonly text: string }
  | { readonly kind: 'size'; readonly than: 'larger' | 'smaller'; readonly bytes: number }
  | {
      readonly kind: 'date'
      readonly of: 'received' | 'sent' | 'saved'
      readonly when: 'before' | 'on' | 'since'
      readonly from: number
      readonly length: number
    }

export class QueryError extends Error {}

const flagWords = ['answered', 'deleted', 'draft', 'flagged', 'seen']
const headerWords = ['bcc', 'cc', 'from', 'subject', 'to']
const day = 86_400_000

export function readQuery(words: readonly string[], now: number): Query {
  const reader = new Reader(words, now)
  const query = reader.all()
  if (!reader.isAtEnd) throw new QueryError("Unexpected ')'")
  return query
}

class Reader {
  readonly #words: readonly string[]
  readonly #now: number
  #at = 0
  #depth = 0

  constructor(words: readonly string[], now: number) {
    this.#words = words
    this.#now = now
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length
  }

  /** Keys side by side mean all of them; OR between them means one of them; both at once must be told apart by brackets. */
  all(): Query {
    if (++this.#depth > 100) throw new QueryError('Query is nested too deep')
    const queries: Query[] = []
    const between = new Set<'and' | 'or'>()
    while (!this.isAtEnd && this.#words[this.#at] !== ')') {
      const word = this.#words[this.#at]?.toUpperCase()
      if (word === 'OR') this.#at++
      if (word === 'OR' || queries.length > 0) between.add(word === 'OR' ? 'or' : 'and')
      if (between.size > 1) throw new QueryError('Use parenthesis when mixing ANDs and ORs')
      queries.push(this.#key())
    }
    this.#depth--
    return { kind: between.has('or') ? 'or' : 'and', queries }
  }

  #key(): Query {
    const word = this.#words[this.#at++]
    if (word === undefined) throw new QueryError('Missing argument')
    const key = word.toLowerCase()
    if (key === '(') {
      const inner = this.all()
      if (this.#words[this.#at++] !== ')') throw new QueryError("Missing ')'")
      return inner
    }
    if (flagWords.includes(key)) return { kind: 'flag', flag: `\\${key}` }
    if (key.startsWith('un') && flagWords.includes(key.slice(2)))
      return { kind: 'not', query: { kind: 'flag', flag: `\\${key.slice(2)}` } }
    if (headerWords.includes(key)) return { kind: 'header', field: key, text: this.#next(word) }
    const date = /^(sent|saved)?(before|on|since)$/.exec(key)
    if (date !== null) return this.#date(date[1] ?? 'received', date[2] ?? 'on', this.#next(word))
    switch (key) {
      case 'all':
        return { kind: 'all' }
      case 'mailbox':
        return { kind: 'mailbox', mask: this.#next(word) }
      case 'not':
        return { kind: 'not', query: this.#key() }
      case 'keyword':
        return { kind: 'flag', flag: this.#next(word) }
      case 'unkeyword':
        return { kind: 'not', query: { kind: 'flag', flag: this.#next(word) } }
      case 'recent':
        return { kind: 'recent' }
      case 'new':
        return {
          kind: 'and',
          queries: [{ kind: 'recent' }, { kind: 'not', query: { kind: 'flag', flag: '\\seen' } }],
        }
      case 'old':
        return { kind: 'not', query: { kind: 'recent' } }
      case 'uid':
      case 'x-real-uid':
        return { kind: 'set', by: 'uid', ranges: readRanges(this.#next(word), 'Invalid UID messageset') }
      case 'guid':
        return { kind: 'guid', guid: this.#next(word), of: 'message' }
      case 'mailbox-guid':
        return { kind: 'guid', guid: this.#next(word), of: 'mailbox' }
      case 'modseq':
        return { kind: 'modseq', least: Number(this.#next(word)) }
      case 'older':
      case 'younger':
        return this.#age(key, this.#next(word))
      case 'body':
      case 'text':
        return { kind: 'text', where: key, text: this.#next(word) }
      case 'header':
        return { kind: 'header', field: this.#next(word).toLowerCase(), text: this.#next(word) }
      case 'larger':
      case 'smaller':
        return { kind: 'size', than: key, bytes: readBytes(this.#next(word)) }
      default:
        if (/^[\d*]/.test(word))
          return { kind: 'set', by: 'sequence', ranges: readRanges(word, 'Invalid messageset') }
        throw new QueryError(`Unknown argument ${word.toUpperCase()}`)
    }
  }

  #date(of: string, when: string, text: string): Query {
    const base = {
      kind: 'date',
      of: of as 'received' | 'sent' | 'saved',
      when: when as 'before' | 'on' | 'since',
    } as const
    const moment = readMoment(text, this.#now)
    if (moment === null) throw new QueryError(`Invalid search date parameter: ${text}`)
    return { ...base, ...moment }
  }

  /** Seconds. */
  #age(than: 'older' | 'younger', text: string): Query {
    if (!/^[1-9]\d{0,9}$/.test(text)) throw new QueryError('Invalid search interval parameter')
    const from = this.#now - Number(text) * 1000
    const date = { kind: 'date', of: 'received', length: 0 } as const
    return than === 'older'
      ? { ...date, when: 'before', from: from + 1000 }
      : { ...date, when: 'since', from }
  }

  #next(what: string): string {
    const word = this.#words[this.#at++]
    if (word === undefined)
      throw new QueryError(`Missing parameter for search key (for search key: ${what.toUpperCase()})`)
    return word
  }
}

/** `2024-02-06`, `1-Feb-2024`, `2days`, a number of seconds since 1970. */
function readMoment(text: string, now: number): { from: number; length: number } | null {
  const plain = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (plain !== null)
    return { from: Date.UTC(Number(plain[1]), Number(plain[2]) - 1, Number(plain[3])), length: day }
  const imap = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text)
  if (imap !== null) {
    const moment = readMailDate(`${imap[1]} ${imap[2]} ${imap[3]} 00:00:00 +0000`)
    return moment === null ? null : { from: moment.time, length: day }
  }
  const ago = /^(\d+)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|w|weeks?)$/i.exec(text)
  if (ago !== null) {
    const unit = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }[(ago[2] ?? 's').charAt(0).toLowerCase()] ?? 1
    return { from: now - Number(ago[1]) * unit * 1000, length: 1000 }
  }
  return /^\d+$/.test(text) ? { from: Number(text) * 1000, length: 1000 } : null
}

function readBytes(text: string): number {
  const match = /^(\d+)\s*([BKMGT]?)B?$/i.exec(text)
  if (match === null) throw new QueryError(`Invalid size: ${text}`)
  return Number(match[1]) * 1024 ** Math.max(0, 'BKMGT'.indexOf((match[2] || 'B').toUpperCase()))
}

function readRanges(text: string, wrong: string): readonly (readonly [number, number])[] {
  return text.split(',').map((part) => {
    const [from = '', to = from] = part.split(':')
    const number = (word: string) => {
      if (word === '*') return Infinity
      if (!/^[1-9]\d{0,9}$/.test(word)) throw new QueryError(wrong)
      return Number(word)
    }
    const [a, b] = [number(from), number(to)]
    return [Math.min(a, b), Math.max(a, b)] as const
  })
}

/** The folders that a query names; null: it names none, and means all. */
export function masksOf(query: Query): readonly string[] | null {
  switch (query.kind) {
    case 'mailbox':
      return [query.mask]
    case 'and': {
      const named = query.queries.map(masksOf).find((masks) => masks !== null)
      return named ?? null
    }
    case 'or': {
      const all = query.queries.map(masksOf)
      return all.some((masks) => masks === null) ? null : all.flatMap((masks) => masks ?? [])
    }
    default:
      return null
  }
}

/** Whether each branch says more than where to look: `expunge` asks. */
export function saysWhat(query: Query): boolean {
  switch (query.kind) {
    case 'mailbox':
      return false
    case 'and':
      return query.queries.some(saysWhat)
    case 'or':
      return query.queries.every(saysWhat)
    default:
      return true
  }
}

export async function findMessages(
  mailbox: OpenMailbox,
  query: Query,
  shown: string,
): Promise<readonly MessageEntry[]> {
  const found: MessageEntry[] = []
  const messages = mailbox.messages()
  if (needsFiles(query)) await mailbox.load()
  for (const [i, message] of messages.entries()) {
    if (await holds(query, { mailbox, message, sequence: i + 1, last: messages.length, shown }))
      found.push(message)
  }
  return found
}

function needsFiles(query: Query): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.queries.some(needsFiles)
    case 'not':
      return needsFiles(query.query)
    default:
      return query.kind === 'size' || query.kind === 'date'
  }
}

type Candidate = {
  readonly mailbox: OpenMailbox
  readonly message: MessageEntry
  readonly sequence: number
  readonly last: number
  /** The folder's name as it is typed. */
  readonly shown: string
}

async function holds(query: Query, of: Candidate): Promise<boolean> {
  const { mailbox, message, sequence, last } = of
  switch (query.kind) {
    case 'all':
      return true
    case 'mailbox':
      return matches(query.mask, of.shown)
    case 'and':
      for (const inner of query.queries) if (!(await holds(inner, of))) return false
      return true
    case 'or':
      for (const inner of query.queries) if (await holds(inner, of)) return true
      return false
    case 'not':
      return !(await holds(query.query, of))
    case 'flag':
      return [...message.flags].some((flag) => flag.toLowerCase() === query.flag.toLowerCase())
    case 'recent':
      return message.recent
    case 'guid':
      return query.guid === (query.of === 'message' ? message.guid : mailbox.guid)
    case 'modseq':
      return message.modseq >= query.least
    case 'set': {
      const number = query.by === 'uid' ? message.uid : sequence
      const top = query.by === 'uid' ? (mailbox.messages().at(-1)?.uid ?? 0) : last
      return query.ranges.some(
        ([from, to]) => number >= Math.min(from, top) && number <= (to === Infinity ? top : to),
      )
    }
    case 'header': {
      const lines = readHeaderLines(latin1Of(await mailbox.readHeader(message.uid)))
      return decodedValues(lines, query.field).some((value) => contains(value, query.text))
    }
    case 'text': {
      const bytes = query.where === 'text' ? await mailbox.read(message.uid) : await bodyOf(mailbox, message)
      return contains(latin1Of(bytes), query.text)
    }
    case 'size':
      return query.than === 'larger' ? message.size > query.bytes : message.size < query.bytes
    case 'date': {
      const at = await momentOf(query.of, of)
      if (at === null) return false
      if (query.when === 'before') return at < query.from
      return query.when === 'since' ? at >= query.from : at >= query.from && at < query.from + query.length
    }
    default:
      return query satisfies never
  }
}

async function momentOf(
  of: 'received' | 'sent' | 'saved',
  { mailbox, message }: Candidate,
): Promise<number | null> {
  if (of === 'received') return message.internalDate
  if (of === 'saved') return message.savedDate
  const lines = readHeaderLines(latin1Of(await mailbox.readHeader(message.uid)))
  const [date] = decodedValues(lines, 'date')
  return date === undefined ? null : (readMailDate(date)?.time ?? null)
}

export async function bodyOf(mailbox: OpenMailbox, message: MessageEntry): Promise<Uint8Array> {
  const header = await mailbox.readHeader(message.uid)
  return (await mailbox.read(message.uid)).subarray(header.length)
}

const contains = (text: string, part: string): boolean =>
  text.toLowerCase().includes(Buffer.from(part, 'utf8').toString('latin1').toLowerCase())

function matches(mask: string, name: string): boolean {
  const source = mask.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/[*%]/g, '.*')
  return new RegExp(`^${source}$`, 'i').test(name)
}
