/**
 * Searches whose results are kept up to date: the client hears what came into them and what went out.
 *
 * RFC 5267 §4.3 (CONTEXT=SEARCH).
 */
import type { Uid } from '#mailbox/mail-store.ts'
import type { ViewChanges } from '#mailbox/view.ts'
import type { By } from '#protocol/imap/grammar.ts'
import { quoted } from '#protocol/imap/quoting.ts'
import type { SearchKey } from '#protocol/imap/search-key.ts'
import { writeSequenceSet } from '#protocol/imap/sequence-set.ts'
import type { Account, Numbered } from './account.ts'
import { findMessages, numbered } from './search/search.ts'

type Context = {
  readonly tag: string
  readonly by: By
  readonly key: SearchKey
  readonly charset: string
  readonly found: Set<Uid>
}

/** As many as Dovecot keeps. */
const mostContexts = 10

export class SearchUpdates {
  #contexts: Context[] = []
  /** Messages up to here have been looked at. */
  #last = 0

  get isFull(): boolean {
    return this.#contexts.length >= mostContexts
  }

  has(tag: string): boolean {
    return this.#contexts.some((context) => context.tag === tag)
  }

  begin(search: Omit<Context, 'found'>, found: readonly Numbered[], account: Account): void {
    if (this.#contexts.length === 0) this.#last = account.view.entries.at(-1)?.uid ?? 0
    this.#contexts.push({ ...search, found: new Set(found.map(({ entry }) => entry.uid)) })
  }

  /** Whether there was such a search. */
  cancel(tag: string): boolean {
    const before = this.#contexts.length
    this.#contexts = this.#contexts.filter((context) => context.tag !== tag)
    return this.#contexts.length < before
  }

  clear(): void {
    this.#contexts = []
  }

  /** Of messages that the client is told to be gone; to be heard before that, while their numbers hold. */
  before({ expunged }: ViewChanges): string {
    let text = ''
    for (const context of this.#contexts) {
      const gone = expunged.filter(({ uid }) => context.found.delete(uid))
      const numbers = gone.map(({ uid, number }) => (context.by === 'uid' ? uid : number))
      text += line(context, 'REMOVEFROM', numbers.reverse())
    }
    return text
  }

  /** What changed flags and new messages mean for the searches: nothing else is looked at again. */
  async after(changes: ViewChanges, account: Account): Promise<string> {
    if (this.#contexts.length === 0) return ''
    const changed = new Set(changes.flags.map(({ entry }) => entry.uid))
    const looked = numbered(account).filter(({ entry }) => changed.has(entry.uid) || entry.uid > this.#last)
    this.#last = Math.max(this.#last, account.view.entries.at(-1)?.uid ?? 0)
    if (looked.length === 0) return ''
    let text = ''
    for (const context of this.#contexts) text += await this.#update(context, looked, account)
    return text
  }

  async #update(context: Context, looked: readonly Numbered[], account: Account): Promise<string> {
    const matching = await findMessages(account, context.key, context.charset, looked)
    const now = new Set(matching.map(({ entry }) => entry.uid))
    const added = matching.filter(({ entry }) => !context.found.has(entry.uid))
    const removed = looked.filter(({ entry }) => context.found.has(entry.uid) && !now.has(entry.uid))
    for (const { entry } of added) context.found.add(entry.uid)
    for (const { entry } of removed) context.found.delete(entry.uid)
    const shown = (messages: readonly Numbered[]) =>
      messages.map(({ number, entry }) => (context.by === 'uid' ? entry.uid : number))
    return line(context, 'REMOVEFROM', shown(removed)) + line(context, 'ADDTO', shown(added))
  }
}

/** At position 0: the client finds the place itself, as with Dovecot. */
function line({ tag, by }: Context, word: 'ADDTO' | 'REMOVEFROM', numbers: readonly number[]): string {
  if (numbers.length === 0) return ''
  const uid = by === 'uid' ? ' UID' : ''
  return `* ESEARCH (TAG ${quoted(tag)})${uid} ${word} (0 ${writeSequenceSet(numbers)})\r\n`
}
