/**
 * The name of a message's file in a Maildir: `1795502361.M652810P29691.mail.example.com,S=43,W=48:2,FS`.
 * Seconds, something unique, the host, the sizes with LF and with CRLF; then flags, one letter each, in ASCII order.
 *
 * maildir(5); Dovecot 2.3, "Maildir".
 */
import type { Flag } from '../mail-store.ts'

const letters: Readonly<Record<string, Flag>> = {
  D: '\\Draft',
  F: '\\Flagged',
  R: '\\Answered',
  S: '\\Seen',
  T: '\\Deleted',
}
const letterOf = new Map(Object.entries(letters).map(([letter, flag]) => [flag, letter]))

export type FileName = { readonly base: string; readonly letters: string }

export function readFileName(name: string): FileName {
  const at = name.indexOf(':2,')
  return at < 0 ? { base: name, letters: '' } : { base: name.slice(0, at), letters: name.slice(at + 3) }
}

/** `W=` of the base name: bytes with CRLF line ends. */
export function sizeInName(base: string): number | null {
  const at = base.indexOf(',W=')
  const digits = at < 0 ? null : /^\d+/.exec(base.slice(at + 3))
  return digits === null ? null : Number(digits[0])
}

/** `W52` of the uidlist's line. */
export function sizeInFields(fields: readonly string[]): number | null {
  const field = fields.find((text) => /^W\d+$/.test(text))
  return field === undefined ? null : Number(field.slice(1))
}

/** Letters as flags. `keywords`: the folder's, `a` being the first; a letter that none has is no flag. */
export function flagsOfLetters(text: string, keywords: readonly (string | undefined)[]): Flag[] {
  const flags: Flag[] = []
  for (const letter of text) {
    const flag =
      letters[letter] ?? (letter >= 'a' && letter <= 'z' ? keywords[letter.charCodeAt(0) - 97] : undefined)
    if (flag !== undefined) flags.push(flag)
  }
  return flags
}

/** Flags as letters, in ASCII order; letters of the old name that mean nothing to us stay. */
export function lettersOf(
  flags: Iterable<Flag>,
  keywords: readonly (string | undefined)[],
  old: string,
): string {
  const found = new Set<string>()
  for (const flag of flags) {
    const letter = letterOf.get(flag)
    if (letter !== undefined) found.add(letter)
    else {
      const index = keywords.indexOf(flag)
      if (index >= 0 && index < 26) found.add(String.fromCharCode(97 + index))
    }
  }
  for (const letter of old) {
    const known =
      letter in letters ||
      (letter >= 'a' && letter <= 'z' && keywords[letter.charCodeAt(0) - 97] !== undefined)
    if (!known && letter !== ',') found.add(letter)
  }
  return [...found].sort().join('')
}

/** Files that have no UID yet get theirs in this order: by time, then microseconds, then name. */
export function compareBases(a: string, b: string): number {
  return timeOf(a) - timeOf(b) || microsecondsOf(a) - microsecondsOf(b) || (a < b ? -1 : a > b ? 1 : 0)
}

const timeOf = (base: string) => Number.parseInt(base, 10) || 0
const microsecondsOf = (base: string) => Number(/^\d+\.M(\d+)/.exec(base)?.[1] ?? 0)
