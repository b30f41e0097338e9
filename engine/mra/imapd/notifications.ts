/**
 * What a client asked with NOTIFY to hear unasked: of the open mailbox, of others how many messages they hold, and which
 * mailboxes there are.
 *
 * RFC 5465.
 */
import { MailboxError, type FolderStatus } from '#mailbox/mail-store.ts'
import type { Notify, NotifyEvent, NotifyGroup } from '#protocol/imap/commands/notify.ts'
import type { FetchItem } from '#protocol/imap/fetch-item.ts'
import type { Account } from './account.ts'
import { fetchItems } from './commands/fetch.ts'
import { inOrder } from './fetch/fetch-message.ts'
import { notifyDelay } from './notify-delay.ts'
import { NameNews } from './notify-names.ts'
import { selectedNews, type SelectedNews } from './notify-selected.ts'
import { numbered } from './search/search.ts'

type Watched = {
  readonly events: ReadonlySet<NotifyEvent>
  readonly unwatch: () => void
  /** As the client knows it; null: it was told nothing yet. */
  status: FolderStatus | null
}

/** More mailboxes than these are not watched. */
const mostWatched = 200
/** A rename leaves no trace where Dovecot watches: it is found out at the next look. */
const renameDelay = 3 * notifyDelay

export class Notifications {
  readonly #account: Account
  readonly #names: NameNews
  #groups: readonly NotifyGroup[] = []
  readonly #watched = new Map<string, Watched>()
  readonly #rung = new Set<string>()
  /** Nobody had looked into these when the client asked: to Dovecot's list of mailboxes they are news. */
  readonly #unheard = new Set<string>()
  /** To be told once more as they are. */
  readonly #again = new Set<string>()
  #namesRung = false
  /** For how long changes are gathered before they are told. */
  delay = notifyDelay
  /** Null before the first NOTIFY: then a client hears what RFC 3501 lets it hear. */
  told: SelectedNews | null = null

  constructor(account: Account) {
    this.#account = account
    this.#names = new NameNews(account)
  }

  get active(): boolean {
    return this.#groups.length > 0
  }

