/**
 * One folder of a Maildir: `new/` for what came, `cur/` for what somebody has seen, `tmp/` for what is being written.
 * The files are the truth. Other programs add, rename and remove them at any time; a look at the two folders shows it.
 *
 * maildir(5); RFC 3501 §2.3.1 (UIDs), §2.3.2 (flags).
 */
import type { Machine } from '#engine/machine.ts'
import { DiskError, type Change } from '#platform/disk.ts'
import { toCrlf, toLf } from '#protocol/bytes/lines.ts'
import { Bell } from '../bell.ts'
import { asMailboxError, isMissing } from '../disk-errors.ts'
import {
  changedFlags,
  findUid,
  headerOf,
  sameFlags,
  wireSize,
  type Arrival,
  type FolderCore,
} from '../folder-core.ts'
import { FolderIndex } from '../folder-index.ts'
import { MailboxError, type Cause, type Flag, type FlagChange, type NewMessage } from '../mail-store.ts'
import { canonicalFlag, Entry, type DetailsHolder } from '../message-entry.ts'
import { Serial } from '../serial.ts'
import { compareBases, flagsOfLetters, lettersOf, readFileName, sizeInName } from './file-name.ts'
import { Listing } from './listing.ts'
import type { BaseNames } from './names.ts'
import { readKeywords, readUidlist, uidLine, writeKeywords, writeUidlist } from './uidlist.ts'

export type MaildirPlace = {
  readonly machine: Machine
  readonly user: string
  readonly name: string
  /** Of the folder in the host's tree, without a slash at its end. */
  readonly path: string
  readonly names: BaseNames
  readonly newUidValidity: () => Promise<number>
}

type StoredFile = {
  readonly uid: number
  readonly base: string
  fields: readonly string[]
  folder: 'new' | 'cur'
  letters: string
  readonly holder: DetailsHolder
  entry: Entry
}

/** A message that lies in `tmp/` or elsewhere, to be taken over under a base name. */
export type Adoption = {
  readonly from: string
  readonly base: string
  readonly flags: readonly Flag[]
  readonly fields: readonly string[]
}

const lettersForKeywords = 26
/** Dovecot's own limit of a header field of uidlist and the memory of a hostile folder: more keywords are refused. */
const mostKeywords = 1000

export class MaildirFolder implements FolderCore {
  readonly name: string
  readonly path: string
  readonly #place: MaildirPlace
  readonly #serial = new Serial()
  readonly #new: Listing
  readonly #cur: Listing
  readonly #bell: Bell
  #index: FolderIndex
  #loaded = false
  #uidlistStamp = ''
  #uidValidity = 0
  #uidNext = 1
  #guid = ''
  #keywords: (string | undefined)[] = []
  #byBase = new Map<string, StoredFile>()
  #entries: readonly Entry[] = []
  /** UIDs of the uidlist whose files have not been looked for yet. */
  #promised = new Map<string, { readonly uid: number; readonly fields: readonly string[] }>()
  readonly #pending = new Set<string>()
  #deadLines = 0
  #staleUidlist = false

  constructor(place: MaildirPlace) {
    this.name = place.name
    this.path = place.path
    this.#place = place
    const now = () => place.machine.clock.now()
    this.#new = new Listing(place.machine.disk, `${place.path}/new`, now)
    this.#cur = new Listing(place.machine.disk, `${place.path}/cur`, now)
    this.#bell = new Bell(
      place.machine.clock,
      async () => (await this.#new.changed()) || (await this.#cur.changed()),
    )
    this.#index = new FolderIndex(`${place.path}/mailscope.index`)
  }

  get uidValidity(): number {
    return this.#uidValidity
  }
  get uidNext(): number {
    return this.#uidNext
  }
  get highestModseq(): number {
    return this.#index.highestModseq
  }
  get firstRecent(): number {
    return this.#index.firstRecent
  }
  get guid(): string {
    return this.#guid
  }
  get keywords(): readonly string[] {
    return this.#keywords.filter((keyword) => keyword !== undefined)
  }
  get entries(): readonly Entry[] {
    return this.#entries
  }

  refresh(arrival: Arrival, cause: Cause): Promise<void> {
    return this.#serial.run(() => this.#refresh(arrival, cause))
  }

