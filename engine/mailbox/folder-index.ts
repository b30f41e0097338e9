/**
 * What a folder's own files cannot hold: the modification sequence of each message, which messages are gone since when,
 * from which UID on they are recent. A text file beside the mail; when it is missing, counting begins anew.
 *
 * RFC 7162 (CONDSTORE, QRESYNC); \Recent: RFC 3501 §2.3.2.
 */
import type { Change } from '#platform/disk.ts'

type Known = { readonly modseq: number; readonly flags: string }

/** More expunged UIDs than these are forgotten: a client that was away so long asks for everything. */
const rememberedExpunges = 20_000

export class FolderIndex {
  readonly #path: string
  readonly #known = new Map<number, Known>()
  #vanished: { readonly uid: number; readonly modseq: number }[] = []
  #uidValidity = 0
  #highest = 1
  #firstRecent = 1
  #lines = 0
  #new: string[] = []
  #rewrite = true

  constructor(path: string) {
    this.#path = path
  }

  get highestModseq(): number {
    return this.#highest
  }

  /** Messages from this UID on were never shown to a session that may change the folder. */
  get firstRecent(): number {
    return this.#firstRecent
  }

  read(text: string): void {
    const lines = text.split('\n')
    const header = /^mailscope-index 1 (\d+)$/.exec(lines[0] ?? '')
    if (header === null) return
    this.#uidValidity = Number(header[1])
    this.#rewrite = false
    for (const line of lines.slice(1)) {
      const [kind, first, second, ...flags] = line.split(' ')
      const number = Number(first)
      const modseq = Number(second)
      if (!Number.isSafeInteger(number)) continue
      this.#lines++
      if (kind === 'R') this.#firstRecent = number
      else if (kind === 'H') this.#highest = Math.max(this.#highest, number)
      else if (!Number.isSafeInteger(modseq)) continue
      else if (kind === 'F') this.#known.set(number, { modseq, flags: flags.join(' ') })
      else if (kind === 'X') this.#forget(number, modseq)
      this.#highest = Math.max(this.#highest, kind === 'F' || kind === 'X' ? modseq : 0)
    }
  }

  /** Another UIDVALIDITY: nothing that was known holds. */
  begin(uidValidity: number): void {
    if (uidValidity === this.#uidValidity) return
    this.#known.clear()
    this.#vanished = []
    this.#uidValidity = uidValidity
    this.#highest = 1
    this.#firstRecent = 1
    this.#rewrite = true
  }

  /** Keywords of a message that its file name has no letters for. */
  flagsOf(uid: number): string | null {
    return this.#known.get(uid)?.flags ?? null
  }

  /** The message has these flags now; answers its modseq. `first`: the folder is seen for the first time. */
  observe(uid: number, flags: string, modseq: number): number {
    const known = this.#known.get(uid)
    if (known?.flags === flags) return known.modseq
    this.#known.set(uid, { modseq, flags })
    this.#highest = Math.max(this.#highest, modseq)
    this.#add(`F ${uid} ${modseq}${flags === '' ? '' : ` ${flags}`}`)
    return modseq
  }

  expunged(uid: number, modseq: number): void {
    this.#highest = Math.max(this.#highest, modseq)
    this.#forget(uid, modseq)
    this.#add(`X ${uid} ${modseq}`)
  }

  seenUpTo(uidNext: number): void {
    if (uidNext <= this.#firstRecent) return
    this.#firstRecent = uidNext
    this.#add(`R ${uidNext}`)
  }

  vanishedSince(modseq: number): readonly number[] {
    return this.#vanished.filter((gone) => gone.modseq > modseq).map((gone) => gone.uid)
  }

  /** What was to be written is not: all of it must be. */
  rewrite(): void {
    this.#rewrite = true
  }

  /** What must be written; nothing when all is. */
  changes(): readonly Change[] {
    if (this.#rewrite || this.#lines > 2 * this.#known.size + this.#vanished.length + 1000)
      return [this.#whole()]
    if (this.#new.length === 0) return []
    const bytes = this.#new.join('')
    this.#new = []
    return [{ kind: 'append', path: this.#path, bytes }]
  }

  #whole(): Change {
    const lines = [`mailscope-index 1 ${this.#uidValidity}`, `H ${this.#highest}`, `R ${this.#firstRecent}`]
    for (const { uid, modseq } of this.#vanished) lines.push(`X ${uid} ${modseq}`)
    for (const [uid, { modseq, flags }] of this.#known) {
      lines.push(`F ${uid} ${modseq}${flags === '' ? '' : ` ${flags}`}`)
    }
    this.#new = []
    this.#rewrite = false
    this.#lines = lines.length
    return { kind: 'write', path: this.#path, bytes: `${lines.join('\n')}\n`, mode: 0o600 }
  }

  #forget(uid: number, modseq: number): void {
    this.#known.delete(uid)
    this.#vanished.push({ uid, modseq })
    if (this.#vanished.length > 2 * rememberedExpunges)
      this.#vanished = this.#vanished.slice(-rememberedExpunges)
  }

  #add(line: string): void {
    this.#lines++
    this.#new.push(`${line}\n`)
  }
}
