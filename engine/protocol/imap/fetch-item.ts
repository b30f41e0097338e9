/**
 * What FETCH can be asked for: the data items of a message.
 *
 * RFC 3501 §6.4.5; BINARY: RFC 3516; MODSEQ: RFC 7162; PREVIEW: RFC 8970; SAVEDATE: RFC 8514.
 */
import { atom, list, type Argument } from './tokens.ts'
import { named } from '#protocol/named.ts'

export type PlainItem =
  | 'FLAGS'
  | 'UID'
  | 'INTERNALDATE'
  | 'RFC822.SIZE'
  | 'ENVELOPE'
  | 'BODY'
  | 'BODYSTRUCTURE'
  | 'MODSEQ'
  | 'SAVEDATE'
  | 'X-SAVEDATE'
  | 'X-GUID'
  | 'X-MAILBOX'
  | 'X-REAL-UID'

export type Section = {
  /** `1.2` as [1, 2]; empty for the message itself. */
  readonly path: readonly number[]
  readonly what: 'all' | 'header' | 'text' | 'mime' | 'fields' | 'fields-not'
  /** In upper case; for `fields` and `fields-not`. */
  readonly names: readonly string[]
}

export type SectionItem = {
  readonly kind: 'section'
  /** As it is answered: `BODY[HEADER.FIELDS (SUBJECT)]`. */
  readonly label: string
  readonly section: Section
  readonly partial: { readonly start: number; readonly count: number } | null
  /** `peek` leaves \Seen alone. */
  readonly reading: 'peek' | 'read'
  readonly form: 'text' | 'binary' | 'binary-size'
}

/** The first words of a message; `lazy`: only when the server has them at hand. */
export type PreviewItem = {
  readonly kind: 'preview'
  readonly name: 'PREVIEW' | 'SNIPPET'
  readonly when: 'now' | 'lazy'
  /** `fuzzy`: the answer names its algorithm. */
  readonly form: 'plain' | 'fuzzy'
}

export type FetchItem = { readonly kind: 'plain'; readonly name: PlainItem } | PreviewItem | SectionItem

export const labelOf = (item: FetchItem): string => (item.kind === 'section' ? item.label : item.name)

export type FetchItems =
  | { readonly ok: true; readonly items: readonly FetchItem[] }
  | { readonly ok: false; readonly message: string }

const macros: Readonly<Record<string, readonly PlainItem[]>> = named({
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
})
const plainItems: ReadonlySet<string> = new Set<PlainItem>([
  'FLAGS',
  'UID',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'BODY',
  'BODYSTRUCTURE',
  'MODSEQ',
  'SAVEDATE',
  'X-SAVEDATE',
  'X-GUID',
  'X-MAILBOX',
  'X-REAL-UID',
])
const isPlain = (name: string): name is PlainItem => plainItems.has(name)

const whole = (what: Section['what']): Section => ({ path: [], what, names: [] })
const old: Readonly<Record<string, Omit<SectionItem, 'label'>>> = named({
  RFC822: { kind: 'section', section: whole('all'), partial: null, reading: 'read', form: 'text' },
  'RFC822.HEADER': {
    kind: 'section',
    section: whole('header'),
    partial: null,
    reading: 'peek',
    form: 'text',
  },
  'RFC822.TEXT': { kind: 'section', section: whole('text'), partial: null, reading: 'read', form: 'text' },
})

/** One argument or a list of them, as in `FETCH 1 …`. */
export function readFetchItems(arg: Argument | undefined, more: readonly Argument[] = []): FetchItems {
  const items = list(arg)
  if (items === null) {
    const name = atom(arg)
    const macro = macros[name?.toUpperCase() ?? '']
    if (macro) return { ok: true, items: macro.map((item) => ({ kind: 'plain', name: item })) }
    return arg === undefined ? { ok: false, message: 'Invalid arguments' } : readAll([arg, ...more], 'one')
  }
  return items.length === 0 ? { ok: false, message: 'FETCH list is empty' } : readAll(items, 'many')
}

