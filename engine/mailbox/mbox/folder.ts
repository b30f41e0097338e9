/**
 * One folder kept as a mbox: flags and UIDs are written into the headers of the messages, new messages to the end.
 *
 * mbox(5); Dovecot 2.3, "Mbox".
 */
import { toCrlf } from '#protocol/bytes/lines.ts'
import { Bell } from '../bell.ts'
import { unlessFull } from '../disk-errors.ts'
import { changedFlags, headerOf, sameFlags, type Arrival, type FolderCore } from '../folder-core.ts'
import { fieldsOf } from '../header-cache.ts'
import { MailboxError, type Cause, type Flag, type FlagChange, type NewMessage } from '../mail-store.ts'
import { canonicalFlag, type Entry } from '../message-entry.ts'
import { Serial } from '../serial.ts'
import { stateDelivered, stateFile } from '../told.ts'
import { shownHeader, type StoredMessage } from './contents.ts'
import { newMboxMessage } from './new-message.ts'
import { pseudoMessage } from './pseudo.ts'
import { MboxRecords, type MboxPlace } from './records.ts'
import { rewritten } from './rewrite.ts'

export class MboxFolder implements FolderCore {
  readonly name: string
  readonly path: string
  readonly #place: MboxPlace
  readonly #serial = new Serial()
  readonly #bell: Bell
  readonly #records: MboxRecords
  /** The stamp of the file when somebody last looked through it. */
  #known: string | null = null
  /** Only UIDs were written since, which Dovecot would put off. */
  #unwritten = false
  #grown = false
  /** Of these the file must say with the next change that somebody has been told of them. */
  #noNews: ReadonlySet<number> = new Set()

  constructor(place: MboxPlace) {
    this.name = place.name
    this.path = place.path
    this.#place = place
    const records = new MboxRecords(place)
    this.#records = records
    const { clock, disk } = place.machine
    this.#bell = new Bell({
      clock,
      disk,
      folders: [place.path.slice(0, Math.max(place.path.lastIndexOf('/'), 1))],
      look: async () => records.stamp !== '' && (await records.isOther()),
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
    return `${this.#records.uidValidity.toString(16).padStart(8, '0')}${Buffer.from(this.path).toString('hex')}`
      .padEnd(32, '0')
      .slice(0, 32)
  }
  get keywords(): readonly string[] {
    return this.#records.keywords.all
  }
  get entries(): readonly Entry[] {
    return this.#records.entries
  }

  mention(keyword: string): void {
    this.#records.keywords.mention(keyword)
  }

  refresh(arrival: Arrival): Promise<void> {
    return this.#serial.run(() => this.#refresh(arrival))
  }

  /** The folder has been looked through: how it stands is known until its file changes. */
  synced(): void {
    if (!this.#unwritten) this.#known = this.#records.stamp
  }

  /** Whether something was added that nobody has read yet. */
  get grown(): boolean {
    return this.#grown
  }

  /** Whether new mail waits, as far as that is known without looking. */
  async mark(): Promise<'marked' | 'unmarked' | null> {
    if (this.#known === null || this.#known !== (await this.#records.fileStamp())) return null
    return this.#records.entries.some(({ uid }) => uid >= this.#records.index.firstRecent)
      ? 'marked'
      : 'unmarked'
  }

  claimRecent(): Promise<number> {
    return this.#serial.run(async () => {
      this.#known = this.#records.stamp
      this.#grown = false
      const first = this.#records.index.firstRecent
      this.#records.index.seenUpTo(this.#records.uidNext)
      await this.#records.writeIndex()
      return first
    })
  }

  async load(): Promise<void> {}

