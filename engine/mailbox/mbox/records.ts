/**
 * What the last look at a mbox found: its messages with their UIDs and flags, its keywords, and how the file stood. The
 * whole file is looked at when it changed; what the file itself cannot hold is in an index beside it.
 *
 * mbox(5); Dovecot 2.3, "Mbox".
 */
import type { Machine } from '#engine/machine.ts'
import { DiskError, type Change } from '#platform/disk.ts'
import { asMailboxError, unlessFull } from '../disk-errors.ts'
import { withDotlock } from '../dotlock.ts'
import { findUid } from '../folder-core.ts'
import { FolderIndex } from '../folder-index.ts'
import { MailboxError, type Flag } from '../mail-store.ts'
import type { Entry } from '../message-entry.ts'
import { lookThrough, mboxEntry, type StoredMessage } from './contents.ts'
import { isPseudo, readBase, type MboxBase } from './headers.ts'
import { MboxKeywords } from './keywords.ts'
import { parseMbox, type MboxMessage } from './parse.ts'

export type MboxPlace = {
  readonly machine: Machine
  readonly user: string
  readonly name: string
  readonly path: string
  /** Folder for what the mbox itself cannot hold. */
  readonly indexPath: string
  readonly newUidValidity: () => Promise<number>
}

export class MboxRecords {
  uidValidity = 0
  uidNext = 1
  readonly index: FolderIndex
  readonly keywords = new MboxKeywords()
  /** Of the file when it was looked at; '' before the first look. */
  stamp = ''
  /** A first message that holds nothing but the mbox's own records. */
  pseudo: MboxMessage | null = null
  stored: StoredMessage[] = []
  entries: readonly Entry[] = []
  readonly #place: MboxPlace
  #indexRead = false

  constructor(place: MboxPlace) {
    this.#place = place
    this.index = new FolderIndex(`${place.indexPath}/mailscope.index`)
  }

  find(uid: number): StoredMessage | undefined {
    return this.stored[findUid(this.stored, uid)]
  }

  /** What the first message says of the whole mbox. */
  get base(): MboxBase {
    return { uidValidity: this.uidValidity, lastUid: this.uidNext - 1, keywords: this.keywords.written }
  }

  /** Whether a message says it. */
  get hasBase(): boolean {
    const [first] = this.stored
    return this.pseudo !== null || (first !== undefined && readBase(first.message.header) !== null)
  }

  /** Other while anybody has written to the file. */
  async fileStamp(): Promise<string> {
    const stat = await this.#place.machine.disk.stat(this.#place.path)
    return stat === null ? 'none' : `${stat.modified}/${stat.size}/${stat.inode}`
  }

  async isOther(): Promise<boolean> {
    return this.stamp === '' || (await this.fileStamp()) !== this.stamp
  }

  async file(): Promise<Buffer> {
    try {
      return Buffer.from(await this.#place.machine.disk.read(this.#place.path))
    } catch (error) {
      if (error instanceof DiskError && error.code === 'ENOENT') return Buffer.alloc(0)
      throw asMailboxError(error)
    }
  }

  async look(): Promise<void> {
    if (!this.#indexRead) await this.#readIndex()
    this.stamp = await this.fileStamp()
    const file = await this.file()
    const all = parseMbox(file)
    if (all === null) throw new MailboxError('NOTPOSSIBLE', "Mailbox isn't a valid mbox file")
    const [first] = all
    this.pseudo = first && isPseudo(first.header) ? first : null
    await this.#begin(first === undefined ? null : readBase(first.header))
    const { stored, uidNext } = lookThrough({
      messages: this.pseudo === null ? all : all.slice(1),
      file,
      before: this.stored,
      keywords: this.keywords.all,
      uidNext: this.uidNext,
      uidValidity: this.uidValidity,
      index: this.index,
    })
    // What has an `O` in its Status was shown to somebody, and what stands before it.
    if (this.stored.length === 0) this.index.seenUpTo((stored.findLast(({ old }) => old)?.uid ?? 0) + 1)
    this.uidNext = uidNext
    this.#keep(stored)
    await this.writeIndex().catch(unlessFull)
  }

  /** Looks again; flags that were changed here and are not written yet win. */
  async lookKeeping(): Promise<void> {
    const mine = new Map(this.stored.filter(({ dirty }) => dirty).map((stored) => [stored.uid, stored.flags]))
    await this.look()
    for (const stored of this.stored) {
      const flags = mine.get(stored.uid)
      if (flags === undefined) continue
      stored.flags = flags
      stored.dirty = true
    }
  }

  /** Flags that the file does not say yet. */
  reflag(changes: readonly { readonly stored: StoredMessage; readonly flags: ReadonlySet<Flag> }[]): void {
    const modseq = this.index.highestModseq + 1
    for (const { stored, flags } of changes) {
      stored.flags = flags
      stored.dirty = true
      stored.entry = mboxEntry(stored, modseq, this)
    }
    this.#keep(this.stored)
  }

  async writeIndex(): Promise<void> {
    const changes = this.index.changes()
    if (changes.length === 0) return
    await this.#place.machine.disk.apply(changes).catch((error: unknown) => {
      this.index.rewrite()
      throw asMailboxError(error)
    })
  }

  /** Alone among all programs that write to the file. */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await withDotlock(this.#place.machine, this.#place.path, work)
    } catch (error) {
      throw asMailboxError(error)
    }
  }

  /** Puts bytes to the end of the file; durable when it resolves. */
  async append(bytes: Uint8Array): Promise<void> {
    const { machine, path } = this.#place
    const there = (await machine.disk.stat(path)) !== null
    const change: Change = there
      ? { kind: 'append', path, bytes }
      : { kind: 'write', path, bytes, mode: 0o600 }
    await machine.disk.commit([change])
  }

  /**
   * All of it or none: a mbox that is cut short has lost mail. And the same file: who waits with it open for our lock to
   * go would write to one that is no more.
   */
  async replace(bytes: Uint8Array): Promise<void> {
    const { machine, path } = this.#place
    await machine.disk.commit([{ kind: 'write', path, bytes, inPlace: true }])
  }

  #keep(stored: StoredMessage[]): void {
    this.stored = stored
    this.entries = stored.map(({ entry }) => entry)
  }

  async #begin(base: MboxBase | null): Promise<void> {
    if (base === null && this.uidValidity === 0) this.uidValidity = await this.#place.newUidValidity()
    if (base !== null && base.uidValidity !== this.uidValidity) {
      this.uidValidity = base.uidValidity
      this.uidNext = 1
      this.keywords.forget()
      this.stored = []
    }
    this.index.begin(this.uidValidity)
    if (base === null) return
    this.uidNext = Math.max(this.uidNext, base.lastUid + 1)
    this.keywords.read(base.keywords)
  }

  async #readIndex(): Promise<void> {
    this.#indexRead = true
    const { indexPath, machine } = this.#place
    const path = `${indexPath}/mailscope.index`
    if ((await machine.disk.stat(path)) !== null)
      this.index.read(Buffer.from(await machine.disk.read(path)).toString('latin1'))
  }
}
