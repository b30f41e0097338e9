/**
 * The fields that a mbox keeps its own records in: UIDs, flags and keywords live in the header of each message. Blanks
 * at the end of one of them leave room, so that most changes need not move the rest of the file.
 *
 * Dovecot 2.3, "Mbox", headers.
 */
import type { Flag } from '../mail-store.ts'

export type MboxRecord = {
  /** Null: none yet. */
  readonly uid: number | null
  readonly flags: readonly Flag[]
  /** Somebody has been told of the message: `O` in Status. */
  readonly old: boolean
}

/** X-IMAPbase of the first message, X-IMAP of one that holds nothing but it. */
export type MboxBase = {
  readonly uidValidity: number
  readonly lastUid: number
  readonly keywords: readonly string[]
}

/** Never shown to a client, never taken from one. */
export const isOwnField = (field: string): boolean =>
  /^(?:status|x-status|x-keywords|x-uid|x-imapbase|x-imap|content-length):/i.test(field)

const valueOf = (header: readonly string[], name: string): string | null => {
  const field = header.find((text) => text.toLowerCase().startsWith(`${name}:`))
  return field === undefined ? null : field.slice(name.length + 1).trim()
}

/** `A` answered, `F` flagged, `T` draft, `D` deleted: in this order. */
const xStatus: readonly (readonly [letter: string, flag: Flag])[] = [
  ['A', '\\Answered'],
  ['F', '\\Flagged'],
  ['T', '\\Draft'],
  ['D', '\\Deleted'],
]

export function readRecord(header: readonly string[], keywords: readonly string[]): MboxRecord {
  const status = valueOf(header, 'status') ?? ''
  const more = valueOf(header, 'x-status') ?? ''
  const words = (valueOf(header, 'x-keywords') ?? '').split(/\s+/).filter((word) => keywords.includes(word))
  const uid = Number(valueOf(header, 'x-uid'))
  const flags = xStatus.flatMap(([letter, flag]) => (more.includes(letter) ? [flag] : []))
  if (status.includes('R')) flags.push('\\Seen')
  return {
    uid: Number.isSafeInteger(uid) && uid > 0 ? uid : null,
    flags: [...flags, ...new Set(words)],
    old: status.includes('O'),
  }
}

export function readBase(header: readonly string[]): MboxBase | null {
  const text = valueOf(header, 'x-imapbase') ?? valueOf(header, 'x-imap')
  const found = text === null ? null : /^(\d+) (\d+)(.*)$/s.exec(text)
  if (found === null) return null
  const keywords = (found[3] ?? '').split(/\s+/).filter((word) => word !== '')
  return { uidValidity: Number(found[1]), lastUid: Number(found[2]), keywords }
}

export const isPseudo = (header: readonly string[]): boolean => valueOf(header, 'x-imap') !== null

export const writeBase = ({ uidValidity, lastUid, keywords }: MboxBase): string =>
  [uidValidity, String(lastUid).padStart(10, '0'), ...keywords].join(' ')

const xStatusOf = (flags: readonly Flag[]): string =>
  xStatus.map(([letter, flag]) => (flags.includes(flag) ? letter : '')).join('')

/** Bodies from this size on have their length told. */
const worthItsLength = 1024

const keywordsOf = (flags: readonly Flag[]): readonly string[] =>
  flags.filter((flag) => !flag.startsWith('\\'))

/**
 * The header with its records brought up to date, without any room; fields that are missing come at the end.
 * `base`: for the first message. `known`: the keywords that the mbox has; a field with others was none of its own.
 */
export function updatedHeader(
  header: readonly string[],
  record: { readonly uid: number; readonly flags: readonly Flag[]; readonly old: boolean },
  base: MboxBase | null,
  known: readonly string[],
  bodySize = 0,
): string[] {
  const { uid, flags, old } = record
  const status = `${flags.includes('\\Seen') ? 'R' : ''}${old ? 'O' : ''}`
  const wanted: readonly (readonly [name: string, value: string | null])[] = [
    ['X-IMAPbase', base === null ? null : writeBase(base)],
    ['X-UID', String(uid)],
    ['Status', status],
    ['X-Status', xStatusOf(flags)],
    ['X-Keywords', keywordsOf(flags).join(' ')],
  ]
  const foreign = (valueOf(header, 'x-keywords') ?? '')
    .split(/\s+/)
    .some((word) => word !== '' && !known.includes(word))
  const fields = header
    .filter((field) => !(foreign && /^x-keywords:/i.test(field)))
    .map((field) => (field.endsWith('\n') ? field : `${field}\n`))
  for (const [name, value] of wanted) {
    const at = fields.findIndex((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    const line = `${name}: ${value ?? ''}\n`
    if (at >= 0 && value === null) fields.splice(at, 1)
    else if (at >= 0) fields[at] = line
    else if (value === null || value === '') continue
    // The field with the room stays last of the two.
    else if (name === 'X-IMAPbase') fields.splice(beforeUid(fields), 0, line)
    else fields.push(line)
  }
  // Whoever reads the file next need not look for the end of a long body.
  const told = fields.some((field) => /^content-length:/i.test(field))
  if (!told && bodySize >= worthItsLength) fields.push(`Content-Length: ${bodySize}\n`)
  return fields
}

function beforeUid(fields: readonly string[]): number {
  const at = fields.findIndex((field) => /^x-uid:/i.test(field))
  return at < 0 ? fields.length : at
}

const roomFields = ['x-keywords', 'x-uid', 'x-imapbase'] as const
export type RoomField = (typeof roomFields)[number]

const isField = (name: RoomField) => (field: string) => field.toLowerCase().startsWith(`${name}:`)

/** Where the header has its room: the field with the most blanks at its end, if any has. */
export function roomField(header: readonly string[]): RoomField | null {
  let found: RoomField | null = null
  let most = 0
  for (const name of roomFields) {
    const field = header.find(isField(name))
    const blanks = / *(?=\n?$)/.exec(field?.slice(name.length + 2) ?? '')?.[0].length ?? 0
    if (blanks <= most) continue
    most = blanks
    found = name
  }
  return found
}

/** Room goes where there was some before, else to the end of X-Keywords, else of X-UID. */
export function withRoom(fields: readonly string[], blanks: number, where: RoomField | null): string {
  const places = [where, 'x-keywords', 'x-uid'] as const
  const at = places
    .map((name) => (name === null ? -1 : fields.findIndex(isField(name))))
    .find((index) => index >= 0)
  return fields
    .map((field, i) => (i === at ? `${field.slice(0, -1)}${' '.repeat(blanks)}\n` : field))
    .join('')
}
