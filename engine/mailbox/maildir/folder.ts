/**
 * One folder of a Maildir: `new/` for what came, `cur/` for what somebody has seen, `tmp/` for what is being written.
 * The files are the truth. Other programs add, rename and remove them at any time; a look at the two folders shows it.
 *
 * maildir(5); RFC 3501 §2.3.1 (UIDs), §2.3.2 (flags).
 */
import type { Machine } from '#engine/machine.ts'
import type { Change } from '#platform/disk.ts'
import { toLf } from '#protocol/bytes/lines.ts'
import { Bell } from '../bell.ts'
import { HeaderCache } from '../header-cache.ts'
import { asMailboxError, isMissing, unlessFull } from '../disk-errors.ts'
import { changedFlags, wireSize, type Arrival, type FolderCore } from '../folder-core.ts'
import type { Cause, Details, Flag, FlagChange, NewMessage } from '../mail-store.ts'
import { canonicalFlag, type Entry } from '../message-entry.ts'
import { Serial } from '../serial.ts'
import { stateDelivered, stateFile } from '../told.ts'
import { MaildirContents, type Adoption } from './contents.ts'
import { cleanTmp, missingFolders, placeLetters } from './deliver.ts'
import { lettersOf, readFileName } from './file-name.ts'
import { Listing } from './listing.ts'
import type { BaseNames } from './names.ts'
import { MaildirReader, pathOf } from './reader.ts'
import { MaildirRecords } from './records.ts'
import { findFiles, takeNew, type Found } from './take-new.ts'

export type MaildirPlace = {
  readonly machine: Machine
  readonly user: string
  readonly name: string
  /** Of the folder in the host's tree, without a slash at its end. */
  readonly path: string
  readonly names: BaseNames
  readonly newUidValidity: () => Promise<number>
}

export class MaildirFolder implements FolderCore {
  readonly name: string
  readonly path: string
  readonly #place: MaildirPlace
  readonly #serial = new Serial()
  readonly #new: Listing
  readonly #cur: Listing
  readonly #bell: Bell
  readonly #records: MaildirRecords
  readonly #contents: MaildirContents
  readonly #reader: MaildirReader
  #looked = false
  /** Base names of letters that are being written. */
  readonly #pending = new Set<string>()

