/**
 * What SEARCH looks for: keys joined by AND, with OR, NOT and parentheses.
 *
 * RFC 3501 §6.4.4; WITHIN: RFC 5032; MODSEQ: RFC 7162 §3.1.5; SAVEDATE: RFC 8514; INTHREAD: draft-ietf-imapext-thread-12.
 */
import { readDate } from './date.ts'
import { isKeyword, systemFlags } from './flags.ts'
import { readMimeKey, type MimeKey } from './mime-key.ts'
import { deepest, SearchArguments, Unreadable } from './search-arguments.ts'
import { readSequenceSet, type SequenceSet } from './sequence-set.ts'
import { isThreadAlgorithm, type ThreadAlgorithm } from './thread.ts'
import type { Argument } from './tokens.ts'
import { named } from '#protocol/named.ts'

export type SearchKey =
  | { readonly kind: 'all' }
  | { readonly kind: 'and'; readonly keys: readonly SearchKey[] }
  | { readonly kind: 'or'; readonly left: SearchKey; readonly right: SearchKey }
  | { readonly kind: 'not'; readonly key: SearchKey }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'recent' }
  | { readonly kind: 'set'; readonly by: 'sequence' | 'uid'; readonly set: SequenceSet }
  /** `field`: '' for any header field with that text. */
  | {
      readonly kind: 'header'
      readonly field: string
      readonly text: string
      /** `addresses`: the value is read for addresses, and what is looked at is these, written by the rules. */
      readonly as: 'value' | 'addresses'
    }
  | { readonly kind: 'body' | 'text'; readonly text: string }
  | { readonly kind: 'size'; readonly than: 'larger' | 'smaller'; readonly bytes: number }
  | {
      readonly kind: 'date'
      readonly of: 'arrival' | 'sent' | 'saved'
      readonly when: 'before' | 'on' | 'since'
      readonly day: number
    }
  | { readonly kind: 'age'; readonly than: 'older' | 'younger'; readonly seconds: number }
  | { readonly kind: 'modseq'; readonly atLeast: number }
  | { readonly kind: 'guid' | 'mailbox'; readonly text: string }
  | { readonly kind: 'mimepart'; readonly key: MimeKey }
  | { readonly kind: 'thread'; readonly algorithm: ThreadAlgorithm; readonly key: SearchKey }

export type SearchRead =
  { readonly ok: true; readonly key: SearchKey } | { readonly ok: false; readonly message: string }

export function readSearchKeys(args: readonly Argument[]): SearchRead {
  if (args.length === 0) return { ok: false, message: 'Missing search parameters' }
  try {
    return { ok: true, key: new Reader(args, 0).all() }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, message: error.message }
    throw error
  }
}

class Reader {
  readonly #args: SearchArguments
  readonly #depth: number

  constructor(args: readonly Argument[], depth: number) {
    this.#args = new SearchArguments(args, depth)
    this.#depth = depth
  }

