/**
 * Header fields that somebody asked for, kept so that the next search need not open every file again. A message's
 * header never changes; what is not here is read from its file, so losing this costs time and nothing else.
 *
 * As dovecot.index.cache, which too keeps only the fields that clients of this folder want.
 */
import { readHeaderLines } from '#protocol/message/header-lines.ts'

/** Characters of all fields of one folder. */
const mostKept = 32_000_000

export class HeaderCache {
  /** By the field's name in capitals, then by message: its lines, or nothing when the message has none. */
  readonly #fields = new Map<string, Map<string, string>>()
  #kept = 0

  /** The lines of these fields, in the order of `names`; null when one is not known. */
  get(message: string, names: readonly string[]): string | null {
    let lines = ''
    for (const name of names) {
      const known = this.#fields.get(name)?.get(message)
      if (known === undefined) return null
      lines += known
    }
    return lines
  }

  /** Takes the fields out of a header. */
  learn(message: string, names: readonly string[], header: string): void {
    const found = fieldsOf(header, names)
    for (const [name, lines] of found) {
      const field = this.#field(name)
      if (field.has(message)) continue
      while (this.#kept + lines.length > mostKept) if (!this.#makeRoom(names)) return
      field.set(message, ownCopy(lines))
      this.#kept += lines.length
    }
  }

  forget(message: string): void {
    for (const field of this.#fields.values()) {
      this.#kept -= field.get(message)?.length ?? 0
      field.delete(message)
    }
  }

  #field(name: string): Map<string, string> {
    const known = this.#fields.get(name) ?? new Map<string, string>()
    // The last is the one that was asked for last.
    this.#fields.delete(name)
    this.#fields.set(name, known)
    return known
  }

  /** The field that was not asked for the longest goes. */
  #makeRoom(wanted: readonly string[]): boolean {
    for (const [name, lines] of this.#fields) {
      if (wanted.includes(name)) continue
      for (const text of lines.values()) this.#kept -= text.length
      this.#fields.delete(name)
      return true
    }
    return false
  }
}

/** A part of a string keeps the whole alive. */
const ownCopy = (text: string) => Buffer.from(text, 'latin1').toString('latin1')

/** The lines of each of these fields. `names` are in capitals; the header has CRLF line ends. */
export function fieldsOf(header: string, names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map(names.map((name) => [name, '']))
  for (const { name: written, raw } of readHeaderLines(header)) {
    const name = written.toUpperCase()
    const before = found.get(name)
    if (before !== undefined) found.set(name, before + raw)
  }
  return found
}