  /** The answer: how the mailboxes stand, when the client asked for that. */
  async set({ groups, status }: Notify): Promise<string> {
    this.end()
    this.#groups = groups
    this.told = selectedNews(groups.find(({ scope }) => scope.startsWith('selected')))
    await this.#names.begin()
    await this.#watchAll()
    await this.#listen()
    if (status === 'not-asked') return ''
    let text = ''
    for (const [name, watched] of this.#watched) {
      if (name === this.#account.selected?.mailbox.name) continue
      watched.status = await this.#account.store.status(name)
      text += this.#statusLine(name, watched.status, allItems)
    }
    // What was news just now is so once more, in the order of that list.
    for (const name of [...this.#unheard].reverse()) this.#rung.add(name)
    if (this.#rung.size > 0) this.#account.changed.wake()
    return text
  }

  async #listen(): Promise<void> {
    const { store, parts, selected } = this.#account
    for (const name of this.#watched.keys()) {
      if (name === selected?.mailbox.name || store.place === undefined) continue
      const uids = await parts.machine.disk.stat(`${store.place(name)}/dovecot-uidlist`)
      if (uids === null) this.#unheard.add(name)
    }
  }

  end(): void {
    for (const { unwatch } of this.#watched.values()) unwatch()
    this.#watched.clear()
    this.#rung.clear()
    this.#unheard.clear()
    this.#groups = []
  }

  namesChanged(renamed: { readonly from: string; readonly to: string } | null): void {
    if (!this.active) return
    if (renamed !== null) this.#names.renamed(renamed)
    if (!this.#namesRung) this.delay = renamed === null ? notifyDelay : renameDelay
    this.#namesRung = true
    this.#account.changed.wake()
  }

  /** All that is new, between two commands. */
  async news(): Promise<string> {
    const selected = this.#groups.find(({ scope }) => scope === 'selected')
    let text = await this.others()
    // New messages alone do not make Dovecot look.
    if (selected !== undefined && selected.events.length > 0 && this.#account.selected?.hasChanges) {
      const last = this.#account.view.entries.at(-1)?.uid ?? 0
      text += (await this.#account.sync('withhold', 'sequence')).text
      text += await this.#fetched(selected.fetch, last)
    }
    return text
  }

  /** Of the mailboxes that are not open, and of their names. */
  async others(): Promise<string> {
    let text = ''
    this.delay = notifyDelay
    if (this.#namesRung) {
      this.#namesRung = false
      const cares = (event: NotifyEvent) => (name: string) =>
        this.#groups.some((group) => group.events.includes(event) && this.#covers(group, name, 'subscribed'))
      text += await this.#names.news({
        names: cares('MailboxName'),
        subscriptions: cares('SubscriptionChange'),
      })
      await this.#watchAll()
    }
    const again = [...this.#again]
    this.#again.clear()
    for (const name of again) text += this.#repeated(name)
    const rung = [...this.#rung]
    this.#rung.clear()
    for (const name of rung) text += await this.#statusNews(name)
    return text
  }

  /** What the client wants to see of messages that came after this one. */
  async #fetched(items: readonly FetchItem[], after: number): Promise<string> {
    if (items.length === 0) return ''
    const arrived = numbered(this.#account).filter(({ entry }) => entry.uid > after)
    let text = ''
    for await (const chunk of fetchItems(inOrder(items), arrived, this.#account)) {
      text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1')
    }
    return text
  }

  /** Those that some group speaks of and that nobody watches yet. */
  async #watchAll(): Promise<void> {
    const folders = await this.#account.store.folders()
    for (const { name, selectable, subscribed } of folders) {
      const groups = this.#groups.filter((group) =>
        this.#covers(group, name, subscribed ? 'subscribed' : 'not-subscribed'),
      )
      if (groups.length === 0 || !selectable || this.#watched.has(name)) continue
      if (this.#watched.size >= mostWatched) return
      await this.#watch(name, new Set(groups.flatMap(({ events }) => events)))
    }
  }

  async #watch(name: string, events: ReadonlySet<NotifyEvent>): Promise<void> {
    try {
      const unwatch = await this.#account.store.watch(name, () => {
        this.#rung.add(name)
        this.#account.changed.wake()
      })
      this.#watched.set(name, { events, unwatch, status: null })
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
    }
  }

  /** What of a mailbox is other than the client knows. */
  async #statusNews(name: string): Promise<string> {
    const watched = this.#watched.get(name)
    if (watched === undefined || name === this.#account.selected?.mailbox.name) return ''
    const { status: before, events } = watched
    try {
      const now = await this.#account.store.status(name)
      watched.status = now
      if (this.#unheard.delete(name) && events.has('MessageNew')) return this.#firstNews(name, before, now)
      const items = new Set<StatusNews>()
      const counts = now.messages !== before?.messages || now.uidNext !== before.uidNext
      if (counts && events.has('MessageNew')) {
        items.add('MESSAGES').add('UIDNEXT').add('UNSEEN')
      }
      if (before !== null && now.unseen !== before.unseen && events.has('FlagChange')) items.add('UNSEEN')
      return items.size === 0 ? '' : this.#statusLine(name, now, items)
    } catch (error) {
      if (error instanceof MailboxError) return ''
      throw error
    }
  }

  #repeated(name: string): string {
    const status = this.#watched.get(name)?.status ?? null
    return status === null ? '' : this.#statusLine(name, status, changing)
  }

  /** INBOX stands in that list twice; what held messages before is found out again when it was looked into. */
  #firstNews(name: string, before: FolderStatus | null, now: FolderStatus): string {
    const line = this.#statusLine(name, now, allItems)
    if (name === 'INBOX') return line + line
    if (before === null && now.messages > 1) {
      this.#again.add(name)
      this.#account.changed.wake()
    }
    return line
  }

  #statusLine(name: string, status: FolderStatus, items: ReadonlySet<StatusNews>): string {
    const values: readonly (readonly [StatusNews, number])[] = [
      ['MESSAGES', status.messages],
      ['UIDNEXT', status.uidNext],
      ['UIDVALIDITY', status.uidValidity],
      ['UNSEEN', status.unseen],
    ]
    const written = values.filter(([item]) => items.has(item)).map(([item, value]) => `${item} ${value}`)
    if (this.#account.condstore) written.push(`HIGHESTMODSEQ ${status.highestModseq}`)
    return `* STATUS ${this.#account.names.written(name)} (${written.join(' ')})\r\n`
  }

  #covers({ scope, names }: NotifyGroup, name: string, how: 'subscribed' | 'not-subscribed'): boolean {
    const stored = () => names.map((written) => this.#account.names.toStore(written))
    switch (scope) {
      case 'selected':
      case 'selected-delayed':
        return false
      case 'personal':
        return true
      case 'inboxes':
        // Any mailbox may get new mail, as Dovecot sees it.
        return true
      case 'subscribed':
        return how === 'subscribed'
      case 'mailboxes':
        return stored().includes(name)
      case 'subtree':
        return stored().some((top) => name === top || name.startsWith(`${top}/`))
      default:
        return scope satisfies never
    }
  }
}

type StatusNews = 'MESSAGES' | 'UIDNEXT' | 'UIDVALIDITY' | 'UNSEEN'

const changing: ReadonlySet<StatusNews> = new Set(['MESSAGES', 'UIDNEXT', 'UNSEEN'])
const allItems: ReadonlySet<StatusNews> = new Set(['MESSAGES', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN'])