  constructor(place: MaildirPlace) {
    const { machine, path } = place
    const now = () => machine.clock.now()
    this.name = place.name
    this.path = path
    this.#place = place
    this.#new = new Listing(machine.disk, `${path}/new`, now)
    this.#cur = new Listing(machine.disk, `${path}/cur`, now)
    this.#bell = new Bell({
      clock: machine.clock,
      disk: machine.disk,
      folders: [`${path}/new`, `${path}/cur`],
      look: async () => (await this.#new.changed()) || (await this.#cur.changed()),
    })
    const headers = new HeaderCache()
    this.#records = new MaildirRecords(machine, path, place.newUidValidity)
    this.#contents = new MaildirContents(this.#records, ({ base }) => headers.forget(base))
    this.#reader = new MaildirReader({
      ...{ disk: machine.disk, path, contents: this.#contents, headers },
      refresh: () => this.#serial.run(() => this.#refresh('leave', {}, 'surely')),
    })
  }

  get uidValidity(): number {
    return this.#records.uidValidity
  }
  get uidNext(): number {
    return this.#records.uidNext
  }
  get highestModseq(): number {
    return this.#records.index.highestModseq
  }
  get firstRecent(): number {
    return this.#records.index.firstRecent
  }
  get guid(): string {
    return this.#records.guid
  }
  get keywords(): readonly string[] {
    return this.#records.keywords.filter((keyword) => keyword !== undefined)
  }
  get entries(): readonly Entry[] {
    return this.#contents.entries
  }

  refresh(arrival: Arrival, cause: Cause): Promise<void> {
    return this.#serial.run(() => this.#refresh(arrival, cause))
  }

  claimRecent(): Promise<number> {
    return this.#serial.run(async () => {
      const first = this.#records.index.firstRecent
      this.#records.index.seenUpTo(this.#records.uidNext)
      await this.#records.writeIndex()
      return first
    })
  }

  async load(entries: readonly Entry[], what: Details): Promise<void> {
    const unknown = entries.filter(
      ({ holder }) => holder.details === null && (what === 'sizes and dates' || holder.size === null),
    )
    const sized = await Promise.all(unknown.map((entry) => this.#reader.load(entry)))
    if (!sized.includes(true)) return
    await this.#exclusively(async () => {
      if ((await this.#load()) !== 'kept') return
      this.#records.changed()
      await this.#writeRecords()
    })
  }

  async totalSize(): Promise<number> {
    let size = 0
    for (const entry of this.entries) {
      if (entry.holder.size === null) await this.load([entry], 'sizes')
      size += entry.holder.size ?? entry.holder.details?.size ?? 0
    }
    return size
  }

  read(uid: number): Promise<Uint8Array> {
    return this.#reader.read(uid)
  }

  readHeader(uid: number): Promise<Uint8Array> {
    return this.#reader.readHeader(uid)
  }

  readFields(uids: readonly number[], names: readonly string[]): Promise<ReadonlyMap<number, string>> {
    return this.#reader.readFields(uids, names)
  }

  setFlags(uids: readonly number[], change: FlagChange, flags: readonly Flag[], cause: Cause): Promise<void> {
    return this.#serial.run(async () => {
      await this.#refresh('leave', cause)
      if (change !== 'remove') await this.#learn(flags, cause)
      try {
        await this.#rename(uids, change, flags, cause)
      } catch (error) {
        if (!isMissing(error)) throw asMailboxError(error)
        // Another program renamed a file in between: look again, then once more.
        await this.#refresh('leave', cause, 'surely')
        await this.#rename(uids, change, flags, cause).catch((again: unknown) => {
          throw asMailboxError(again)
        })
      }
    })
  }

  expunge(uids: readonly number[], cause: Cause): Promise<readonly number[]> {
    return this.#exclusively(async () => {
      if ((await this.#load()) !== 'kept') await this.#look('leave', cause)
      const files = uids.flatMap((uid) => this.#contents.byUid(uid) ?? [])
      if (files.length === 0) return []
      await this.#apply(files.map((file): Change => ({ kind: 'remove', path: pathOf(this.path, file) })))
      for (const file of files) this.#state('removed', pathOf(this.path, file), cause)
      this.#contents.remove(files)
      await this.#written().catch(unlessFull)
      return files.map((file) => file.uid)
    })
  }

  async append(messages: readonly NewMessage[], cause: Cause): Promise<readonly number[]> {
    const { uids, letters } = await this.#store(messages)
    for (const { path } of letters) this.#state('created', path, cause)
    return uids
  }

  /** As append, stated as a delivery; durable when it resolves. */
  async deliver(message: NewMessage, cause: Cause): Promise<{ readonly file: string }> {
    const { letters } = await this.#store([message])
    const [letter] = letters
    if (letter === undefined) throw new Error('a letter was stored, and is not there')
    const { machine, user } = this.#place
    const size = letter.content.length
    stateDelivered(machine, { user, mailbox: this.name, format: 'maildir', file: letter.path, size }, cause)
    return { file: letter.path }
  }

  /** Where messages lie now, and what a copy of them must know. */
  async sources(uids: readonly number[]): Promise<readonly { uid: number; adoption: Adoption }[]> {
    await this.refresh('leave', {})
    return uids.flatMap((uid) => {
      const file = this.#contents.byUid(uid)
      if (file === undefined) return []
      const { base, fields } = file
      return [
        { uid, adoption: { from: pathOf(this.path, file), base, fields, flags: [...file.entry.flags] } },
      ]
    })
  }

  /** Takes over copies of files of another folder: hard links, so that a copy costs no space. */
  adopt(files: readonly Adoption[], cause: Cause): Promise<readonly number[]> {
    return this.#exclusively(async () => {
      // As Dovecot, which looks at INBOX at every login, at others when somebody opens them.
      if (this.name !== 'INBOX' && !this.#looked) await this.#load()
      else if (await this.#isOther('leave')) await this.#look('leave', cause)
      this.#records.learn(files.flatMap((file) => file.flags))
      const there = await this.#bases()
      const placed = files.map((file) => {
        const taken = this.#contents.has(file.base) || there.has(file.base)
        const base = taken
          ? this.#place.names.instead(file.base, (name) => this.#contents.has(name))
          : file.base
        return { ...file, base, ...this.#target(base, file.flags) }
      })
      await this.#apply([
        ...(await missingFolders(this.#place.machine.disk, this.path)),
        ...placed.map(({ from, path }): Change => ({ kind: 'link', from, to: path })),
      ])
      const uids = placed.map((file) => this.#contents.register(file).uid)
      for (const { path } of placed) this.#state('created', path, cause)
      await this.#written().catch(unlessFull)
      return uids
    })
  }

  /** Of a folder that nobody has looked at: the names that files have. */
  async #bases(): Promise<ReadonlySet<string>> {
    if (this.#looked) return new Set()
    const names = [...(await this.#new.list()), ...(await this.#cur.list())]
    return new Set(names.map((name) => readFileName(name).base))
  }

  vanishedSince(modseq: number): readonly number[] {
    return this.#records.index.vanishedSince(modseq)
  }

  watch(changed: () => void): () => void {
    return this.#bell.watch(changed)
  }

  async settle(): Promise<void> {}

  async #store(messages: readonly NewMessage[]) {
    // What lies in the folder need not be listed to add to it.
    await this.#serial.run(async () => {
      await this.#load()
      await this.#learn(
        messages.flatMap(({ flags = [] }) => flags.map(canonicalFlag)),
        {},
      )
    })
    const letters = messages.map(({ content: given, lines, flags: wanted = [], internalDate }) => {
      const content = lines === 'lf' ? given : toLf(given)
      const flags = wanted.map(canonicalFlag)
      const sizes = { stored: content.length, wire: wireSize(content) }
      const base = this.#place.names.next(
        sizes,
        (name) => this.#contents.has(name) || this.#pending.has(name),
      )
      return { base, content, flags, fields: [], date: internalDate, ...this.#target(base, flags) }
    })
    for (const { base } of letters) this.#pending.add(base)
    try {
      await placeLetters(this.#place.machine.disk, this.path, letters)
    } catch (error) {
      for (const { base } of letters) this.#pending.delete(base)
      throw asMailboxError(error)
    }
    return this.#exclusively(async () => {
      await this.#load()
      const uids = letters.map((letter) => {
        this.#pending.delete(letter.base)
        return this.#contents.register(letter).uid
      })
      await this.#written().catch(unlessFull)
      return { uids, letters }
    })
  }

  /** A message without flags waits in `new/`; one with flags was seen by somebody, and goes to `cur/`. */
  #target(base: string, flags: readonly Flag[]) {
    const letters = lettersOf(flags, this.#records.keywords, '')
    const folder = flags.length === 0 ? 'new' : 'cur'
    return { folder, letters, path: pathOf(this.path, { base, folder, letters }) } as const
  }

  async #rename(
    uids: readonly number[],
    change: FlagChange,
    flags: readonly Flag[],
    cause: Cause,
  ): Promise<void> {
    const changes = this.#contents.reflagged(uids, (before) => changedFlags(before, change, flags))
    if (changes.length === 0) return
    const renames = changes
      .map(({ file, letters }) => {
        return { from: pathOf(this.path, file), to: `${this.path}/cur/${file.base}:2,${letters}` }
      })
      .filter(({ from, to }) => from !== to)
    await this.#place.machine.disk.apply(
      renames.map(({ from, to }): Change => ({ kind: 'rename', from, to })),
    )
    this.#contents.reflag(changes)
    for (const { from, to } of renames) this.#state('renamed', from, cause, to)
    await this.#records.writeIndex()
    await this.#own('aloud')
  }

  async #refresh(arrival: Arrival, cause: Cause, how: 'if-needed' | 'surely' = 'if-needed'): Promise<void> {
    const other = await this.#isOther(arrival)
    if (other || how === 'surely') await this.#records.exclusively(() => this.#look(arrival, cause))
  }

  /** Whether a look at the folder may show anything new. */
  async #isOther(arrival: Arrival): Promise<boolean> {
    const loaded = await this.#load()
    const fresh = await this.#new.read()
    const current = await this.#cur.read()
    const waits = (name: string) => !name.startsWith('.') && !this.#pending.has(readFileName(name).base)
    const toTake = arrival === 'take' && fresh.names.some(waits)
    return toTake || loaded !== 'kept' || this.#records.promised.size > 0 || fresh.again || current.again
  }

  /** Nobody else may give UIDs meanwhile. */
  async #look(arrival: Arrival, cause: Cause): Promise<void> {
    await this.#load()
    this.#looked = true
    const found = new Map<string, Found>()
    findFiles(found, this.#pending, (await this.#new.read()).names, (await this.#cur.read()).names)
    if (this.#contents.misses(found, this.#pending))
      findFiles(found, this.#pending, await this.#new.list(), await this.#cur.list())
    if (arrival === 'take') {
      for (const { from, to } of await takeNew(this.#place.machine.disk, this.path, found))
        this.#state('renamed', from, cause, to)
    }
    this.#contents.compare(found, this.#pending)
    await this.#written('quietly')
  }

  /** Alone in this engine, and among all programs that give UIDs. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#serial.run(() => this.#records.exclusively(work))
  }

  /** Keywords that are new get their letters, the same for all programs. */
  async #learn(flags: readonly Flag[], cause: Cause): Promise<void> {
    if (this.#records.knows(flags)) return
    await this.#records.exclusively(async () => {
      if ((await this.#load()) !== 'kept') await this.#look('leave', cause)
      this.#records.learn(flags)
      await this.#writeRecords()
    })
  }

  async #load(): Promise<'first' | 'again' | 'kept'> {
    const loaded = await this.#records.load()
    if (loaded !== 'kept') this.#contents.forgetAll()
    if (loaded === 'first')
      await cleanTmp(this.#place.machine.disk, this.path, this.#place.machine.clock.now())
    return loaded
  }

  async #apply(changes: readonly Change[]): Promise<void> {
    try {
      await this.#place.machine.disk.apply(changes)
    } catch (error) {
      throw asMailboxError(error)
    }
  }

  #writeRecords(): Promise<void> {
    return this.#records.write(this.#contents.count, () => this.#contents.uidRecords())
  }

  /** What was done here is written down, and told to those who watch. */
  async #written(how: 'aloud' | 'quietly' = 'aloud'): Promise<void> {
    await this.#writeRecords()
    await this.#own(how)
  }

  async #own(how: 'aloud' | 'quietly'): Promise<void> {
    await this.#new.own()
    await this.#cur.own()
    if (how === 'aloud') this.#bell.ring()
  }

  #state(change: 'created' | 'renamed' | 'removed', file: string, cause: Cause, to?: string): void {
    const { machine, user } = this.#place
    stateFile(machine, { user, mailbox: this.name, change, file, ...(to === undefined ? {} : { to }) }, cause)
  }
}