  all(): SearchKey {
    const keys: SearchKey[] = []
    while (!this.#args.atEnd) keys.push(this.#key(0))
    const [only] = keys
    return keys.length === 1 && only ? only : { kind: 'and', keys }
  }

  #key(depth: number): SearchKey {
    if (depth > deepest) throw new Unreadable('Search is nested too deep')
    const arg = this.#args.next()
    if (arg === undefined) throw new Unreadable('Missing argument')
    if (arg.kind === 'list') {
      if (arg.items.length === 0) throw new Unreadable('No search parameters inside list')
      return new Reader(arg.items, this.#depth + 1).all()
    }
    if (arg.kind === 'string') throw new Unreadable(`Unexpected string as search key: ${arg.text}`)
    const word = arg.text.toUpperCase()
    if (/^(?:[\d*]|\$$)/.test(word))
      return { kind: 'set', by: 'sequence', set: this.#set(word, 'Invalid messageset') }
    const flag = flagKeys[word]
    if (flag) return flag
    const date = /^(X-)?(SENT|SAVED|)(BEFORE|ON|SINCE)$/.exec(word)
    if (date) return this.#date(word, date[2] ?? '', date[3] ?? '')
    switch (word) {
      case 'ALL':
      case 'SAVEDATESUPPORTED':
        return { kind: 'all' }
      case 'NOT':
        return { kind: 'not', key: this.#key(depth + 1) }
      case 'OR':
        return { kind: 'or', left: this.#key(depth + 1), right: this.#key(depth + 1) }
      case 'FUZZY':
        return this.#key(depth + 1)
      case 'KEYWORD':
        return keywordKey(this.#args.word(word))
      case 'UNKEYWORD':
        return { kind: 'not', key: keywordKey(this.#args.word(word)) }
      case 'UID':
        return { kind: 'set', by: 'uid', set: this.#set(this.#args.word(word), 'Invalid UID messageset') }
      case 'FROM':
      case 'TO':
      case 'CC':
      case 'BCC':
        return { kind: 'header', field: word, text: this.#args.word(word), as: 'addresses' }
      case 'SUBJECT':
        return { kind: 'header', field: word, text: this.#args.word(word), as: 'value' }
      case 'HEADER':
        return {
          kind: 'header',
          field: this.#args.word(word).toUpperCase(),
          text: this.#args.word(word),
          as: 'value',
        }
      case 'BODY':
        return { kind: 'body', text: this.#args.word(word) }
      case 'TEXT':
        return { kind: 'text', text: this.#args.word(word) }
      case 'LARGER':
      case 'SMALLER':
        return {
          kind: 'size',
          than: word === 'LARGER' ? 'larger' : 'smaller',
          bytes: this.#number(word, 'size', 0),
        }
      case 'OLDER':
      case 'YOUNGER':
        return {
          kind: 'age',
          than: word === 'OLDER' ? 'older' : 'younger',
          seconds: this.#number(word, 'interval', 1),
        }
      case 'MODSEQ':
        return this.#modseq(word)
      case 'X-GUID':
        return { kind: 'guid', text: this.#args.word(word) }
      case 'X-MAILBOX':
        return { kind: 'mailbox', text: this.#args.word(word) }
      case 'X-REAL-UID':
        return {
          kind: 'set',
          by: 'uid',
          set: this.#set(this.#args.word(word), 'Invalid X-REAL-UID messageset'),
        }
      case 'INTHREAD': {
        const algorithm = this.#args.word(word).toUpperCase()
        if (!isThreadAlgorithm(algorithm)) throw new Unreadable('Unknown thread algorithm')
        return { kind: 'thread', algorithm, key: this.#key(depth + 1) }
      }
      case 'MIMEPART':
        return { kind: 'mimepart', key: readMimeKey(this.#args, depth + 1) }
      default:
        throw new Unreadable(`Unknown argument ${word}`)
    }
  }

  #set(text: string, otherwise: string): SequenceSet {
    const set = readSequenceSet(text)
    if (set === null) throw new Unreadable(otherwise)
    return set
  }

  #number(key: string, what: string, least: number): number {
    const text = this.#args.word(key)
    const number = /^\d{1,15}$/.test(text) ? Number(text) : -1
    if (number < least) throw new Unreadable(`Invalid search ${what} parameter`)
    return number
  }

  #date(key: string, of: string, when: string): SearchKey {
    const day = readDate(this.#args.word(key))
    if (day === null) throw new Unreadable('Invalid search date parameter')
    return {
      kind: 'date',
      of: of === 'SENT' ? 'sent' : of === 'SAVED' ? 'saved' : 'arrival',
      when: when === 'BEFORE' ? 'before' : when === 'ON' ? 'on' : 'since',
      day,
    }
  }

  /** `MODSEQ 12`, or `MODSEQ "/flags/\\Seen" all 12`, which means the message all the same. */
  #modseq(key: string): SearchKey {
    let value = this.#args.word(key)
    if (value.startsWith('/flags/')) {
      const type = this.#args.word(key).toLowerCase()
      if (!['priv', 'shared', 'all'].includes(type)) throw new Unreadable('Invalid MODSEQ type')
      value = this.#args.word(key)
    }
    if (!/^\d{1,19}$/.test(value)) throw new Unreadable('Invalid MODSEQ value')
    return { kind: 'modseq', atLeast: Number(value) }
  }
}

/** What cannot be a keyword is the keyword of no message. */
const keywordKey = (name: string): SearchKey =>
  isKeyword(name) ? { kind: 'flag', flag: name } : { kind: 'not', key: { kind: 'all' } }

const flagOf = (word: string, flag: string): readonly (readonly [string, SearchKey])[] => [
  [word, { kind: 'flag', flag }],
  [`UN${word}`, { kind: 'not', key: { kind: 'flag', flag } }],
]

const recent: SearchKey = { kind: 'recent' }
const flagKeys: Readonly<Record<string, SearchKey>> = named(
  Object.fromEntries([
    ...systemFlags.flatMap((flag) => flagOf(flag.slice(1).toUpperCase(), flag)),
    ['RECENT', recent],
    ['OLD', { kind: 'not', key: recent }],
    ['NEW', { kind: 'and', keys: [recent, { kind: 'not', key: { kind: 'flag', flag: '\\Seen' } }] }],
  ]),
)

/** Every key of a search, those within others too. */
export function* keysOf(key: SearchKey): Generator<SearchKey> {
  yield key
  switch (key.kind) {
    case 'and':
      for (const inner of key.keys) yield* keysOf(inner)
      return
    case 'or':
      yield* keysOf(key.left)
      yield* keysOf(key.right)
      return
    case 'not':
    case 'thread':
      yield* keysOf(key.key)
  }
}