  claimRecent(): Promise<number> {
    return this.#serial.run(async () => {
      const first = this.#index.firstRecent
      this.#index.seenUpTo(this.#uidNext)
      await this.#write(this.#index.changes())
      return first
    })
  }

  async load(entries: readonly Entry[]): Promise<void> {
    const unknown = entries.filter((entry) => entry.holder.details === null)
    const sized = await Promise.all(unknown.map((entry) => this.#loadOne(entry)))
    if (!sized.includes(true)) return
    this.#staleUidlist = true
    await this.#serial.run(() => this.#write(this.#uidlistChanges()))
  }

  async read(uid: number): Promise<Uint8Array> {
    return toCrlf(await this.#withFile(uid, (path) => this.#disk.read(path)))
  }

  async readHeader(uid: number): Promise<Uint8Array> {
    for (let end = 16 * 1024; ; end *= 8) {
      const part = await this.#withFile(uid, (path) => this.#disk.read(path, { start: 0, end }))
      const wire = toCrlf(part)
      const header = headerOf(wire)
      if (header.length < wire.length || part.length < end) return header
    }
  }

  setFlags(uids: readonly number[], change: FlagChange, flags: readonly Flag[], cause: Cause): Promise<void> {
    return this.#serial.run(async () => {
      await this.#refresh('leave', cause)
      const keywords = this.#withKeywords(change === 'remove' ? [] : flags)
      try {
        await this.#rename(uids, change, flags, keywords, cause)
      } catch (error) {
        if (!isMissing(error)) throw asMailboxError(error)
        // Another program renamed a file in between: look again, then once more.
        await this.#refresh('leave', cause, 'surely')
        await this.#rename(uids, change, flags, keywords, cause).catch((again: unknown) => {
          throw asMailboxError(again)
        })
      }
    })
  }

  expunge(uids: readonly number[], cause: Cause): Promise<readonly number[]> {
    return this.#serial.run(async () => {
      const files = uids.flatMap((uid) => this.#fileOf(uid) ?? [])
      if (files.length === 0) return []
      await this.#write(files.map((file): Change => ({ kind: 'remove', path: this.#pathOf(file) })))
      for (const file of files) this.#state('removed', this.#pathOf(file), cause)
      this.#forget(files)
      await this.#written()
      this.#bell.ring()
      return files.map((file) => file.uid)
    })
  }

  async append(messages: readonly NewMessage[], cause: Cause): Promise<readonly number[]> {
    const { uids, files } = await this.#store(messages)
    for (const file of files) this.#state('created', file, cause)
    return uids
  }

  /** As append, stated as a delivery; durable when it resolves. */
  async deliver(message: NewMessage, cause: Cause): Promise<{ readonly file: string }> {
    const { files, sizes } = await this.#store([message])
    const file = files[0] ?? ''
    this.#place.machine.emit({
      type: 'mailbox.delivered',
      user: this.#place.user,
      mailbox: this.name,
      format: 'maildir',
      file,
      size: sizes[0] ?? 0,
      ...(cause.session === undefined ? {} : { session: cause.session }),
      ...(cause.queueId === undefined ? {} : { queueId: cause.queueId }),
    })
    return { file }
  }

  /** Where messages lie now, and what a copy of them must know. */
  async sources(uids: readonly number[]): Promise<readonly { uid: number; adoption: Adoption }[]> {
    await this.refresh('leave', {})
    return uids.flatMap((uid) => {
      const file = this.#fileOf(uid)
      if (file === undefined) return []
      const { base, fields } = file
      return [{ uid, adoption: { from: this.#pathOf(file), base, fields, flags: [...file.entry.flags] } }]
    })
  }

  /** Takes over copies of files of another folder: hard links, so that a copy costs no space. */
  adopt(files: readonly Adoption[], cause: Cause): Promise<readonly number[]> {
    return this.#serial.run(async () => {
      await this.#refresh('leave', cause)
      const keywords = this.#withKeywords(files.flatMap((file) => file.flags))
      const placed = files.map((file) => {
        const known = this.#byBase.has(file.base)
        const base = known ? this.#renamedBase(file.base) : file.base
        return { ...file, base, ...this.#target(base, file.flags, keywords) }
      })
      try {
        await this.#disk.apply([
          ...(await this.#folders()),
          ...placed.map(({ from, path }): Change => ({ kind: 'link', from, to: path })),
        ])
      } catch (error) {
        throw asMailboxError(error)
      }
      const uids = placed.map((file) => this.#register(file).uid)
      for (const { path } of placed) this.#state('created', path, cause)
      await this.#written()
      this.#bell.ring()
      return uids
    })
  }

  async totalSize(): Promise<number> {
    let size = 0
    for (const entry of this.#entries) {
      if (entry.holder.details === null && sizeInName(entry.guid) === null) await this.load([entry])
      size += entry.holder.details?.size ?? sizeInName(entry.guid) ?? 0
    }
    return size
  }

  vanishedSince(modseq: number): readonly number[] {
    return this.#index.vanishedSince(modseq)
  }

  watch(changed: () => void): () => void {
    return this.#bell.watch(changed)
  }

  async settle(): Promise<void> {}

  get #disk() {
    return this.#place.machine.disk
  }

  #pathOf(file: { readonly base: string; readonly folder: 'new' | 'cur'; readonly letters: string }): string {
    return file.folder === 'new' && file.letters === ''
      ? `${this.path}/new/${file.base}`
      : `${this.path}/${file.folder}/${file.base}:2,${file.letters}`
  }

  #fileOf(uid: number): StoredFile | undefined {
    const entry = this.#entries[findUid(this.#entries, uid)]
    return entry === undefined ? undefined : this.#byBase.get(entry.guid)
  }

  // --- writing messages

  async #store(
    messages: readonly NewMessage[],
  ): Promise<{ uids: number[]; files: string[]; sizes: number[] }> {
    await this.#serial.run(() => this.#known())
    const keywords = this.#withKeywords(
      messages.flatMap((message) => (message.flags ?? []).map(canonicalFlag)),
    )
    const letters = messages.map((message) => {
      const content = toLf(message.content)
      const sizes = { stored: content.length, wire: wireSize(content) }
      const base = this.#place.names.next(sizes, (name) => this.#byBase.has(name) || this.#pending.has(name))
      const flags = (message.flags ?? []).map(canonicalFlag)
      return { message, content, base, flags, ...this.#target(base, flags, keywords) }
    })
    for (const { base } of letters) this.#pending.add(base)
    try {
      await this.#disk.commit([
        ...(await this.#folders()),
        ...letters.flatMap(({ content, base, path, message }): Change[] => {
          const temporary = `${this.path}/tmp/${base}`
          const modified = message.internalDate === undefined ? {} : { modified: message.internalDate }
          return [
            { kind: 'write', path: temporary, bytes: content, mode: 0o600, exclusive: true, ...modified },
            { kind: 'rename', from: temporary, to: path },
          ]
        }),
      ])
    } catch (error) {
      for (const { base } of letters) this.#pending.delete(base)
      throw asMailboxError(error)
    }
    return this.#serial.run(async () => {
      const uids: number[] = []
      for (const letter of letters) {
        this.#pending.delete(letter.base)
        uids.push(this.#register({ ...letter, fields: [] }).uid)
      }
      await this.#written()
      this.#bell.ring()
      return {
        uids,
        files: letters.map(({ path }) => path),
        sizes: letters.map(({ content }) => content.length),
      }
    })
  }

  /** A message without flags waits in `new/`; one with flags was seen by somebody, and goes to `cur/`. */
  #target(base: string, flags: readonly Flag[], keywords: readonly (string | undefined)[]) {
    const letters = lettersOf(flags, keywords, '')
    const folder = flags.length === 0 ? 'new' : 'cur'
    return { folder, letters, path: this.#pathOf({ base, folder, letters }) } as const
  }

  #renamedBase(base: string): string {
    const sizes = /,S=(\d+),W=(\d+)/.exec(base)
    const next = this.#place.names.next(
      { stored: Number(sizes?.[1] ?? 0), wire: Number(sizes?.[2] ?? 0) },
      (name) => this.#byBase.has(name),
    )
    return sizes === null ? next.replace(/,S=.*$/, '') : next
  }

  /** The folders of a Maildir, as far as they are missing. */
  async #folders(): Promise<readonly Change[]> {
    const missing: Change[] = []
    for (const name of ['', '/cur', '/new', '/tmp']) {
      const path = `${this.path}${name}`
      if ((await this.#disk.stat(path)) === null) missing.push({ kind: 'mkdir', path, mode: 0o700 })
    }
    return missing
  }

  /** A file that lies in its place gets the next UID. */
  #register(file: {
    readonly base: string
    readonly folder: 'new' | 'cur'
    readonly letters: string
    readonly flags: readonly Flag[]
    readonly fields: readonly string[]
  }): StoredFile {
    const uid = this.#uidNext++
    const stored = this.#stored(uid, file, file.flags, this.#nextModseq())
    this.#byBase.set(file.base, stored)
    this.#entries = [...this.#entries, stored.entry]
    this.#newLines.push(stored)
    return stored
  }

  readonly #newLines: StoredFile[] = []

  #nextModseq(): number {
    return this.#index.highestModseq + 1
  }

  #stored(
    uid: number,
    file: { base: string; folder: 'new' | 'cur'; letters: string; fields: readonly string[] },
    flags: Iterable<Flag>,
    modseq: number,
  ): StoredFile {
    const set = flagSet(flags)
    const holder: DetailsHolder = { details: null }
    const entry = new Entry({
      uid,
      flags: set,
      recent: false,
      modseq: this.#index.observe(uid, flagKey(set), modseq),
      guid: file.base,
      holder,
    })
    const { base, folder, letters, fields } = file
    return { uid, base, folder, letters, fields, holder, entry }
  }

  /** Keywords that are new to the folder get a place in its list; `a` to `z` for the first 26. */
  #withKeywords(flags: readonly Flag[]): readonly (string | undefined)[] {
    let added = false
    for (const flag of flags) {
      if (flag.startsWith('\\') || this.#keywords.includes(flag)) continue
      if (this.#keywords.length >= mostKeywords) throw new MailboxError('LIMIT', 'Too many keywords')
      this.#keywords = [...this.#keywords, flag]
      added = true
    }
    if (added) this.#newKeywords = true
    return this.#keywords
  }

  #newKeywords = false

  async #rename(
    uids: readonly number[],
    change: FlagChange,
    flags: readonly Flag[],
    keywords: readonly (string | undefined)[],
    cause: Cause,
  ): Promise<void> {
    const moves: { file: StoredFile; flags: ReadonlySet<Flag>; letters: string; from: string; to: string }[] =
      []
    for (const uid of uids) {
      const file = this.#fileOf(uid)
      if (file === undefined) continue
      const after = changedFlags(file.entry.flags, change, flags)
      if (sameFlags(after, file.entry.flags)) continue
      const letters = lettersOf(after, keywords, file.letters)
      const from = this.#pathOf(file)
      moves.push({ file, flags: after, letters, from, to: `${this.path}/cur/${file.base}:2,${letters}` })
    }
    if (moves.length === 0) return
    const renames = moves.filter(({ from, to }) => from !== to)
    await this.#disk.apply(renames.map(({ from, to }): Change => ({ kind: 'rename', from, to })))
    const modseq = this.#nextModseq()
    const changed = new Map<number, Entry>()
    for (const { file, flags: after, letters } of moves) {
      file.letters = letters
      file.folder = 'cur'
      changed.set(file.uid, this.#changeEntry(file, after, modseq))
    }
    this.#entries = this.#entries.map((entry) => changed.get(entry.uid) ?? entry)
    for (const { from, to } of renames) this.#state('renamed', from, cause, to)
    await this.#written()
    this.#bell.ring()
  }

  #changeEntry(file: StoredFile, flags: Iterable<Flag>, modseq: number): Entry {
    const set = flagSet(flags)
    file.entry = new Entry({
      uid: file.uid,
      flags: set,
      recent: false,
      modseq: this.#index.observe(file.uid, flagKey(set), modseq),
      guid: file.base,
      holder: file.holder,
    })
    return file.entry
  }

  #forget(files: readonly StoredFile[]): void {
    const modseq = this.#nextModseq()
    const gone = new Set<number>()
    for (const file of files) {
      gone.add(file.uid)
      this.#byBase.delete(file.base)
      this.#index.expunged(file.uid, modseq)
      this.#deadLines++
    }
    this.#entries = this.#entries.filter((entry) => !gone.has(entry.uid))
  }

  // --- looking at files

  async #known(): Promise<void> {
    // What lies in the folder need not be listed to add to it.
    await this.#load()
  }

  async #refresh(arrival: Arrival, cause: Cause, how: 'if-needed' | 'surely' = 'if-needed'): Promise<void> {
    const reloaded = await this.#load()
    const fresh = await this.#new.read()
    const current = await this.#cur.read()
    const toTake =
      arrival === 'take' && fresh.names.some((name) => !name.startsWith('.') && !this.#pending.has(name))
    if (!reloaded && !fresh.again && !current.again && !toTake && how === 'if-needed') return

    const found = new Map<string, { folder: 'new' | 'cur'; letters: string; name: string }>()
    for (const name of fresh.names) this.#find(found, 'new', name)
    for (const name of current.names) this.#find(found, 'cur', name)
    if (arrival === 'take') await this.#take(found, cause)
    this.#compare(found)
    await this.#written()
  }

  #find(
    found: Map<string, { folder: 'new' | 'cur'; letters: string; name: string }>,
    folder: 'new' | 'cur',
    name: string,
  ) {
    if (name.startsWith('.')) return
    const { base, letters } = readFileName(name)
    if (!this.#pending.has(base)) found.set(base, { folder, letters, name })
  }

  /** Moves what lies in `new/` to `cur/`: from now on somebody has been told of it. */
  async #take(
    found: Map<string, { folder: 'new' | 'cur'; letters: string; name: string }>,
    cause: Cause,
  ): Promise<void> {
    const moves = [...found].flatMap(([base, file]) =>
      file.folder === 'new' ? [{ base, file, from: `${this.path}/new/${file.name}` }] : [],
    )
    if (moves.length === 0) return
    const to = (base: string, letters: string) => `${this.path}/cur/${base}:2,${letters}`
    const changes = moves.map(({ base, file, from }): Change => ({
      kind: 'rename',
      from,
      to: to(base, file.letters),
    }))
    const gone = await this.#applyEach(changes)
    for (const [i, { base, file, from }] of moves.entries()) {
      if (gone.has(i)) {
        found.delete(base)
        continue
      }
      file.folder = 'cur'
      this.#state('renamed', from, cause, to(base, file.letters))
    }
  }

  /** All at once; one by one when another program was faster with some. Answers which were gone. */
  async #applyEach(changes: readonly Change[]): Promise<ReadonlySet<number>> {
    const gone = new Set<number>()
    try {
      await this.#disk.apply(changes)
    } catch (error) {
      if (!isMissing(error)) throw asMailboxError(error)
      for (const [i, change] of changes.entries()) {
        await this.#disk.apply([change]).catch((one: unknown) => {
          if (!isMissing(one)) throw asMailboxError(one)
          gone.add(i)
        })
      }
    }
    return gone
  }

  #compare(found: ReadonlyMap<string, { folder: 'new' | 'cur'; letters: string }>): void {
    const modseq = this.#index.highestModseq + (this.#entries.length === 0 && !this.#promised.size ? 0 : 1)
    const gone: StoredFile[] = []
    let changed = false
    for (const [base, file] of this.#byBase) {
      const now = found.get(base)
      if (now === undefined) {
        if (!this.#pending.has(base)) gone.push(file)
        continue
      }
      file.folder = now.folder
      if (now.letters === file.letters) continue
      file.letters = now.letters
      const extra = [...file.entry.flags].filter((flag) => this.#keywords.indexOf(flag) >= lettersForKeywords)
      this.#changeEntry(file, [...flagsOfLetters(now.letters, this.#keywords), ...extra], modseq)
      changed = true
    }
    const added = [...found.keys()].filter((base) => !this.#byBase.has(base)).sort(compareBases)
    const promised: StoredFile[] = []
    const strange: string[] = []
    for (const base of added) {
      const promise = this.#promised.get(base)
      const now = found.get(base)
      if (now === undefined) continue
      if (promise === undefined) strange.push(base)
      else promised.push(this.#look(promise.uid, base, now, promise.fields, modseq))
    }
    for (const [base, { uid }] of this.#promised) {
      if (found.has(base)) continue
      // Its line is there, its file is not: expunged while nobody looked.
      if (this.#index.flagsOf(uid) !== null) this.#index.expunged(uid, modseq)
      this.#deadLines++
    }
    this.#promised.clear()
    for (const base of strange) {
      const now = found.get(base)
      if (now) promised.push(this.#newcomer(base, now, modseq))
    }
    if (gone.length > 0) this.#forget(gone)
    if (promised.length === 0 && !changed && gone.length === 0) return
    const all = [...this.#byBase.values()].sort((a, b) => a.uid - b.uid)
    this.#entries = all.map((file) => file.entry)
  }

  #look(
    uid: number,
    base: string,
    now: { folder: 'new' | 'cur'; letters: string },
    fields: readonly string[],
    modseq: number,
  ): StoredFile {
    const known = this.#index.flagsOf(uid)?.split(' ') ?? []
    const extra = known.filter((flag) => this.#keywords.indexOf(flag) >= lettersForKeywords)
    const flags = [...flagsOfLetters(now.letters, this.#keywords), ...extra]
    const file = this.#stored(uid, { base, ...now, fields }, flags, modseq)
    this.#byBase.set(base, file)
    return file
  }

  #newcomer(base: string, now: { folder: 'new' | 'cur'; letters: string }, modseq: number): StoredFile {
    const file = this.#look(this.#uidNext++, base, now, [], modseq)
    this.#newLines.push(file)
    return file
  }

  /** Reads uidlist, keywords and index; true when it had to. */
  async #load(): Promise<boolean> {
    if (this.#loaded && !(await this.#uidlistChanged())) return false
    const list = readUidlist((await this.#text('dovecot-uidlist')) ?? '')
    this.#keywords = readKeywords((await this.#text('dovecot-keywords')) ?? '')
    this.#index = new FolderIndex(`${this.path}/mailscope.index`)
    this.#index.read((await this.#text('mailscope.index')) ?? '')
    this.#uidValidity = list?.uidValidity ?? (await this.#place.newUidValidity())
    this.#guid = list?.guid ?? ''
    if (this.#guid === '') this.#guid = Buffer.from(this.#place.machine.random.bytes(16)).toString('hex')
    this.#index.begin(this.#uidValidity)
    this.#uidNext = list?.uidNext ?? 1
    this.#byBase = new Map()
    this.#promised = new Map(list?.records.map(({ base, uid, fields }) => [base, { uid, fields }]))
    this.#newLines.length = 0
    this.#staleUidlist = list === null
    if (!this.#loaded) await this.#cleanTmp()
    this.#loaded = true
    return true
  }

  async #text(file: string): Promise<string | null> {
    try {
      return Buffer.from(await this.#disk.read(`${this.path}/${file}`)).toString('latin1')
    } catch (error) {
      if (isMissing(error)) return null
      throw asMailboxError(error)
    }
  }

  async #uidlistStat(): Promise<string> {
    const stat = await this.#disk.stat(`${this.path}/dovecot-uidlist`)
    return stat === null ? 'none' : `${stat.modified}/${stat.size}/${stat.inode}`
  }

  async #uidlistChanged(): Promise<boolean> {
    return (await this.#uidlistStat()) !== this.#uidlistStamp
  }

  /** maildir(5): a file in tmp that is older than 36 hours is left over from a delivery that never ended. */
  async #cleanTmp(): Promise<void> {
    const folder = `${this.path}/tmp`
    const names = await this.#disk.list(folder).catch(() => [])
    const now = this.#place.machine.clock.now()
    const old: Change[] = []
    for (const name of names.slice(0, 10_000)) {
      const stat = await this.#disk.lstat(`${folder}/${name}`)
      if (stat?.kind === 'file' && now - stat.modified > 36 * 3_600_000)
        old.push({ kind: 'remove', path: `${folder}/${name}` })
    }
    if (old.length > 0) await this.#disk.apply(old)
  }

  // --- our own files

  async #written(): Promise<void> {
    const keywords: Change[] = this.#newKeywords
      ? [
          {
            kind: 'write',
            path: `${this.path}/dovecot-keywords`,
            bytes: latin1(writeKeywords(this.#keywords)),
            mode: 0o600,
          },
        ]
      : []
    this.#newKeywords = false
    await this.#write([...keywords, ...this.#uidlistChanges(), ...this.#index.changes()])
    await this.#new.own()
    await this.#cur.own()
  }

  #uidlistChanges(): readonly Change[] {
    const path = `${this.path}/dovecot-uidlist`
    const lines = this.#newLines.splice(0)
    if (this.#staleUidlist || this.#deadLines * 4 > this.#entries.length) {
      this.#staleUidlist = false
      this.#deadLines = 0
      const promised = [...this.#promised].map(([base, { uid, fields }]) => ({ base, uid, fields }))
      const known = this.#entries.flatMap((entry) => this.#byBase.get(entry.guid) ?? [])
      const records = [...promised, ...known].sort((a, b) => a.uid - b.uid)
      const list = { uidValidity: this.#uidValidity, uidNext: this.#uidNext, guid: this.#guid, records }
      return [{ kind: 'write', path, bytes: latin1(writeUidlist(list)), mode: 0o600 }]
    }
    if (lines.length === 0) return []
    return [{ kind: 'append', path, bytes: latin1(lines.map(uidLine).join('')) }]
  }

  async #write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return
    try {
      await this.#disk.apply(changes)
    } catch (error) {
      throw asMailboxError(error)
    }
    this.#uidlistStamp = await this.#uidlistStat()
  }

  async #loadOne(entry: Entry): Promise<boolean> {
    const file = this.#byBase.get(entry.guid)
    if (file === undefined) return false
    const field = file.fields.find((text) => /^W\d+$/.test(text))
    const named = sizeInName(file.base) ?? (field === undefined ? null : Number(field.slice(1)))
    try {
      const { size, stat } = await this.#withFile(entry.uid, async (path) => {
        const found = await this.#disk.stat(path)
        if (found === null) throw new DiskError('ENOENT', path)
        return { stat: found, size: named ?? wireSize(await this.#disk.read(path)) }
      })
      entry.holder.details = {
        size,
        internalDate: Math.floor(stat.modified / 1000) * 1000,
        savedDate: Math.floor(stat.changed / 1000) * 1000,
      }
      if (named === null) file.fields = [...file.fields, `W${size}`]
      return named === null
    } catch (error) {
      if (error instanceof MailboxError && error.code === 'EXPUNGED') return false
      throw error
    }
  }

  /** A file may be renamed by others between a look and a read: look once more before giving it up. */
  async #withFile<T>(uid: number, use: (path: string) => Promise<T>): Promise<T> {
    for (const attempt of [1, 2]) {
      const file = this.#fileOf(uid)
      if (file === undefined) break
      try {
        return await use(this.#pathOf(file))
      } catch (error) {
        if (!isMissing(error)) throw asMailboxError(error)
        if (attempt === 1) await this.#serial.run(() => this.#refresh('leave', {}, 'surely'))
      }
    }
    throw new MailboxError('EXPUNGED', `Message ${uid} expunged`)
  }

  #state(change: 'created' | 'renamed' | 'removed', file: string, cause: Cause, to?: string): void {
    this.#place.machine.emit({
      type: 'mailbox.file',
      user: this.#place.user,
      mailbox: this.name,
      change,
      file,
      ...(to === undefined ? {} : { to }),
      ...(cause.session === undefined ? {} : { session: cause.session }),
      ...(cause.command === undefined ? {} : { command: cause.command }),
    })
  }
}

const latin1 = (text: string) => Buffer.from(text, 'latin1')

const sets = new Map<string, ReadonlySet<Flag>>()

/** Most messages have the same few flags: they share one set. */
function flagSet(flags: Iterable<Flag>): ReadonlySet<Flag> {
  const set = new Set(flags)
  const key = flagKey(set)
  const known = sets.get(key)
  if (known) return known
  if (sets.size > 1000) sets.clear()
  sets.set(key, set)
  return set
}

const flagKey = (flags: ReadonlySet<Flag>): string => (flags.size === 0 ? '' : [...flags].sort().join(' '))