  totalSize(): Promise<number> {
    return Promise.resolve(this.#records.entries.reduce((sum, entry) => sum + entry.size, 0))
  }

  async read(uid: number): Promise<Uint8Array> {
    return this.#serial.run(async () => {
      await this.#refresh('leave')
      const stored = this.#records.find(uid)
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
        const stored = this.#records.find(uid)
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
      if (change !== 'remove') this.#records.keywords.learn(flags)
      const changes = uids.flatMap((uid) => {
        const stored = this.#records.find(uid)
        if (stored === undefined) return []
        const after = changedFlags(stored.flags, change, flags)
        return sameFlags(after, stored.flags) ? [] : [{ stored, flags: after }]
      })
      if (changes.length === 0) return
      this.#records.reflag(changes)
      await this.#rewrite('take', new Set(), cause)
    })
  }

  /** `arrival`: whether those that stay are no news from now. */
  expunge(uids: readonly number[], cause: Cause, arrival: Arrival = 'take'): Promise<readonly number[]> {
    return this.#serial.run(async () => {
      await this.#refresh('leave')
      const gone = new Set(uids.filter((uid) => this.#records.find(uid) !== undefined))
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
    const stored = this.#records.find(uid)
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
    return this.#records.index.vanishedSince(modseq)
  }

  watch(changed: () => void): () => void {
    return this.#bell.watch(changed)
  }

  async settle(): Promise<void> {
    // Dovecot writes now what was written here long ago, and forgets how the file stood.
    if (this.#unwritten) this.#known = null
    this.#unwritten = false
  }

  async #refresh(arrival: Arrival): Promise<void> {
    const records = this.#records
    if (await records.isOther()) await records.look()
    // A message that has a Status learns there that it is no news any more; others must wait for another change.
    const hasStatus = ({ message }: StoredMessage) => message.header.some((field) => /^status:/i.test(field))
    const told = arrival === 'leave' ? [] : records.stored.filter((stored) => stored.known && !stored.old)
    this.#noNews = new Set(told.filter(hasStatus).map(({ uid }) => uid))
    if (this.#noNews.size > 0 || records.stored.some(({ dirty }) => dirty))
      await this.#rewrite(arrival, new Set(), {}, 'own')
    for (const stored of records.stored) stored.known = true
  }

  async #append(messages: readonly NewMessage[]): Promise<readonly number[]> {
    const records = this.#records
    return this.#serial.run(async () => {
      const first = await records.locked(() => this.#add(messages))
      const known = new Set(records.stored.filter((stored) => stored.known).map((stored) => stored.uid))
      const unwritten = new Set(records.stored.filter((stored) => stored.dirty).map((stored) => stored.uid))
      await records.look()
      for (const stored of records.stored) {
        stored.known = known.has(stored.uid) || stored.uid >= first
        stored.dirty = unwritten.has(stored.uid)
      }
      // The first message knows the last UID.
      if (records.hasBase) await this.#rewrite('leave', new Set(), {}, 'base').catch(unlessFull)
      this.#bell.ring()
      return messages.map((_message, i) => first + i)
    })
  }

  /** Writes messages to the end of the file; answers the first's UID. Nobody else may write meanwhile. */
  async #add(messages: readonly NewMessage[]): Promise<number> {
    const records = this.#records
    if (await records.isOther()) await records.lookKeeping()
    for (const { flags = [] } of messages) records.keywords.learn(flags.map(canonicalFlag))
    const first = records.uidNext
    const empty = records.stored.length === 0 && records.pseudo === null
    records.uidNext += messages.length
    const base = records.base
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
      await records.append(Buffer.concat(texts))
    } catch (error) {
      records.uidNext = first
      throw error
    }
    return first
  }

  /** Writes what is dirty, without the messages that go. */
  async #rewrite(
    arrival: Arrival,
    gone: ReadonlySet<number>,
    cause: Cause,
    what: 'base' | 'own' | 'told' = 'told',
  ): Promise<void> {
    const records = this.#records
    const { machine } = this.#place
    await records.locked(async () => {
      // Somebody may have written between the look and the lock.
      if (await records.isOther()) await records.lookKeeping()
      const file = await records.file()
      const kept = records.stored.filter(({ uid }) => !gone.has(uid))
      const firstGone = records.stored.find(({ uid }) => gone.has(uid))?.message.start ?? Infinity
      const modseq = records.index.highestModseq + 1
      for (const uid of gone) records.index.expunged(uid, modseq)
      const bytes =
        kept.length === 0 && gone.size > 0
          ? Buffer.from(pseudoMessage(machine.name, machine.clock.now(), records.base), 'latin1')
          : rewritten({
              file,
              kept,
              firstGone,
              base: records.base,
              pseudo: records.pseudo,
              noNews: this.#noNews,
              telling: arrival === 'take' ? 'yes' : 'no',
              walk: cause.walk ?? 'changes',
              what: what === 'base' ? 'base' : 'all',
            })
      await records.replace(bytes)
    })
    const known = new Set(records.stored.filter((stored) => stored.known).map(({ uid }) => uid))
    records.stored = records.stored.filter(({ uid }) => !gone.has(uid))
    await records.look()
    for (const stored of records.stored) stored.known = known.has(stored.uid)
    this.#noNews = new Set()
    this.#unwritten = what === 'own' && (this.#unwritten || this.#known === null)
    if (this.#known !== null) this.#known = records.stamp
    if (what === 'told') this.#state('rewritten', cause)
    this.#bell.ring()
  }

  #state(change: 'rewritten', cause: Cause): void {
    const { machine, user } = this.#place
    stateFile(machine, { user, mailbox: this.name, change, file: this.path }, cause)
  }
}