function readAll(args: readonly Argument[], how: 'one' | 'many'): FetchItems {
  const items: FetchItem[] = []
  const seen = new Set<string>()
  let at = 0
  while (at < args.length) {
    const name = atom(args[at])
    if (name === null)
      return { ok: false, message: how === 'one' ? 'Invalid arguments' : 'FETCH list contains non-atoms' }
    const read = readItem(name, args, at)
    if (!read.ok) return read
    at = read.next
    const label = labelOf(read.item)
    if (read.item.kind === 'section' || !seen.has(label)) items.push(read.item)
    seen.add(label)
    if (how === 'one' && at < args.length) return { ok: false, message: 'Invalid arguments' }
  }
  return { ok: true, items }
}

type ItemRead =
  | { readonly ok: true; readonly item: FetchItem; readonly next: number }
  | { readonly ok: false; readonly message: string }

/** What follows the item's name may be part of it: a list of field names, `]<0.10>`, `(LAZY)`. */
function readItem(written: string, args: readonly Argument[], at: number): ItemRead {
  const name = written.toUpperCase()
  if (name.includes('[')) return readSectionItem(written, args, at)
  const before = old[name]
  if (before) return { ok: true, item: { ...before, label: name }, next: at + 1 }
  if (name === 'PREVIEW' || name === 'SNIPPET') return readPreview(name, args, at)
  if (!isPlain(name)) return { ok: false, message: unknownItem(name) }
  return { ok: true, item: { kind: 'plain', name }, next: at + 1 }
}

/** `PREVIEW (LAZY)`, `PREVIEW (LAZY=FUZZY)`, `SNIPPET (FUZZY)`. */
function readPreview(name: PreviewItem['name'], args: readonly Argument[], at: number): ItemRead {
  const modifiers = list(args[at + 1])
  let when: PreviewItem['when'] = 'now'
  let form: PreviewItem['form'] = name === 'SNIPPET' ? 'fuzzy' : 'plain'
  for (const modifier of modifiers ?? []) {
    const word = atom(modifier)?.toUpperCase()
    if (word !== 'LAZY' && word !== 'LAZY=FUZZY' && word !== 'FUZZY')
      return { ok: false, message: `'${word ?? ''}' is not a supported ${name} modifier` }
    if (word !== 'FUZZY') when = 'lazy'
    if (word !== 'LAZY') form = 'fuzzy'
  }
  return { ok: true, item: { kind: 'preview', name, when, form }, next: at + (modifiers === null ? 1 : 2) }
}

/** Dovecot knows the family by its first word, then looks closer. */
function unknownItem(name: string): string {
  const family = /^[A-Z0-9]*/.exec(name)?.[0] ?? ''
  if (family === 'BODY' || family === 'BINARY') return `Invalid ${family}[..] parameter: Missing '['`
  return family === 'RFC822' ? `Unknown parameter ${name}` : `Unknown parameter: ${name}`
}

function readSectionItem(written: string, args: readonly Argument[], at: number): ItemRead {
  const open = written.indexOf('[')
  const command = written.slice(0, open).toUpperCase()
  const known = sectionForms[command]
  if (known === undefined) return { ok: false, message: unknownItem(written.toUpperCase()) }
  const word = command.startsWith('BINARY') ? 'BINARY' : 'BODY'
  const broken = (why: string) => ({ ok: false, message: `Invalid ${word}[..] ${why}` }) as const

  let inside = written.slice(open + 1)
  let rest: string
  let names: readonly Argument[] = []
  let next = at + 1
  const close = inside.indexOf(']')
  if (close < 0) {
    const items = list(args[next])
    if (items === null || !atom(args[next + 1])?.startsWith(']')) return broken("parameter: Missing ']'")
    names = items
    rest = (atom(args[next + 1]) ?? '').slice(1)
    next += 2
  } else {
    rest = inside.slice(close + 1)
    inside = inside.slice(0, close)
  }
  const section = readSection(inside.toUpperCase(), names)
  if (section === null) return broken('section')
  const partial = readPartial(rest)
  if (typeof partial === 'string') return broken(`parameter: ${partial}`)
  const fields = close < 0 ? ` (${names.map(writeName).join(' ')})` : ''
  const start = partial === null || known.form === 'binary-size' ? '' : `<${partial.start}>`
  const label = `${known.label}[${inside.toUpperCase()}${fields}]${start}`
  return {
    ok: true,
    item: {
      kind: 'section',
      label,
      section,
      partial,
      ...known.how,
      // Only whole parts have encodings.
      form: known.form === 'binary' && section.what !== 'all' ? 'text' : known.form,
    },
    next,
  }
}

