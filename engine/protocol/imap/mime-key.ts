/**
 * What SEARCH MIMEPART asks of the parts of a message: `MIMEPART (TYPE application FILENAME ENDS pdf)`.
 *
 * draft-ietf-imapext-mimepart; the words for what is wrong are Dovecot's.
 */
import { readDate } from './date.ts'
import { deepest, SearchArguments, Unreadable } from './search-arguments.ts'

export type MimeTextField =
  'type' | 'subtype' | 'encoding' | 'id' | 'md5' | 'location' | 'language' | 'description' | 'disposition'
export type MimeEnvelopeField =
  'from' | 'to' | 'cc' | 'bcc' | 'reply-to' | 'sender' | 'subject' | 'message-id' | 'in-reply-to'

export type MimeKey =
  | { readonly kind: 'and'; readonly keys: readonly MimeKey[] }
  | { readonly kind: 'or'; readonly left: MimeKey; readonly right: MimeKey }
  | { readonly kind: 'not'; readonly key: MimeKey }
  /** `key`: null for EXISTS. */
  | { readonly kind: 'child' | 'parent'; readonly key: MimeKey | null }
  | { readonly kind: 'field'; readonly field: MimeTextField; readonly text: string }
  | {
      readonly kind: 'parameter'
      readonly of: 'type' | 'disposition'
      readonly name: string
      readonly text: string
    }
  | { readonly kind: 'envelope'; readonly field: MimeEnvelopeField; readonly text: string }
  | { readonly kind: 'sent'; readonly when: 'before' | 'on' | 'since'; readonly day: number }
  | { readonly kind: 'filename'; readonly how: 'is' | 'contains' | 'begins' | 'ends'; readonly text: string }
  | { readonly kind: 'depth'; readonly how: 'is' | 'least' | 'most'; readonly depth: number }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'size'; readonly than: 'larger' | 'smaller' | 'equal'; readonly bytes: number }
  /** HEADER, BODY, TEXT: known, and true of no part. */
  | { readonly kind: 'unknown' }

export function readMimeKey(args: SearchArguments, depth: number): MimeKey {
  if (depth > deepest) throw new Unreadable('Search is nested too deep')
  const arg = args.next()
  if (arg === undefined) throw new Unreadable('Missing MIMEPART key')
  if (arg.kind === 'list') {
    if (arg.items.length === 0) throw new Unreadable('No MIMEPART keys inside list')
    const inner = new SearchArguments(arg.items, depth + 1)
    const keys: MimeKey[] = []
    while (!inner.atEnd) keys.push(readMimeKey(inner, depth + 1))
    return { kind: 'and', keys }
  }
  if (arg.kind === 'string') throw new Unreadable(`Unexpected string as search key: ${arg.text}`)
  const word = arg.text.toUpperCase()
  const field = word.toLowerCase()
  if (isTextField(field)) return { kind: 'field', field, text: args.word(word) }
  if (isEnvelopeField(field)) return { kind: 'envelope', field, text: args.word(word) }
  switch (word) {
    case 'NOT':
      return { kind: 'not', key: readMimeKey(args, depth + 1) }
    case 'OR':
      return { kind: 'or', left: readMimeKey(args, depth + 1), right: readMimeKey(args, depth + 1) }
    case 'CHILD':
    case 'PARENT':
      return { kind: word === 'CHILD' ? 'child' : 'parent', key: relative(args, depth) }
    case 'PARAM':
      return { kind: 'parameter', of: 'type', name: args.word(word), text: args.word(word) }
    case 'DISPOSITION':
      return disposition(args)
    case 'SENTBEFORE':
    case 'SENTON':
    case 'SENTSINCE':
      return sent(args, word)
    case 'FILENAME':
      return filename(args)
    case 'DEPTH':
      return depthKey(args)
    case 'INDEX':
      return { kind: 'index', index: number(needed(args, 'INDEX value'), 'INDEX number') }
    case 'SIZE':
      return size(args)
    case 'HEADER':
      args.word(word)
      args.word(word)
      return { kind: 'unknown' }
    case 'BODY':
    case 'TEXT':
      args.word(word)
      return { kind: 'unknown' }
    default:
      throw new Unreadable(`Unknown MIMEPART key ${word}`)
  }
}

const textFields: ReadonlySet<string> = new Set<MimeTextField>([
  'type',
  'subtype',
  'encoding',
  'id',
  'md5',
  'location',
  'language',
  'description',
])
const isTextField = (word: string): word is MimeTextField => textFields.has(word)

const envelopeFields: ReadonlySet<string> = new Set<MimeEnvelopeField>([
  'from',
  'to',
  'cc',
  'bcc',
  'reply-to',
  'sender',
  'subject',
  'message-id',
  'in-reply-to',
])
const isEnvelopeField = (word: string): word is MimeEnvelopeField => envelopeFields.has(word)

function relative(args: SearchArguments, depth: number): MimeKey | null {
  const next = args.peek()
  if (next?.kind !== 'atom' || next.text.toUpperCase() !== 'EXISTS') return readMimeKey(args, depth + 1)
  args.next()
  return null
}

function disposition(args: SearchArguments): MimeKey {
  const type = needed(args, 'DISPOSITION key type').toUpperCase()
  if (type === 'TYPE')
    return { kind: 'field', field: 'disposition', text: needed(args, 'DISPOSITION TYPE value') }
  if (type !== 'PARAM') throw invalid('DISPOSITION key type')
  return { kind: 'parameter', of: 'disposition', name: args.word(type), text: args.word(type) }
}

function sent(args: SearchArguments, word: string): MimeKey {
  const day = readDate(args.word(word))
  if (day === null) throw new Unreadable('Invalid search date parameter')
  const when = word.endsWith('BEFORE') ? 'before' : word.endsWith('ON') ? 'on' : 'since'
  return { kind: 'sent', when, day }
}

function filename(args: SearchArguments): MimeKey {
  const how = needed(args, 'FILENAME match type').toLowerCase()
  if (how !== 'is' && how !== 'contains' && how !== 'begins' && how !== 'ends')
    throw invalid('FILENAME match type')
  return { kind: 'filename', how, text: needed(args, 'FILENAME string value') }
}

function depthKey(args: SearchArguments): MimeKey {
  const first = needed(args, 'DEPTH key')
  const bound = first.toUpperCase()
  const how = bound === 'MIN' ? 'least' : bound === 'MAX' ? 'most' : 'is'
  const value = how === 'is' ? first : needed(args, 'DEPTH value')
  return { kind: 'depth', how, depth: number(value, 'DEPTH level') }
}

function size(args: SearchArguments): MimeKey {
  const first = needed(args, 'SIZE key type')
  const bound = first.toLowerCase()
  const than = bound === 'larger' || bound === 'smaller' ? bound : 'equal'
  const value = than === 'equal' ? first : needed(args, 'SIZE value')
  return { kind: 'size', than, bytes: number(value, 'SIZE value') }
}

const invalid = (what: string): Unreadable => new Unreadable(`Invalid MIMEPART ${what}`)

function needed(args: SearchArguments, what: string): string {
  const word = args.optionalWord()
  if (word === null) throw invalid(what)
  return word
}

function number(text: string, what: string): number {
  if (!/^\d{1,15}$/.test(text)) throw invalid(what)
  return Number(text)
}
