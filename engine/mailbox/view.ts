/**
 * What one IMAP client has been told of a mailbox. Sequence numbers count in it, so a message that another session
 * removed keeps its number here until the client may be told, and one that came has none until then.
 *
 * RFC 3501 §2.3.1.2, §5.2, §7.4.1.
 */
import { changedFlags, findUid, sameFlags } from './folder-core.ts'
import type { Flag, FlagChange, MessageEntry, OpenMailbox, Uid } from './mail-store.ts'
import { Entry } from './message-entry.ts'

export type ViewChanges = {
  /** Null when it is as the client knows it. */
  readonly keywords: readonly string[] | null
  /** `what`: of the client's own silent change only the modification sequence is news. */
  readonly flags: readonly {
    readonly number: number
    readonly entry: MessageEntry
    readonly what: 'flags' | 'modseq'
  }[]
  /** Each number counts after the removals before it: from the last message to the first. */
  readonly expunged: readonly { readonly number: number; readonly uid: Uid }[]
  readonly exists: number | null
  readonly recent: number | null
}

export type Expunges = 'tell' | 'withhold'

export class MailboxView {
  readonly mailbox: OpenMailbox
  /** Whether the client hears of \\Recent: in IMAP4rev2 there is none. */
  recents: 'shown' | 'hidden' = 'shown'
  #entries: MessageEntry[]
  #arrived: MessageEntry[] = []
  readonly #gone = new Set<Uid>()
  readonly #changed = new Map<Uid, MessageEntry>()
  /** What the client did itself, and needs not be told. */
  readonly #own = new Map<Uid, number>()
  #keywords: readonly string[]
  #toldKeywords = 0
  #toldRecent: number
  #toldNext: number

  /** `known`: keywords that the client was told of at an earlier visit. */
  constructor(mailbox: OpenMailbox, known: readonly string[] = []) {
    this.mailbox = mailbox
    this.#entries = [...mailbox.messages()]
    this.#keywords = [...known, ...mailbox.keywords().filter((keyword) => !known.includes(keyword))]
    this.#toldKeywords = this.#keywords.length
    this.#toldRecent = this.#countRecent()
    this.#toldNext = mailbox.uidNext
  }

  /** The UID that the next message was to have when the client was told of the mailbox last. */
  get uidNext(): number {
    return this.#toldNext
  }

  /** In the order of sequence numbers: the first has number 1. */
  get entries(): readonly MessageEntry[] {
    return this.#entries
  }

  get recent(): number {
    return this.#toldRecent
  }

  get keywords(): readonly string[] {
    return this.#keywords
  }

  /** A keyword in the spelling that the mailbox has for it. One that is new is known from now on. */
  keyword(name: string): string {
    const lower = name.toLowerCase()
    const same = (keyword: string) => keyword.toLowerCase() === lower
    const known = this.#keywords.find(same)
    if (known !== undefined) return known
    const theirs = this.mailbox.keywords().find(same) ?? name
    this.#keywords = [...this.#keywords, theirs]
    this.mailbox.mention?.(theirs)
    return theirs
  }

