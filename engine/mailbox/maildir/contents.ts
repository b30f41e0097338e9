/**
 * The messages of a Maildir's folder, by UID and by file. Compares what was known with what lies there: a file without a
 * UID is new, a UID without a file is expunged, another name of the same base is a change of flags.
 */
import { findUid, sameFlags } from '../folder-core.ts'
import type { Flag } from '../mail-store.ts'
import { Entry, type DetailsHolder } from '../message-entry.ts'
import { compareBases, flagsOfLetters, lettersOf, sizeInFields, sizeInName } from './file-name.ts'
import type { MaildirRecords } from './records.ts'
import type { UidRecord } from './uidlist.ts'

export type Where = { readonly folder: 'new' | 'cur'; readonly letters: string }

export type StoredFile = {
  readonly uid: number
  readonly base: string
  fields: readonly string[]
  folder: 'new' | 'cur'
  letters: string
  readonly holder: DetailsHolder
  entry: Entry
}

/** A file whose flags are to be others. */
export type Reflagged = {
  readonly file: StoredFile
  readonly flags: ReadonlySet<Flag>
  readonly letters: string
}

/** A message that lies in another folder, to be taken over under a base name. */
export type Adoption = {
  readonly from: string
  readonly base: string
  readonly flags: readonly Flag[]
  readonly fields: readonly string[]
}

/** Keywords after these have no letter: the index knows who has them. */
const lettersForKeywords = 26
const mostSets = 1000

export class MaildirContents {
  #entries: Entry[] = []
  /** Somebody holds the list: it must not change under his eyes. */
  #isShown = false
  readonly #records: MaildirRecords
  readonly #byBase = new Map<string, StoredFile>()
  /** Most messages have the same few flags: they share one set. */
  readonly #sets = new Map<string, ReadonlySet<Flag>>()

  readonly #gone: (file: StoredFile) => void

  /** `gone`: told of each message that is no more. */
  constructor(records: MaildirRecords, gone: (file: StoredFile) => void) {
    this.#records = records
    this.#gone = gone
  }

  /** In the order of UIDs; another list after every change. */
  get entries(): readonly Entry[] {
    this.#isShown = true
    return this.#entries
  }

  get count(): number {
    return this.#entries.length
  }

  has(base: string): boolean {
    return this.#byBase.has(base)
  }

  byBase(base: string): StoredFile | undefined {
    return this.#byBase.get(base)
  }

  byUid(uid: number): StoredFile | undefined {
    const entry = this.#entries[findUid(this.#entries, uid)]
    return entry === undefined ? undefined : this.#byBase.get(entry.guid)
  }

  /** For the uidlist, in the order of UIDs. */
  uidRecords(): readonly UidRecord[] {
    return this.#entries.flatMap((entry) => this.#byBase.get(entry.guid) ?? [])
  }

  /** All is to be found out again. */
  forgetAll(): void {
    this.#byBase.clear()
  }

