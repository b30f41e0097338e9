/**
 * What a Maildir's folder remembers beside its messages: UIDs in `dovecot-uidlist`, keywords in `dovecot-keywords`, and
 * our own index. Read when somebody else changed them, written by adding lines where that is enough.
 */
import type { Machine } from '#engine/machine.ts'
import type { Change } from '#platform/disk.ts'
import { withDotlock } from '../dotlock.ts'
import { asMailboxError, isMissing } from '../disk-errors.ts'
import { FolderIndex } from '../folder-index.ts'
import { MailboxError, type Flag } from '../mail-store.ts'
import { readKeywords, readUidlist, uidLine, writeKeywords, writeUidlist, type UidRecord } from './uidlist.ts'

/** The memory of a hostile folder is bounded. */
const mostKeywords = 1000

export class MaildirRecords {
  uidValidity = 0
  uidNext = 1
  guid = ''
  /** `a` is the first; a gap is a line that the file did not have. */
  keywords: readonly (string | undefined)[] = []
  index: FolderIndex
  /** UIDs of the uidlist whose files have not been looked for yet, by base name. */
  readonly promised = new Map<string, { readonly uid: number; readonly fields: readonly string[] }>()
  readonly #machine: Machine
  readonly #path: string
  readonly #newUidValidity: () => Promise<number>
  #loaded = false
  #stamp = ''
  #newLines: UidRecord[] = []
  /** Lines of the uidlist whose messages are gone. */
  #dead = 0
  #rewriteUidlist = false
  #rewriteKeywords = false

  constructor(machine: Machine, path: string, newUidValidity: () => Promise<number>) {
    this.#machine = machine
    this.#path = path
    this.#newUidValidity = newUidValidity
    this.index = new FolderIndex(`${path}/mailscope.index`)
  }

  /** Reads the files if they are new, or somebody else wrote them: 'first' time, 'again', or 'kept'. */
  async load(): Promise<'first' | 'again' | 'kept'> {
    const first = !this.#loaded
    // Taken before the files are read: what somebody adds meanwhile is another stamp, and read the next time.
    const stamp = await this.#filesStamp()
    if (!first && stamp === this.#stamp) return 'kept'
    const list = readUidlist((await this.#text('dovecot-uidlist')) ?? '')
    this.keywords = readKeywords((await this.#text('dovecot-keywords')) ?? '')
    this.index = new FolderIndex(`${this.#path}/mailscope.index`)
    this.index.read((await this.#text('mailscope.index')) ?? '')
    this.uidValidity = list?.uidValidity ?? (await this.#newUidValidity())
    this.guid = list?.guid ?? ''
    if (this.guid === '') this.guid = Buffer.from(this.#machine.random.bytes(16)).toString('hex')
    this.index.begin(this.uidValidity)
    this.uidNext = list?.uidNext ?? 1
    this.promised.clear()
    for (const { base, uid, fields } of list?.records ?? []) this.promised.set(base, { uid, fields })
    this.#newLines = []
    this.#dead = 0
    this.#rewriteUidlist = list === null
    this.#stamp = stamp
    this.#loaded = true
    return first ? 'first' : 'again'
  }

  /**
   * UIDs are given and their list is written by one program at a time, whichever it is. A full disk must not keep anybody
   * from deleting.
   */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withDotlock(this.#machine, `${this.#path}/dovecot-uidlist`, work, 'go on')
    } catch (error) {
      throw asMailboxError(error)
    }
  }

  get nextModseq(): number {
    return this.index.highestModseq + 1
  }

  /** A file without a line gets one. */
  added(record: UidRecord): void {
    this.#newLines.push(record)
  }

  expunged(uid: number, modseq: number): void {
    this.index.expunged(uid, modseq)
    this.#dead++
  }

  /** A line of the uidlist has changed. */
  changed(): void {
    this.#rewriteUidlist = true
  }

  knows(flags: readonly Flag[]): boolean {
    return flags.every((flag) => flag.startsWith('\\') || this.keywords.includes(flag))
  }

  /** Keywords that are new to the folder get a place in its list. */
  learn(flags: readonly Flag[]): readonly (string | undefined)[] {
    for (const flag of flags) {
      if (flag.startsWith('\\') || this.keywords.includes(flag)) continue
      if (this.keywords.length >= mostKeywords) throw new MailboxError('LIMIT', 'Too many keywords')
      this.keywords = [...this.keywords, flag]
      this.#rewriteKeywords = true
    }
    return this.keywords
  }

  /** Writes the index, which is ours alone. */
  async writeIndex(): Promise<void> {
    await this.#apply(this.index.changes())
  }

  /**
   * Writes what is new; nobody else may write meanwhile. `known`: the records of all messages, in the order of UIDs.
   */
  async write(count: number, known: () => readonly UidRecord[]): Promise<void> {
    const shared = [...this.#keywordChanges(), ...this.#uidlistChanges(count, known)]
    await this.#apply([...shared, ...this.index.changes()])
    if (shared.length > 0) this.#stamp = await this.#filesStamp()
  }

  async #apply(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return
    try {
      await this.#machine.disk.apply(changes)
    } catch (error) {
      // Nothing of it is forgotten: it is written the next time, with all the rest.
      this.#rewriteUidlist = true
      this.#rewriteKeywords = this.keywords.length > 0
      this.index.rewrite()
      throw asMailboxError(error)
    }
  }

  #keywordChanges(): readonly Change[] {
    if (!this.#rewriteKeywords) return []
    this.#rewriteKeywords = false
    const bytes = latin1(writeKeywords(this.keywords))
    return [{ kind: 'write', path: `${this.#path}/dovecot-keywords`, bytes, mode: 0o600 }]
  }

  #uidlistChanges(count: number, known: () => readonly UidRecord[]): readonly Change[] {
    const path = `${this.#path}/dovecot-uidlist`
    const lines = this.#newLines
    this.#newLines = []
    if (!this.#rewriteUidlist && this.#dead * 4 <= count + this.promised.size) {
      if (lines.length === 0) return []
      return [{ kind: 'append', path, bytes: latin1(lines.map(uidLine).join('')) }]
    }
    this.#rewriteUidlist = false
    this.#dead = 0
    const promised = [...this.promised].map(([base, record]) => ({ base, ...record }))
    const records = [...promised, ...known()].sort((a, b) => a.uid - b.uid)
    const { uidValidity, uidNext, guid } = this
    return [
      {
        kind: 'write',
        path,
        bytes: latin1(writeUidlist({ uidValidity, uidNext, guid, records })),
        mode: 0o600,
      },
    ]
  }

  /** Other while anybody has written one of the files that other programs write too. */
  async #filesStamp(): Promise<string> {
    const stamps: string[] = []
    for (const name of ['dovecot-uidlist', 'dovecot-keywords']) {
      const stat = await this.#machine.disk.stat(`${this.#path}/${name}`)
      stamps.push(stat === null ? 'none' : `${stat.modified}/${stat.size}/${stat.inode}`)
    }
    return stamps.join(' ')
  }

  async #text(file: string): Promise<string | null> {
    try {
      return Buffer.from(await this.#machine.disk.read(`${this.#path}/${file}`)).toString('latin1')
    } catch (error) {
      if (isMissing(error)) return null
      throw asMailboxError(error)
    }
  }
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')