  /** Sequence number of a UID, or 0. */
  numberOf(uid: number): number {
    return findUid(this.#entries, uid) + 1
  }

  /** Whether anything is to be told but of new messages. */
  get hasChanges(): boolean {
    return this.#gone.size > 0 || this.#changed.size > 0
  }

  isGone(uid: Uid): boolean {
    return this.#gone.has(uid)
  }

  /**
   * These are as this client's own command made them. With `expected`: but for those whose flags are others than the
   * client would think, because somebody else changed them too.
   */
  acknowledge(
    entries: readonly MessageEntry[],
    expected: (before: ReadonlySet<Flag>) => ReadonlySet<Flag> | null = () => null,
  ): void {
    for (const entry of entries) {
      const before = this.#entries[findUid(this.#entries, entry.uid)]
      const thought = before === undefined ? null : expected(before.flags)
      if (thought === null || sameFlags(thought, entry.flags)) this.#own.set(entry.uid, entry.modseq)
      this.#replace(entry)
    }
  }

  /** A message that is gone keeps its number for a while, and so its flags can still be changed, for this client alone. */
  changeGone(uid: Uid, change: FlagChange, flags: readonly Flag[]): void {
    const entry = this.#entries[findUid(this.#entries, uid)]
    if (!(entry instanceof Entry)) return
    const after = changedFlags(entry.flags, change, flags)
    if (sameFlags(after, entry.flags)) return
    const changed = entry.withFlags(after)
    this.#replace(changed)
    this.#changed.set(uid, changed)
  }

  /** Whether there are keywords that the client has not been told of; it counts as told from now on. */
  takeNewKeywords(): boolean {
    const known = new Set(this.#keywords.map((keyword) => keyword.toLowerCase()))
    const more = this.mailbox.keywords().filter((keyword) => !known.has(keyword.toLowerCase()))
    if (more.length > 0) this.#keywords = [...this.#keywords, ...more]
    const news = this.#keywords.length > this.#toldKeywords
    this.#toldKeywords = this.#keywords.length
    return news
  }

  /** Looks at the mailbox, tells nobody yet. */
  async look(arrivals: 'with-arrivals' | 'without-arrivals' = 'with-arrivals'): Promise<void> {
    const { added, removed, changed } = await this.mailbox.refresh(arrivals)
    for (const uid of removed) this.#gone.add(uid)
    for (const entry of changed) {
      this.#replace(entry)
      this.#changed.set(entry.uid, entry)
    }
    for (const entry of added) this.#arrived.push(entry)
  }

  async sync(expunges: Expunges): Promise<ViewChanges> {
    await this.look()
    const keywords = this.takeNewKeywords() ? this.#keywords : null
    const flags = this.#takeChanged(expunges)
    this.#toldNext = this.mailbox.uidNext
    const before = this.#entries.length
    const expunged = expunges === 'tell' ? this.#takeGone() : []
    const arrived = this.#arrived.filter((entry) => !this.#gone.delete(entry.uid))
    this.#arrived = []
    for (const entry of arrived) this.#entries.push(entry)
    const moved = arrived.length > 0 || expunged.length > 0
    const recent = moved ? this.#countRecent() : this.#toldRecent
    const tellRecent = recent !== this.#toldRecent
    this.#toldRecent = recent
    return {
      keywords,
      flags,
      expunged,
      exists:
        arrived.length > 0 && this.#entries.length !== before - expunged.length ? this.#entries.length : null,
      recent: tellRecent && this.recents === 'shown' ? recent : null,
    }
  }

  /** For a client that wants to hear nothing: what is gone loses its number all the same, what came waits. */
  async syncQuietly(): Promise<void> {
    await this.look('without-arrivals')
    this.#takeGone()
    this.#changed.clear()
    this.#own.clear()
  }

  #takeChanged(expunges: Expunges): ViewChanges['flags'] {
    const changed = [...this.#changed.values()].flatMap((entry) => {
      const number = this.numberOf(entry.uid)
      const what = this.#own.get(entry.uid) === entry.modseq ? 'modseq' : 'flags'
      // Of a message whose removal is told in the same breath nothing else is.
      if (number === 0 || (expunges === 'tell' && this.#gone.has(entry.uid))) return []
      return [{ number, entry, what } as const]
    })
    this.#changed.clear()
    this.#own.clear()
    return changed.sort((a, b) => a.number - b.number)
  }

  #takeGone(): ViewChanges['expunged'] {
    if (this.#gone.size === 0) return []
    const expunged: { number: number; uid: Uid }[] = []
    this.#entries = this.#entries.filter((entry, i) => {
      if (!this.#gone.delete(entry.uid)) return true
      expunged.push({ number: i + 1, uid: entry.uid })
      return false
    })
    return expunged.reverse()
  }

  #replace(entry: MessageEntry): void {
    const at = findUid(this.#entries, entry.uid)
    if (at >= 0) this.#entries[at] = entry
  }

  #countRecent(): number {
    let recent = 0
    for (const entry of this.#entries) if (entry.recent) recent++
    return recent
  }
}
