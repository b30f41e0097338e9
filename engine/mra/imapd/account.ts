/**
 * An IMAP session once the user is known: the mailboxes, the one that is open, and what the client said that it
 * understands. Handlers ask and change this; what the client sees of it is written elsewhere.
 */
import { UserPlaces } from '#engine/wire-places.ts'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import type { UserLog } from '#engine/wire-log.ts'
import type { Cause, MailStore, MessageEntry, OpenMailbox, Uid } from '#mailbox/mail-store.ts'
import { MailboxView, type Expunges } from '#mailbox/view.ts'
import type { By } from '#protocol/imap/grammar.ts'
import { inRanges, resolveRanges, type SequenceSet } from '#protocol/imap/sequence-set.ts'
import { announces } from './capabilities.ts'
import { Counts } from './counts.ts'
import { SearchUpdates } from './search-updates.ts'
import { Names } from './names.ts'
import { Notifications } from './notifications.ts'
import { no } from './outcome.ts'
import { deletedUnderUs, Refusal } from './refusal.ts'
import { Signal } from './signal.ts'
import { writeChanges } from './updates.ts'

export type AccountParts = {
  readonly machine: Machine
  readonly session: string
  readonly user: string
  readonly store: MailStore
  readonly settings: DovecotSettings
  readonly shared: SharedState
  /** Writes in the mail log. */
  readonly log: UserLog
}

/** What the sessions of a server have in common. */
export class SharedState {
  readonly accounts = new Set<Account>()
  readonly places = new UserPlaces()
  /** Mailboxes of which some client asked for modification sequences: every client is told them from then on. */
  readonly #tracked = new WeakMap<MailStore, Set<string>>()

  track(store: MailStore, mailbox: string): void {
    const tracked = this.#tracked.get(store) ?? new Set()
    tracked.add(mailbox)
    this.#tracked.set(store, tracked)
  }

  /** Messages whose first words somebody has asked for: those are at hand from then on. */
  readonly #previews = new WeakMap<MailStore, Set<string>>()

  keepPreview(store: MailStore, mailbox: string, uid: Uid): void {
    const kept = this.#previews.get(store) ?? new Set()
    kept.add(`${uid} ${mailbox}`)
    this.#previews.set(store, kept)
  }

  hasPreview(store: MailStore, mailbox: string, uid: Uid): boolean {
    return this.#previews.get(store)?.has(`${uid} ${mailbox}`) === true
  }

  tracks(store: MailStore, mailbox: string): boolean {
    return this.#tracked.get(store)?.has(mailbox) === true
  }
}

/** A message that a command means. */
export type Numbered = { readonly number: number; readonly entry: MessageEntry }

export class Account {
  readonly parts: AccountParts
  readonly names: Names
  readonly notifications: Notifications
  readonly searchUpdates = new SearchUpdates()
  readonly counts = new Counts()
  /** Something happened that an idle client might be told. */
  readonly changed = new Signal()
  condstore = false
  /** The client takes UTF-8 in quoted strings, and asks for no charset. RFC 6855. */
  utf8 = false
  compressed = false
  #rev2 = false
  qresync = false
  /** What `$` means: RFC 5182. */
  saved: readonly Uid[] = []
  /** The highest modification sequence that the client has seen. */
  seenModseq = 0
  /** Why the session cannot go on, and whether it ends with any command or when the client is told news. */
  broken: { readonly reason: string; readonly when: 'at-once' | 'at-news' } | null = null
  /** What the mailboxes complained of last. */
  lastError = no('BUG: Unknown internal error', 'SERVERBUG')
  #missed = false
  #view: MailboxView | null = null
  #unwatch: () => void = () => undefined
  #busy = false
  /** Keywords that the client has spoken of, by mailbox: no message need have them. */
  readonly #keywords = new Map<string, readonly string[]>()

  constructor(parts: AccountParts) {
    this.parts = parts
    this.names = new Names(parts.settings, parts.store)
    this.notifications = new Notifications(this)
  }

  get store(): MailStore {
    return this.parts.store
  }

