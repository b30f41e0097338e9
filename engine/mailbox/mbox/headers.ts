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
 * `base`: for the first message.
 */
export function updatedHeader(
  header: readonly string[],
  record: { readonly uid: number; readonly flags: readonly Flag[]; readonly old: boolean },
  base: MboxBase | null,
  bodySize = 0,
): string[] {
  const { uid, flags, old } = record
  const status = `${flags.includes('\\Seen') ? 'R' : ''}${old ? 'O' : ''}`
  const words = keywordsOf(flags).join(' ')
  const wanted: readonly (readonly [name: string, value: string | null])[] = [
    ['X-IMAPbase', base === null ? null : writeBase(base)],
    ['X-UID', String(uid)],
    ['Status', status],
    ['X-Status', xStatusOf(flags)],
    ['X-Keywords', words],
  ]
  const fields = header.map((field) => (field.endsWith('\n') ? field : `${field}\n`))
  for (const [name, value] of wanted) {
    const at = fields.findIndex((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    const there = at >= 0
    if (name === 'X-Keywords' && there) fields[at] = value === '' ? 'X-Keywords:\n' : `X-Keywords: ${value}\n`
    else if (name === 'Status' && there) fields[at] = `Status: ${value}\n`
    else if (value === null || value === '') {
      if (there) fields.splice(at, 1)
    } else if (there) fields[at] = `${name}: ${value}\n`
    // The field with the room stays last of the two.
    else if (name === 'X-IMAPbase') fields.splice(beforeUid(fields), 0, `${name}: ${value}\n`)
    else fields.push(`${name}: ${value}\n`)
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

/** Room goes to the end of X-Keywords, else of X-UID. */
export function withRoom(fields: readonly string[], blanks: number): string {
  const keywords = fields.findIndex((field) => /^x-keywords:/i.test(field))
  const at = keywords >= 0 ? keywords : fields.findIndex((field) => /^x-uid:/i.test(field))
  return fields
    .map((field, i) => (i === at ? `${field.slice(0, -1)}${' '.repeat(blanks)}\n` : field))
    .join('')
}
