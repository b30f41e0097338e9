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
import { findMessages } from './search/search.ts'

type Context = {
  readonly tag: string
  readonly by: By
  readonly key: SearchKey
  readonly charset: string
  found: ReadonlySet<Uid>
}

const mostContexts = 32

export class SearchUpdates {
  #contexts: Context[] = []

  get isFull(): boolean {
    return this.#contexts.length >= mostContexts
  }

  begin(search: Omit<Context, 'found'>, found: readonly Numbered[]): void {
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

  /** What the changes mean for the searches. */
  async after(changes: ViewChanges, account: Account): Promise<string> {
    if (this.#contexts.length === 0) return ''
    if (changes.flags.length === 0 && changes.expunged.length === 0 && changes.exists === null) return ''
    let text = ''
    for (const context of this.#contexts) text += await this.#update(context, account)
    return text
  }

  async #update(context: Context, account: Account): Promise<string> {
    const now = await findMessages(account, context.key, context.charset)
    const uids = new Set(now.map(({ entry }) => entry.uid))
    const added = now.filter(({ entry }) => !context.found.has(entry.uid))
    const removed = [...context.found].filter((uid) => !uids.has(uid) && account.view.numberOf(uid) > 0)
    context.found = uids
    const by = context.by === 'uid' ? ' UID' : ''
    const line = (word: string, numbers: readonly number[]) =>
      numbers.length === 0
        ? ''
        : `* ESEARCH (TAG ${quoted(context.tag)})${by} ${word} (0 ${writeSequenceSet(numbers)})\r\n`
    const shown = (uid: Uid, number: number) => (context.by === 'uid' ? uid : number)
    return (
      line(
        'REMOVEFROM',
        removed.map((uid) => shown(uid, account.view.numberOf(uid))),
      ) +
      line(
        'ADDTO',
        added.map(({ entry, number }) => shown(entry.uid, number)),
      )
    )
  }
}
