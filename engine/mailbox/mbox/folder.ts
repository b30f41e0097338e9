/**
 * One folder kept as a mbox. The whole file is looked at when it changed; flags and UIDs are written into the headers
 * of the messages.
 *
 * mbox(5); Dovecot 2.3, "Mbox".
 */
import type { Machine } from '#engine/machine.ts'
import { DiskError, type Change } from '#platform/disk.ts'
import { toCrlf } from '#protocol/bytes/lines.ts'
import { Bell } from '../bell.ts'
import { asMailboxError, unlessFull } from '../disk-errors.ts'
import { changedFlags, findUid, headerOf, sameFlags, type Arrival, type FolderCore } from '../folder-core.ts'
import { fieldsOf } from '../header-cache.ts'
import { FolderIndex } from '../folder-index.ts'
import { MailboxError, type Cause, type Flag, type FlagChange, type NewMessage } from '../mail-store.ts'
import { canonicalFlag, type Entry } from '../message-entry.ts'
import { Serial } from '../serial.ts'
import { stateDelivered, stateFile } from '../told.ts'
import { lookThrough, mboxEntry, shownHeader, type StoredMessage } from './contents.ts'
import { withDotlock } from '../dotlock.ts'
import { isPseudo, readBase, type MboxBase } from './headers.ts'
import { MboxKeywords } from './keywords.ts'
import { parseMbox, type MboxMessage } from './parse.ts'
import { newMboxMessage } from './new-message.ts'
import { pseudoMessage } from './pseudo.ts'
import { rewritten } from './rewrite.ts'

export type MboxPlace = {
  readonly machine: Machine
  readonly user: string
  readonly name: string
  readonly path: string
  /** Folder for what the mbox itself cannot hold. */
  readonly indexPath: string
  readonly newUidValidity: () => Promise<number>
}

export class MboxFolder implements FolderCore {
  readonly name: string
  readonly path: string
  readonly #place: MboxPlace
  readonly #serial = new Serial()
  readonly #bell: Bell
  readonly #index: FolderIndex
  #indexRead = false
  #stamp = ''
  #uidValidity = 0
  #uidNext = 1
  readonly #keywords = new MboxKeywords()
  /** The stamp of the file when somebody last looked through it. */
  #known: string | null = null
  /** Only UIDs were written since, which Dovecot would put off. */
  #unwritten = false
  #grown = false
  /** Of these the file must say with the next change that somebody has been told of them. */
  #noNews: ReadonlySet<number> = new Set()
  #pseudo: MboxMessage | null = null
  #stored: StoredMessage[] = []
  #entries: readonly Entry[] = []

