/** SEARCH, SORT, THREAD. RFC 3501 §6.4.4, RFC 5256, RFC 4731, RFC 5182, RFC 5267. */
import type { CancelUpdate } from '#protocol/imap/commands/cancelupdate.ts'
import type { Search, SearchReturns } from '#protocol/imap/commands/search.ts'
import type { Sort, Thread } from '#protocol/imap/commands/sort.ts'
import { keysOf, type SearchKey } from '#protocol/imap/search-key.ts'
import { threadMessages } from '#protocol/imap/thread.ts'
import type { Account, Numbered } from '../account.ts'
import { no, ok, type Came, type ImapHandler } from '../outcome.ts'
import { writeAnswer } from '../search/answer.ts'
import { findMessages } from '../search/search.ts'
import { sortMessages } from '../search/sort.ts'
import { threadables } from '../search/thread.ts'

const asksModseq = (key: SearchKey): boolean => [...keysOf(key)].some(({ kind }) => kind === 'modseq')

export const search: ImapHandler<Search> = {
  updates: 'by-uid',
  async *run({ key, charset, returns, by }, account, { tag }) {
    const modseq = asksModseq(key) ? 'wanted' : 'not-wanted'
    if (modseq === 'wanted') yield account.enableCondstore()
    const found = await findMessages(account, key, charset)
    save(account, returns, found)
    const updated = update(account, { tag, by, key, charset }, returns, found)
    yield writeAnswer({ word: 'SEARCH', tag, by, returns, found, modseq })
    return updated
      ? ok('Search completed')
      : ok('Search completed, but too many updated searches', 'NOUPDATE')
  },
}

export const sort: ImapHandler<Sort> = {
  updates: 'by-uid',
  async *run({ key, charset, returns, by, program }, account, { tag }) {
    const modseq = asksModseq(key) ? 'wanted' : 'not-wanted'
    if (modseq === 'wanted') yield account.enableCondstore()
    const found = await sortMessages(account, await findMessages(account, key, charset), program)
    save(account, returns, found)
    update(account, { tag, by, key, charset }, returns, found)
    yield writeAnswer({ word: 'SORT', tag, by, returns, found, modseq })
    return ok('Sort completed')
  },
}

export const thread: ImapHandler<Thread> = {
  updates: 'by-uid',
  async *run({ key, charset, algorithm, by }, account) {
    const found = await findMessages(account, key, charset)
    const threads = threadMessages(await threadables(account, found, by), algorithm)
    yield `* THREAD ${threads}\r\n`
    return ok('Thread completed')
  },
}

/** What `$` means from now. RFC 5182 §2.1: with MIN or MAX alone, only those. */
function save(account: Account, returns: SearchReturns | null, found: readonly Numbered[]): void {
  if (returns?.options.has('SAVE') !== true) return
  const { options } = returns
  const uids = found.map(({ entry }) => entry.uid)
  const ends = !options.has('ALL') && !options.has('COUNT') && (options.has('MIN') || options.has('MAX'))
  const [first] = uids
  const last = uids.at(-1)
  account.saved = ends
    ? [
        ...new Set([
          ...(options.has('MIN') && first ? [first] : []),
          ...(options.has('MAX') && last ? [last] : []),
        ]),
      ]
    : uids.sort((a, b) => a - b)
}

/** Whether there was room for one more search that is kept up to date, if it was one. */
function update(
  account: Account,
  what: Pick<Came, 'tag' | 'by'> & { readonly key: SearchKey; readonly charset: string },
  returns: SearchReturns | null,
  found: readonly Numbered[],
): boolean {
  if (returns?.options.has('UPDATE') !== true) return true
  if (account.searchUpdates.isFull) return false
  account.searchUpdates.begin(what, found)
  return true
}

export const cancelupdate: ImapHandler<CancelUpdate> = {
  updates: 'none',
  run({ tags }, account) {
    const known = tags.map((tag) => account.searchUpdates.cancel(tag))
    return Promise.resolve(known.every(Boolean) ? ok('Updates cancelled') : no('Unknown tag'))
  },
}