  /** The open mailbox. The chart lets no command come here without one. */
  get view(): MailboxView {
    if (this.#view === null) throw new Error('no mailbox is selected')
    return this.#view
  }

  get selected(): MailboxView | null {
    return this.#view
  }

  /** The client speaks IMAP4rev2: RFC 9051. */
  get rev2(): boolean {
    return this.#rev2
  }

  useRev2(): void {
    this.#rev2 = true
    if (this.#view !== null) this.#view.recents = 'hidden'
  }

  announces(extension: string): boolean {
    return announces(this.parts.settings, this.names, extension)
  }

  cause(command: string): Cause {
    return { session: this.parts.session, command }
  }

  /** Makes a mailbox that the configuration wants to be there, at its first use. */
  async provide(name: string): Promise<void> {
    const auto = this.names.configured.find((mailbox) => mailbox.name === name)?.auto ?? 'no'
    if (auto === 'no') return
    const folders = await this.store.folders()
    if (folders.some((folder) => folder.name === name && folder.selectable)) return
    await this.store.create(name, this.cause('CREATE'))
    if (auto === 'subscribe') await this.store.subscribe(name, 'subscribed')
  }

  opened(mailbox: OpenMailbox): MailboxView {
    const view = new MailboxView(mailbox, this.#keywords.get(mailbox.name))
    if (this.#rev2) view.recents = 'hidden'
    this.#view = view
    this.#unwatch = mailbox.watch(() => this.#rung(view))
    this.seenModseq = 0
    this.saved = []
    this.parts.machine.emit({
      type: 'mailbox.opened',
      session: this.parts.session,
      user: this.parts.user,
      mailbox: mailbox.name,
      messages: view.entries.length,
      uidValidity: mailbox.uidValidity,
    })
    return view
  }

  /** The mailboxes are others than before: whoever asked to hear of it does. */
  announce(renamed: { readonly from: string; readonly to: string } | null = null): void {
    for (const account of this.parts.shared.accounts)
      if (account.store === this.store) account.notifications.namesChanged(renamed)
  }

  /** A mailbox is there no more under this name; a session that has it open cannot go on. */
  lost(name: string, how: 'deleted' | 'renamed'): void {
    for (const account of this.parts.shared.accounts) {
      const open = account.selected?.mailbox.name
      const within = how === 'renamed' && open?.startsWith(`${name}/`) === true
      if (account.store !== this.store || (open !== name && !within)) continue
      account.broken =
        account === this && how === 'deleted'
          ? { reason: 'Selected mailbox was deleted, have to disconnect.', when: 'at-once' }
          : { reason: 'IMAP session state is inconsistent, please relogin.', when: 'at-news' }
      account.changed.wake()
    }
  }

  /** What needs the files of the open mailbox cannot be done without. */
  mustBeThere(): void {
    if (this.broken !== null) throw new Refusal(deletedUnderUs)
  }

  async close(): Promise<void> {
    this.broken = null
    const view = this.#view
    if (view !== null) this.#keywords.set(view.mailbox.name, view.keywords)
    this.#view = null
    this.#unwatch()
    this.#unwatch = () => undefined
    this.searchUpdates.clear()
    await view?.mailbox.close()
  }

  /** The client's own command is at work: what rings now is its own doing. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    this.#busy = true
    try {
      return await work()
    } finally {
      this.#busy = false
    }
  }

  /** What the client must be told now, as it is sent. */
  async sync(expunges: Expunges, by: By): Promise<{ readonly text: string; readonly code: string | null }> {
    const view = this.#view
    if (view === null) return { text: '', code: null }
    const told = this.notifications.told
    if (told?.counts === 'not-told') {
      await view.syncQuietly()
      return { text: '', code: null }
    }
    const how = told?.expunges === 'at-any-time' ? 'tell' : expunges
    const all = await view.sync(how)
    const changes = told === null ? all : told.select(all)
    if (all.expunged.length > 0) {
      const gone = new Set(all.expunged.map(({ uid }) => uid))
      this.saved = this.saved.filter((uid) => !gone.has(uid))
    }
    const uid = by === 'uid' || this.qresync ? 'with-uid' : 'without-uid'
    const form = { uid, condstore: this.condstore, vanished: this.qresync } as const
    const text = writeChanges(changes, view, form, this.searchUpdates.before(changes))
    for (const { entry } of changes.flags) this.sawModseq(entry.modseq)
    const updates = await this.searchUpdates.after(changes, this)
    const { highestModseq } = view.mailbox
    const news = this.qresync && (changes.expunged.length > 0 || highestModseq > this.seenModseq)
    this.sawModseq(highestModseq)
    return { text: text + updates, code: news ? `HIGHESTMODSEQ ${highestModseq}` : null }
  }

  /** A message that a search wanted to read is gone. */
  missedMessage(): void {
    this.#missed = true
  }

  /** Whether there was one since the last time. */
  takeMissed(): boolean {
    const missed = this.#missed
    this.#missed = false
    return missed
  }

  sawModseq(modseq: number): void {
    if (modseq > this.seenModseq) this.seenModseq = modseq
  }

  /** CONDSTORE is on from now; the answer is what the client is told of it. */
  enableCondstore(): string {
    if (this.condstore) return ''
    this.condstore = true
    const view = this.#view
    if (view === null) return ''
    this.parts.shared.track(this.store, view.mailbox.name)
    return `* OK [HIGHESTMODSEQ ${view.mailbox.highestModseq}] Highest\r\n`
  }

  /** The messages of a set, in ascending order. A number that no message has is an error, a UID is not. */
  messages(set: SequenceSet, by: By): readonly Numbered[] {
    const { entries } = this.view
    if (set === 'saved') {
      return this.saved.flatMap((uid) => {
        const number = this.view.numberOf(uid)
        const entry = entries[number - 1]
        return entry ? [{ number, entry }] : []
      })
    }
    const found: Numbered[] = []
    if (by === 'sequence') {
      const ranges = resolveRanges(set, entries.length)
      if ((ranges.at(-1)?.to ?? 0) > entries.length || (ranges[0]?.from ?? 1) < 1) {
        throw new Refusal({ status: 'BAD', text: 'Invalid messageset' })
      }
      for (const { from, to } of ranges) {
        for (let number = from; number <= to; number++) {
          const entry = entries[number - 1]
          if (entry) found.push({ number, entry })
        }
      }
      return found
    }
    const ranges = resolveRanges(set, entries.at(-1)?.uid ?? 0)
    entries.forEach((entry, i) => {
      if (inRanges(ranges, entry.uid)) found.push({ number: i + 1, entry })
    })
    return found
  }

  #rung(view: MailboxView): void {
    if (this.#view !== view) return
    this.changed.wake()
    // What another session does to flags must be seen before it may remove the message.
    if (!this.#busy) void view.look('without-arrivals').catch(() => undefined)
  }
}