  /** A file that was just put in its place gets the next UID. */
  register(
    file: Where & {
      readonly base: string
      readonly fields: readonly string[]
      readonly flags: readonly Flag[]
    },
  ) {
    const { promised, nextModseq } = this.#records
    const promise = promised.get(file.base)
    if (promise !== undefined) {
      // Another server saw it first, and has given it a UID.
      promised.delete(file.base)
      const met = this.#add(promise.uid, { ...file, fields: promise.fields }, file.flags, nextModseq)
      this.#sort()
      return met
    }
    const stored = this.#add(this.#records.uidNext++, file, file.flags, nextModseq)
    // A delivery costs the same however many lie there: the list is copied only for those who look at it.
    if (this.#isShown) this.#relist([...this.#entries])
    this.#entries.push(stored.entry)
    this.#records.added(stored)
    return stored
  }

  /** Whose flags would be others by `after`, and which letters their names would have then. */
  reflagged(
    uids: readonly number[],
    after: (before: ReadonlySet<Flag>) => ReadonlySet<Flag>,
  ): readonly Reflagged[] {
    return uids.flatMap((uid) => {
      const file = this.byUid(uid)
      if (file === undefined) return []
      const flags = after(file.entry.flags)
      if (sameFlags(flags, file.entry.flags)) return []
      return [{ file, flags, letters: lettersOf(flags, this.#records.keywords, file.letters) }]
    })
  }

  /** The files have been renamed: to `cur/`, with their letters. */
  reflag(changes: readonly Reflagged[]): void {
    const modseq = this.#records.nextModseq
    for (const { file, flags, letters } of changes) {
      file.letters = letters
      file.folder = 'cur'
      this.#reflag(file, flags, modseq)
    }
    const changed = new Set(changes.map(({ file }) => file.uid))
    this.#relist(
      this.#entries.map((entry) =>
        changed.has(entry.uid) ? (this.#byBase.get(entry.guid)?.entry ?? entry) : entry,
      ),
    )
  }

  #reflag(file: StoredFile, flags: Iterable<Flag>, modseq: number): void {
    const { uid, base, holder } = file
    file.entry = this.#entry(uid, base, flags, modseq, holder)
  }

  remove(files: readonly StoredFile[]): void {
    const modseq = this.#records.nextModseq
    const gone = new Set(files.map(({ uid }) => uid))
    for (const file of files) {
      this.#byBase.delete(file.base)
      this.#records.expunged(file.uid, modseq)
      this.#gone(file)
    }
    this.#relist(this.#entries.filter((entry) => !gone.has(entry.uid)))
  }

  /** Whether a message is not among the files found. */
  misses(found: ReadonlyMap<string, Where>, pending: ReadonlySet<string>): boolean {
    for (const base of this.#byBase.keys()) if (!found.has(base)) return true
    for (const base of this.#records.promised.keys()) if (!found.has(base) && !pending.has(base)) return true
    return false
  }

  /** `pending`: files that are being put in their places. */
  compare(found: ReadonlyMap<string, Where>, pending: ReadonlySet<string>): void {
    const modseq = this.#records.nextModseq
    const { gone, changed } = this.#known(found, modseq)
    const added = this.#unknown(found, modseq, pending)
    if (gone.length > 0) this.remove(gone)
    if (added === 0 && !changed && gone.length === 0) return
    this.#sort()
  }

  #sort(): void {
    this.#relist([...this.#byBase.values()].sort((a, b) => a.uid - b.uid).map((file) => file.entry))
  }

  #relist(entries: Entry[]): void {
    this.#entries = entries
    this.#isShown = false
  }

  #known(found: ReadonlyMap<string, Where>, modseq: number): { gone: StoredFile[]; changed: boolean } {
    const { keywords } = this.#records
    const gone: StoredFile[] = []
    let changed = false
    for (const [base, file] of this.#byBase) {
      const now = found.get(base)
      if (now === undefined) {
        gone.push(file)
        continue
      }
      file.folder = now.folder
      if (now.letters === file.letters) continue
      file.letters = now.letters
      this.#reflag(
        file,
        [...flagsOfLetters(now.letters, keywords), ...this.#letterless(file.entry.flags)],
        modseq,
      )
      changed = true
    }
    return { gone, changed }
  }

  /** Files with a line in the uidlist first, then strangers, in order of time. Answers how many. */
  #unknown(found: ReadonlyMap<string, Where>, modseq: number, pending: ReadonlySet<string>): number {
    const { promised, index } = this.#records
    const fresh = [...found].filter(([base]) => !this.#byBase.has(base))
    for (const [base, where] of fresh) {
      const promise = promised.get(base)
      if (promise) this.#meet(promise.uid, { base, ...where, fields: promise.fields }, modseq)
    }
    for (const [base, { uid }] of promised) {
      if (pending.has(base)) continue
      promised.delete(base)
      if (found.has(base)) continue
      // Its line is there, its file is not: expunged while nobody looked.
      if (index.flagsOf(uid) !== null) this.#records.expunged(uid, modseq)
      else this.#records.changed()
    }
    const strangers = fresh.filter(([base]) => !this.#byBase.has(base)).sort(([a], [b]) => compareBases(a, b))
    for (const [base, where] of strangers) {
      this.#records.added(this.#meet(this.#records.uidNext++, { base, ...where, fields: [] }, modseq))
    }
    return fresh.length
  }

  #meet(uid: number, file: Where & { base: string; fields: readonly string[] }, modseq: number): StoredFile {
    const { keywords, index } = this.#records
    const known = index.flagsOf(uid)?.split(' ') ?? []
    return this.#add(
      uid,
      file,
      [...flagsOfLetters(file.letters, keywords), ...this.#letterless(known)],
      modseq,
    )
  }

  #letterless(flags: Iterable<Flag>): Flag[] {
    const { keywords } = this.#records
    return [...flags].filter((flag) => keywords.indexOf(flag) >= lettersForKeywords)
  }

  #add(
    uid: number,
    { base, folder, letters, fields }: Where & { readonly base: string; readonly fields: readonly string[] },
    flags: Iterable<Flag>,
    modseq: number,
  ): StoredFile {
    const holder: DetailsHolder = { details: null, size: sizeInName(base) ?? sizeInFields(fields) }
    const entry = this.#entry(uid, base, flags, modseq, holder)
    const stored = { uid, base, folder, letters, fields, holder, entry }
    this.#byBase.set(base, stored)
    return stored
  }

  #entry(uid: number, guid: string, flags: Iterable<Flag>, now: number, holder: DetailsHolder): Entry {
    const fresh = new Set(flags)
    const key = [...fresh].sort().join(' ')
    const set = this.#sets.get(key) ?? fresh
    if (this.#sets.size < mostSets) this.#sets.set(key, set)
    const modseq = this.#records.index.observe(uid, key, now)
    return new Entry({ uid, flags: set, recent: false, modseq, guid, holder })
  }
}