const sectionForms: Readonly<
  Record<
    string,
    {
      readonly label: string
      readonly how: { readonly reading: SectionItem['reading'] }
      readonly form: SectionItem['form']
    }
  >
> = {
  BODY: { label: 'BODY', how: { reading: 'read' }, form: 'text' },
  'BODY.PEEK': { label: 'BODY', how: { reading: 'peek' }, form: 'text' },
  BINARY: { label: 'BINARY', how: { reading: 'read' }, form: 'binary' },
  'BINARY.PEEK': { label: 'BINARY', how: { reading: 'peek' }, form: 'binary' },
  'BINARY.SIZE': { label: 'BINARY.SIZE', how: { reading: 'peek' }, form: 'binary-size' },
}

const writeName = (arg: Argument): string =>
  arg.kind === 'atom' ? arg.text.toUpperCase() : arg.kind === 'string' ? `"${arg.text.toUpperCase()}"` : '()'

/** More parts than these one within another are asked for by nobody. */
const deepestPath = 100

export function readSection(text: string, names: readonly Argument[]): Section | null {
  const match = /^((?:\d{1,9}(?:\.|$))*)(.*)$/s.exec(text)
  const [, numbers = '', word = ''] = match ?? []
  const path = numbers
    .split('.')
    .filter((part) => part !== '')
    .map(Number)
  if (path.length > deepestPath) return null
  if (word !== '' && numbers !== '' && !numbers.endsWith('.')) return null
  if (word === '' && numbers.endsWith('.')) return null
  if (word !== 'HEADER.FIELDS' && word !== 'HEADER.FIELDS.NOT' && names.length > 0) return null
  switch (word) {
    case '':
      return { path, what: 'all', names: [] }
    case 'HEADER':
      return { path, what: 'header', names: [] }
    case 'TEXT':
      return { path, what: 'text', names: [] }
    case 'MIME':
      return path.length === 0 ? null : { path, what: 'mime', names: [] }
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT': {
      const fields = names.flatMap((name) => (name.kind === 'list' ? [] : [name.text.toUpperCase()]))
      if (fields.length === 0 || fields.length !== names.length) return null
      return { path, what: word === 'HEADER.FIELDS' ? 'fields' : 'fields-not', names: fields }
    }
    default:
      return null
  }
}

/** `<start.count>`; a start alone is all from there. */
function readPartial(text: string): SectionItem['partial'] | string {
  if (text === '') return null
  if (!text.startsWith('<')) return "Unexpected data after ']'"
  const [, start = '', dot, count = '', rest = ''] = /^<(\d*)(?:(\.)(\d*))?(.*)$/s.exec(text) ?? []
  if (start === '' || start.length > mostDigits) return 'Too big partial start'
  if (dot !== undefined && (count === '' || count.length > mostDigits)) return 'Too big partial end'
  if (!rest.startsWith('>')) return "Missing '>' in partial"
  if (rest !== '>') return "Unexpected data after '>'"
  return { start: Number(start), count: dot === undefined ? Infinity : Number(count) }
}

const mostDigits = 15
