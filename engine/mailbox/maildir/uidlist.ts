/**
 * `dovecot-uidlist`: which UID each file of a Maildir has. Version 3, as Dovecot writes it:
 * `3 V<uidvalidity> N<next uid> G<mailbox guid>`, then `<uid> [fields] :<base name>` in the order of UIDs.
 *
 * Dovecot 2.3, "Maildir", dovecot-uidlist.
 */
export type UidRecord = {
  readonly uid: number
  readonly base: string
  /** `W52`, `P<uidl>` …, as written. */
  fields: readonly string[]
}

export type Uidlist = {
  readonly uidValidity: number
  readonly uidNext: number
  readonly guid: string
  readonly records: readonly UidRecord[]
}

/** Null when the text is no uidlist of a version that we read. */
export function readUidlist(text: string): Uidlist | null {
  const lines = text.split('\n')
  const header = (lines[0] ?? '').split(' ')
  if (header[0] !== '3') return null
  const field = (letter: string) => header.find((word) => word.startsWith(letter))?.slice(1) ?? ''
  const uidValidity = Number(field('V'))
  if (!Number.isSafeInteger(uidValidity) || uidValidity <= 0) return null

  const records: UidRecord[] = []
  let last = 0
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const [digits, ...fields] = line.slice(0, colon).trim().split(' ')
    const uid = Number(digits)
    // A line whose UID does not grow is of a broken file; its message gets a new UID.
    if (!Number.isSafeInteger(uid) || uid <= last) continue
    const name = line.slice(colon + 1)
    const info = name.indexOf(':2,')
    records.push({ uid, base: info < 0 ? name : name.slice(0, info), fields })
    last = uid
  }
  const next = Number(field('N'))
  return {
    uidValidity,
    uidNext: Math.max(Number.isSafeInteger(next) ? next : 1, last + 1),
    guid: field('G'),
    records,
  }
}

export function writeUidlist(list: Uidlist): string {
  const head = `3 V${list.uidValidity} N${list.uidNext} G${list.guid}\n`
  return head + list.records.map(uidLine).join('')
}

export const uidLine = ({ uid, fields, base }: UidRecord): string =>
  `${uid} ${fields.length === 0 ? '' : `${fields.join(' ')} `}:${base}\n`

/** `dovecot-keywords`: `0 $Forwarded`; index 0 is the letter `a`. */
export function readKeywords(text: string): (string | undefined)[] {
  const keywords: (string | undefined)[] = []
  for (const line of text.split('\n')) {
    const found = /^(\d{1,4}) (\S+)$/.exec(line)
    if (found) keywords[Number(found[1])] = found[2]
  }
  return keywords
}

export const writeKeywords = (keywords: readonly (string | undefined)[]): string =>
  keywords.map((keyword, index) => (keyword === undefined ? '' : `${index} ${keyword}\n`)).join('')
