/**
 * One session's look at a folder: the messages as this session last saw them, and which of them are recent to it.
 * What others did shows at the next `refresh`.
 */
import { findUid, type Arrival, type CopyTo, type FolderCore } from './folder-core.ts'
import {
  MailboxError,
  type Cause,
  type Details,
  type Flag,
  type FlagChange,
  type MailboxChanges,
  type MessageEntry,
  type NewMessage,
  type OpenMailbox,
  type OpenMode,
  type Uid,
} from './mail-store.ts'
import { canonicalFlag, type Entry } from './message-entry.ts'

export class OpenFolder implements OpenMailbox {
  readonly #core: FolderCore
  readonly #mode: OpenMode
  readonly #copy: CopyTo
  readonly #closed: () => void
  #seen: readonly Entry[] = []
  #shown: readonly Entry[] = []
  /** UIDs from here to here are recent to this session. */
  #recent: { from: number; to: number }[] = []

  private constructor(core: FolderCore, mode: OpenMode, copy: CopyTo, closed: () => void) {
    this.#core = core
    this.#mode = mode
    this.#copy = copy
    this.#closed = closed
  }

  static async open(core: FolderCore, mode: OpenMode, copy: CopyTo, closed: () => void): Promise<OpenFolder> {
    const opened = new OpenFolder(core, mode, copy, closed)
    // To add a message one need not know the others; INBOX is known to every session.
    if (mode !== 'keep-recent' || core.name === 'INBOX') await opened.refresh()
    return opened
  }

  get name(): string {
    return this.#core.name
  }
  get readOnly(): boolean {
    return this.#mode === 'read-only'
  }
  get uidValidity(): number {
    return this.#core.uidValidity
  }
  get uidNext(): number {
    return this.#core.uidNext
  }
  get highestModseq(): number {
    return this.#core.highestModseq
  }
  get guid(): string {
    return this.#core.guid
  }

  messages(): readonly MessageEntry[] {
    return this.#shown
  }

  keywords(): readonly string[] {
    return this.#core.keywords
  }

  mention(keyword: string): void {
    this.#core.mention?.(keyword)
  }

  async load(uids?: readonly Uid[], what: Details = 'sizes and dates'): Promise<void> {
    await this.#core.load(uids === undefined ? this.#shown : this.#entriesOf(uids), what)
  }

  async refresh(arrivals: 'with-arrivals' | 'without-arrivals' = 'with-arrivals'): Promise<MailboxChanges> {
    if (arrivals === 'without-arrivals') {
      await this.#core.refresh('leave', {})
      const last = this.#seen.at(-1)?.uid ?? 0
      return this.#look(this.#core.entries.filter(({ uid }) => uid <= last))
    }
    const arrival: Arrival = this.#mode === 'read-write' ? 'take' : 'leave'
    await this.#core.refresh(arrival, {})
    const to = this.#core.uidNext
    const from = this.#mode === 'read-write' ? await this.#core.claimRecent() : this.#core.firstRecent
    if (from < to) this.#remember(from, to)
    return this.#look()
  }

  watch(changed: () => void): () => void {
    return this.#core.watch(changed)
  }

  read(uid: Uid): Promise<Uint8Array> {
    return this.#core.read(uid)
  }

  readHeader(uid: Uid): Promise<Uint8Array> {
    return this.#core.readHeader(uid)
  }

  async readFields(uids: readonly Uid[], names: readonly string[]): Promise<ReadonlyMap<Uid, string>> {
    return (await this.#core.readFields(uids, names)) as ReadonlyMap<Uid, string>
  }

  async setFlags(
    uids: readonly Uid[],
    change: FlagChange,
    flags: readonly Flag[],
    cause: Cause,
  ): Promise<readonly MessageEntry[]> {
    this.#mustWrite()
    await this.#core.setFlags(uids, change, flags.map(canonicalFlag), cause)
    return uids.flatMap((uid) => {
      const entry = this.#core.entries[findUid(this.#core.entries, uid)]
      return entry ? [this.#asShown(entry)] : []
    })
  }

  async expunge(uids: readonly Uid[], cause: Cause): Promise<readonly Uid[]> {
    this.#mustWrite()
    return (await this.#core.expunge(uids, cause)) as readonly Uid[]
  }

  async append(messages: readonly NewMessage[], cause: Cause): Promise<readonly Uid[]> {
    return (await this.#core.append(messages, cause)) as readonly Uid[]
  }

  async copyTo(target: string, uids: readonly Uid[], mode: 'copy' | 'move', cause: Cause) {
    const { uidValidity, pairs } = await this.#copy(this.#core, target, uids, mode, cause)
    return { uidValidity, uids: pairs as readonly (readonly [Uid, Uid])[] }
  }

  async vanishedSince(modseq: number): Promise<readonly Uid[]> {
    return this.#core.vanishedSince(modseq) as readonly Uid[]
  }

  async close(): Promise<void> {
    await this.#core.settle()
    this.#closed()
  }

  #mustWrite(): void {
    if (this.#mode === 'read-only') throw new MailboxError('NOPERM', 'Mailbox is read-only')
  }

  #entriesOf(uids: readonly Uid[]): readonly Entry[] {
    return uids.flatMap((uid) => {
      const entry =
        this.#shown[findUid(this.#shown, uid)] ?? this.#core.entries[findUid(this.#core.entries, uid)]
      return entry ? [entry] : []
    })
  }

  #remember(from: number, to: number): void {
    const last = this.#recent.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else this.#recent.push({ from, to })
  }

  #asShown(entry: Entry): Entry {
    return entry.withRecent(this.#recent.some(({ from, to }) => entry.uid >= from && entry.uid < to))
  }

  /** Compares what is with what was shown; both are in the order of UIDs. */
  #look(now: readonly Entry[] = this.#core.entries): MailboxChanges {
    const before = this.#seen
    if (now === before) return { added: [], removed: [], changed: [] }
    const shown: Entry[] = []
    const added: Entry[] = []
    const removed: Uid[] = []
    const changed: Entry[] = []
    let old = 0
    for (const entry of now) {
      for (let gone = before[old]; gone && gone.uid < entry.uid; gone = before[++old]) removed.push(gone.uid)
      const same = before[old]
      if (same?.uid !== entry.uid) {
        const fresh = this.#asShown(entry)
        shown.push(fresh)
        added.push(fresh)
        continue
      }
      const known = this.#shown[old++]
      if (same === entry && known) {
        shown.push(known)
        continue
      }
      const fresh = this.#asShown(entry)
      shown.push(fresh)
      if (same.modseq !== entry.modseq) changed.push(fresh)
    }
    for (let gone = before[old]; gone; gone = before[++old]) removed.push(gone.uid)
    this.#seen = now
    this.#shown = shown
    return { added, removed, changed }
  }
}