  constructor(place: MboxPlace) {
    this.name = place.name
    this.path = place.path
    this.#place = place
    this.#index = new FolderIndex(`${place.indexPath}/mailscope.index`)
    const { clock, disk } = place.machine
    this.#bell = new Bell({
      clock,
      disk,
      folders: [place.path.slice(0, Math.max(place.path.lastIndexOf('/'), 1))],
      look: async () => this.#stamp !== '' && (await this.#fileStamp()) !== this.#stamp,
    })
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
    return `${this.#uidValidity.toString(16).padStart(8, '0')}${Buffer.from(this.path).toString('hex')}`
      .padEnd(32, '0')
      .slice(0, 32)
  }
  get keywords(): readonly string[] {
    return this.#keywords.all
  }
  get entries(): readonly Entry[] {
    return this.#entries
  }

  mention(keyword: string): void {
    this.#keywords.mention(keyword)
  }

  refresh(arrival: Arrival): Promise<void> {
    return this.#serial.run(() => this.#refresh(arrival))
  }

  /** The folder has been looked through: how it stands is known until its file changes. */
  synced(): void {
    if (!this.#unwritten) this.#known = this.#stamp
  }

  /** Whether something was added that nobody has read yet. */
  get grown(): boolean {
    return this.#grown
  }

  /** Whether new mail waits, as far as that is known without looking. */
  async mark(): Promise<'marked' | 'unmarked' | null> {
    if (this.#known === null || this.#known !== (await this.#fileStamp())) return null
    return this.#entries.some(({ uid }) => uid >= this.#index.firstRecent) ? 'marked' : 'unmarked'
  }

  claimRecent(): Promise<number> {
    return this.#serial.run(async () => {
      this.#known = this.#stamp
      this.#grown = false
      const first = this.#index.firstRecent
      this.#index.seenUpTo(this.#uidNext)
      await this.#writeIndex()
      return first
    })
  }

  async load(): Promise<void> {}

  totalSize(): Promise<number> {
    return Promise.resolve(this.#entries.reduce((sum, entry) => sum + entry.size, 0))
  }

  async read(uid: number): Promise<Uint8Array> {
    return this.#serial.run(async () => {
      await this.#refresh('leave')
      const stored = this.#find(uid)
      if (stored === undefined) throw new MailboxError('EXPUNGED', `Message ${uid} expunged`)
      const { message } = stored
      const body = await this.#place.machine.disk.read(this.path, {
        start: message.headerEnd,
        end: message.bodyEnd,
      })
      return toCrlf(Buffer.concat([Buffer.from(shownHeader(message.header), 'latin1'), body]))
    })
  }

  async readHeader(uid: number): Promise<Uint8Array> {
    return headerOf(await this.read(uid))
  }

  async readFields(uids: readonly number[], names: readonly string[]): Promise<ReadonlyMap<number, string>> {
    await this.refresh('leave')
    return new Map(
      uids.flatMap((uid) => {
        const stored = this.#find(uid)
        if (stored === undefined) return []
        const header = toCrlf(Buffer.from(shownHeader(stored.message.header), 'latin1'))
        const fields = fieldsOf(Buffer.from(header).toString('latin1'), names)
        return [[uid, [...fields.values()].join('')] as const]
      }),
    )
  }

  setFlags(uids: readonly number[], change: FlagChange, flags: readonly Flag[], cause: Cause): Promise<void> {
    return this.#serial.run(async () => {
      await this.#refresh('leave')
      if (change !== 'remove') this.#keywords.learn(flags)
      const modseq = this.#index.highestModseq + 1
      let changed = false
      for (const uid of uids) {
        const stored = this.#find(uid)
        if (stored === undefined) continue
        const after = changedFlags(stored.flags, change, flags)
        if (sameFlags(after, stored.flags)) continue
        stored.flags = after
        stored.dirty = true
        stored.entry = mboxEntry(stored, modseq, { index: this.#index, uidValidity: this.#uidValidity })
        changed = true
      }
      if (!changed) return
      this.#entries = this.#stored.map(({ entry }) => entry)
      await this.#rewrite('take', new Set(), cause)
    })
  }

  /** `arrival`: whether those that stay are no news from now. */
  expunge(uids: readonly number[], cause: Cause, arrival: Arrival = 'take'): Promise<readonly number[]> {
    return this.#serial.run(async () => {
      await this.#refresh('leave')
      const gone = new Set(uids.filter((uid) => this.#find(uid) !== undefined))
      if (gone.size > 0) await this.#rewrite(arrival, gone, cause)
      return [...gone]
    })
  }

  async append(messages: readonly NewMessage[], cause: Cause): Promise<readonly number[]> {
    const uids = await this.#append(messages)
    this.#grown = true
    this.#state('rewritten', cause)
    return uids
  }

  async deliver(message: NewMessage, cause: Cause): Promise<{ readonly file: string }> {
    // As Dovecot's LMTP server, which looks at the folder before it adds to it.
    await this.refresh('leave')
    await this.#append([message])
    const { machine, user } = this.#place
    const size = message.content.length
    stateDelivered(machine, { user, mailbox: this.name, format: 'mbox', file: this.path, size }, cause)
    return { file: this.path }
  }

  /** A message as another folder would save it. */
  async copyOf(uid: number): Promise<NewMessage | null> {
    const stored = this.#find(uid)
    if (stored === undefined) return null
    const { sender, date } = stored.message
    return {
      content: await this.read(uid),
      flags: [...stored.flags],
      internalDate: date,
      envelopeSender: sender,
    }
  }

  vanishedSince(modseq: number): readonly number[] {
    return this.#index.vanishedSince(modseq)
  }

  watch(changed: () => void): () => void {
    return this.#bell.watch(changed)
  }

  async settle(): Promise<void> {
    // Dovecot writes now what was written here long ago, and forgets how the file stood.
    if (this.#unwritten) this.#known = null
    this.#unwritten = false
  }

  #find(uid: number): StoredMessage | undefined {
    return this.#stored[findUid(this.#stored, uid)]
  }

  // --- looking

  async #fileStamp(): Promise<string> {
    const stat = await this.#place.machine.disk.stat(this.path)
    return stat === null ? 'none' : `${stat.modified}/${stat.size}/${stat.inode}`
  }

  async #refresh(arrival: Arrival): Promise<void> {
    const changed = this.#stamp === '' || (await this.#fileStamp()) !== this.#stamp
    if (changed) await this.#look()
    // A message that has a Status learns there that it is no news any more; others must wait for another change.
    const hasStatus = ({ message }: StoredMessage) => message.header.some((field) => /^status:/i.test(field))
    const told = arrival === 'leave' ? [] : this.#stored.filter((stored) => stored.known && !stored.old)
    this.#noNews = new Set(told.filter(hasStatus).map(({ uid }) => uid))
    if (this.#noNews.size > 0 || this.#stored.some(({ dirty }) => dirty))
      await this.#rewrite(arrival, new Set(), {}, 'own')
    for (const stored of this.#stored) stored.known = true
  }

  async #file(): Promise<Buffer> {
    try {
      return Buffer.from(await this.#place.machine.disk.read(this.path))
    } catch (error) {
      if (error instanceof DiskError && error.code === 'ENOENT') return Buffer.alloc(0)
      throw asMailboxError(error)
    }
  }

  async #look(): Promise<void> {
    if (!this.#indexRead) await this.#readIndex()
    this.#stamp = await this.#fileStamp()
    const file = await this.#file()
    const all = parseMbox(file)
    if (all === null) throw new MailboxError('NOTPOSSIBLE', "Mailbox isn't a valid mbox file")
    const [first] = all
    this.#pseudo = first && isPseudo(first.header) ? first : null
    const messages = this.#pseudo === null ? all : all.slice(1)
    const base = first === undefined ? null : readBase(first.header)
    await this.#begin(base)
    const { stored, uidNext } = lookThrough({
      messages,
      file,
      before: this.#stored,
      keywords: this.#keywords.all,
      uidNext: this.#uidNext,
      uidValidity: this.#uidValidity,
      index: this.#index,
    })
    // What has an `O` in its Status was shown to somebody, and what stands before it.
    if (this.#stored.length === 0) this.#index.seenUpTo((stored.findLast(({ old }) => old)?.uid ?? 0) + 1)
    this.#stored = stored
    this.#uidNext = uidNext
    this.#entries = stored.map(({ entry }) => entry)
    await this.#writeIndex().catch(unlessFull)
  }

  async #begin(base: MboxBase | null): Promise<void> {
    if (base === null && this.#uidValidity === 0) this.#uidValidity = await this.#place.newUidValidity()
    if (base !== null && base.uidValidity !== this.#uidValidity) {
      this.#uidValidity = base.uidValidity
      this.#uidNext = 1
      this.#keywords.forget()
      this.#stored = []
    }
    this.#index.begin(this.#uidValidity)
    if (base === null) return
    this.#uidNext = Math.max(this.#uidNext, base.lastUid + 1)
    this.#keywords.read(base.keywords)
  }

  // --- writing

  async #append(messages: readonly NewMessage[]): Promise<readonly number[]> {
    return this.#serial.run(async () => {
      const first = await this.#locked(() => this.#add(messages))
      const known = new Set(this.#stored.filter((stored) => stored.known).map((stored) => stored.uid))
      const unwritten = new Set(this.#stored.filter((stored) => stored.dirty).map((stored) => stored.uid))
      await this.#look()
      for (const stored of this.#stored) {
        stored.known = known.has(stored.uid) || stored.uid >= first
        stored.dirty = unwritten.has(stored.uid)
      }
      // The first message knows the last UID.
      if (this.#pseudo !== null || this.#hasBase())
        await this.#rewrite('leave', new Set(), {}, 'base').catch(unlessFull)
      this.#bell.ring()
      return messages.map((_message, i) => first + i)
    })
  }

  /** Writes messages to the end of the file; answers the first's UID. Nobody else may write meanwhile. */
  async #add(messages: readonly NewMessage[]): Promise<number> {
    if (this.#stamp === '' || (await this.#fileStamp()) !== this.#stamp) await this.#lookKeeping()
    for (const { flags = [] } of messages) this.#keywords.learn(flags.map(canonicalFlag))
    const first = this.#uidNext
    const empty = this.#stored.length === 0 && this.#pseudo === null
    this.#uidNext += messages.length
    const base = this.#base()
    const { machine, user } = this.#place
    const texts = messages.map(({ content, flags = [], internalDate, envelopeSender }, i) =>
      newMboxMessage({
        content,
        flags: flags.map(canonicalFlag),
        uid: first + i,
        sender: envelopeSender ?? `${user}@${machine.name}`,
        date: internalDate ?? machine.clock.now(),
        // Keywords are added when the file is looked at again.
        base: empty && i === 0 ? { ...base, keywords: [] } : null,
      }),
    )
    try {
      await machine.disk.commit([await this.#addition(Buffer.concat(texts))])
    } catch (error) {
      this.#uidNext = first
      throw error
    }
    return first
  }

  /** Alone among all programs that write to the file. */
  async #locked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withDotlock(this.#place.machine, this.path, work)
    } catch (error) {
      throw asMailboxError(error)
    }
  }

  #hasBase(): boolean {
    const [first] = this.#stored
    return first !== undefined && readBase(first.message.header) !== null
  }

  async #addition(bytes: Buffer): Promise<Change> {
    const there = (await this.#place.machine.disk.stat(this.path)) !== null
    return there
      ? { kind: 'append', path: this.path, bytes }
      : { kind: 'write', path: this.path, bytes, mode: 0o600 }
  }

  /** Writes what is dirty, without the messages that go. */
  async #rewrite(
    arrival: Arrival,
    gone: ReadonlySet<number>,
    cause: Cause,
    what: 'base' | 'own' | 'told' = 'told',
  ): Promise<void> {
    const { machine } = this.#place
    await this.#locked(async () => {
      // Somebody may have written between the look and the lock.
      if ((await this.#fileStamp()) !== this.#stamp) await this.#lookKeeping()
      const file = await this.#file()
      const kept = this.#stored.filter(({ uid }) => !gone.has(uid))
      const firstGone = this.#stored.find(({ uid }) => gone.has(uid))?.message.start ?? Infinity
      const modseq = this.#index.highestModseq + 1
      for (const uid of gone) this.#index.expunged(uid, modseq)
      const bytes =
        kept.length === 0 && gone.size > 0
          ? Buffer.from(pseudoMessage(machine.name, machine.clock.now(), this.#base()), 'latin1')
          : rewritten({
              file,
              kept,
              firstGone,
              base: this.#base(),
              pseudo: this.#pseudo,
              noNews: this.#noNews,
              telling: arrival === 'take' ? 'yes' : 'no',
              walk: cause.walk ?? 'changes',
              what: what === 'base' ? 'base' : 'all',
            })
      // All of it or none: a mbox that is cut short has lost mail. And the same file: who waits with it open for our
      // lock to go would write to one that is no more.
      await machine.disk.commit([{ kind: 'write', path: this.path, bytes, inPlace: true }])
    })
    const known = new Set(this.#stored.filter((stored) => stored.known).map(({ uid }) => uid))
    this.#stored = this.#stored.filter(({ uid }) => !gone.has(uid))
    await this.#look()
    for (const stored of this.#stored) stored.known = known.has(stored.uid)
    this.#noNews = new Set()
    this.#unwritten = what === 'own' && (this.#unwritten || this.#known === null)
    if (this.#known !== null) this.#known = this.#stamp
    if (what === 'told') this.#state('rewritten', cause)
    this.#bell.ring()
  }

  /** Looks again; flags that were changed here and are not written yet win. */
  async #lookKeeping(): Promise<void> {
    const mine = new Map(
      this.#stored.filter(({ dirty }) => dirty).map((stored) => [stored.uid, stored.flags]),
    )
    await this.#look()
    for (const stored of this.#stored) {
      const flags = mine.get(stored.uid)
      if (flags === undefined) continue
      stored.flags = flags
      stored.dirty = true
    }
  }

  #base(): MboxBase {
    return { uidValidity: this.#uidValidity, lastUid: this.#uidNext - 1, keywords: this.#keywords.written }
  }

  async #readIndex(): Promise<void> {
    this.#indexRead = true
    const path = `${this.#place.indexPath}/mailscope.index`
    const { disk } = this.#place.machine
    if ((await disk.stat(path)) !== null)
      this.#index.read(Buffer.from(await disk.read(path)).toString('latin1'))
  }

  async #writeIndex(): Promise<void> {
    const changes = this.#index.changes()
    if (changes.length === 0) return
    await this.#place.machine.disk.apply(changes).catch((error: unknown) => {
      this.#index.rewrite()
      throw asMailboxError(error)
    })
  }

  #state(change: 'rewritten', cause: Cause): void {
    const { machine, user } = this.#place
    stateFile(machine, { user, mailbox: this.name, change, file: this.path }, cause)
  }
}
