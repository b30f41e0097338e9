/**
 * What a client asked with NOTIFY to hear unasked: of the open mailbox, and of others how many messages they hold.
 *
 * RFC 5465.
 */
import { MailboxError, type OpenMailbox } from '#mailbox/mail-store.ts'
import type { Notify, NotifyEvent, NotifyGroup } from '#protocol/imap/commands/notify.ts'
import type { FetchItem } from '#protocol/imap/fetch-item.ts'
import { astringOut } from '#protocol/imap/quoting.ts'
import type { Account } from './account.ts'
import { fetchItems } from './commands/fetch.ts'
import { inOrder } from './fetch/fetch-message.ts'
import { numbered } from './search/search.ts'

type Watched = {
  readonly mailbox: OpenMailbox
  readonly events: ReadonlySet<NotifyEvent>
  readonly unwatch: () => void
}

/** More mailboxes than these are not watched. */
const mostWatched = 200

export class Notifications {
  readonly #account: Account
  #groups: readonly NotifyGroup[] = []
  readonly #watched = new Map<string, Watched>()
  readonly #rung = new Set<string>()

  constructor(account: Account) {
    this.#account = account
  }

  get active(): boolean {
    return this.#groups.length > 0
  }

  /** The answer: how the mailboxes stand, when the client asked for that. */
  async set({ groups, status }: Notify): Promise<string> {
    this.end()
    this.#groups = groups
    let text = ''
    for (const folder of await this.#account.store.folders()) {
      const events = this.#eventsOf(folder.name, folder.subscribed)
      if (events.size === 0 || !folder.selectable || this.#watched.size >= mostWatched) continue
      await this.#watch(folder.name, events)
      if (status === 'asked' && events.has('MessageNew')) text += await this.#status(folder.name)
    }
    return text
  }

  end(): void {
    for (const { unwatch, mailbox } of this.#watched.values()) {
      unwatch()
      void mailbox.close()
    }
    this.#watched.clear()
    this.#rung.clear()
    this.#groups = []
  }

  /** All that is new, between two commands. */
  async news(): Promise<string> {
    const selected = this.#groups.find(({ scope }) => scope.startsWith('selected'))
    let text = ''
    if (selected !== undefined && selected.events.length > 0 && this.#account.selected !== null) {
      const expunges = selected.scope === 'selected' ? 'tell' : 'withhold'
      const last = this.#account.view.entries.at(-1)?.uid ?? 0
      text += (await this.#account.sync(expunges, 'sequence')).text
      text += await this.#fetched(selected.fetch, last)
    }
    return text + (await this.statuses())
  }

  /** Of the mailboxes that are not open. */
  async statuses(): Promise<string> {
    const rung = [...this.#rung]
    this.#rung.clear()
    let text = ''
    for (const name of rung) {
      if (name !== this.#account.selected?.mailbox.name) text += await this.#status(name)
    }
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

  async #watch(name: string, events: ReadonlySet<NotifyEvent>): Promise<void> {
    try {
      const mailbox = await this.#account.store.open(name, 'read-only')
      const unwatch = mailbox.watch(() => {
        this.#rung.add(name)
        this.#account.changed.wake()
      })
      this.#watched.set(name, { mailbox, events, unwatch })
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
    }
  }

  async #status(name: string): Promise<string> {
    try {
      const { messages, uidNext, uidValidity, unseen } = await this.#account.store.status(name)
      const items = `MESSAGES ${messages} UIDNEXT ${uidNext} UIDVALIDITY ${uidValidity} UNSEEN ${unseen}`
      return `* STATUS ${astringOut(this.#account.names.toClient(name))} (${items})\r\n`
    } catch (error) {
      if (error instanceof MailboxError) return ''
      throw error
    }
  }

  /** Those of the first group that speaks of the mailbox. */
  #eventsOf(name: string, subscribed: boolean): ReadonlySet<NotifyEvent> {
    const group = this.#groups.find(({ scope, names }) => {
      const stored = names.map((written) => this.#account.names.toStore(written))
      switch (scope) {
        case 'selected':
        case 'selected-delayed':
          return false
        case 'personal':
          return true
        case 'inboxes':
          return name === 'INBOX'
        case 'subscribed':
          return subscribed
        case 'mailboxes':
          return stored.includes(name)
        case 'subtree':
          return stored.some((top) => name === top || name.startsWith(`${top}/`))
        default:
          return scope satisfies never
      }
    })
    return new Set(group?.events ?? [])
  }
}
