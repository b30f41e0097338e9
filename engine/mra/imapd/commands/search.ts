/** SEARCH, SORT, THREAD. RFC 3501 §6.4.4, RFC 5256, RFC 4731, RFC 5182, RFC 5267. */
import type { CancelUpdate } from '#protocol/imap/commands/cancelupdate.ts'
import type { Search, SearchReturns } from '#protocol/imap/commands/search.ts'
import type { Sort, Thread } from '#protocol/imap/commands/sort.ts'
import { keysOf, type SearchKey } from '#protocol/imap/search-key.ts'
import { threadMessages } from '#protocol/imap/thread.ts'
import type { Account, Numbered } from '../account.ts'
import { no, ok, type Came, type ImapHandler } from '../outcome.ts'
import { quoted } from '#protocol/imap/quoting.ts'
import { Refusal } from '../refusal.ts'
import { writeAnswer } from '../search/answer.ts'
import { findMessages } from '../search/search.ts'
import { sortMessages } from '../search/sort.ts'
import { threadables } from '../search/thread.ts'

const asksModseq = (key: SearchKey): boolean => [...keysOf(key)].some(({ kind }) => kind === 'modseq')

export const search: ImapHandler<Search> = {
  updates: 'by-uid',
  async *run({ key, charset, charsetFrom, by, ...command }, account, { tag }) {
    // RFC 6855 §3: all is UTF-8.
    if (account.utf8 && charsetFrom === 'client')
      throw new Refusal({ status: 'BAD', text: 'CHARSET is not allowed with UTF8=ACCEPT' })
    // RFC 9051 §6.4.4: the old answer is gone.
    const returns = command.returns ?? (account.rev2 ? { options: new Set(['ALL']), partial: null } : null)
    const modseq = asksModseq(key) ? 'wanted' : 'not-wanted'
    if (modseq === 'wanted') yield account.enableCondstore()
    refuseSameTag(account, returns, tag)
    account.takeMissed()
    const found = await findMessages(account, key, charset)
    save(account, returns, found)
    yield update(account, { tag, by, key, charset }, returns, found)
    yield writeAnswer({ word: 'SEARCH', tag, by, returns, found, modseq })
    return ok('Search completed', account.takeMissed() ? 'EXPUNGEISSUED' : undefined)
  },
}

export const sort: ImapHandler<Sort> = {
  updates: 'by-uid',
  async *run({ key, charset, returns, by, program }, account, { tag }) {
    const modseq = asksModseq(key) ? 'wanted' : 'not-wanted'
    if (modseq === 'wanted') yield account.enableCondstore()
    refuseSameTag(account, returns, tag)
    account.takeMissed()
    const matching = await findMessages(account, key, charset)
    const found = account.broken === null ? await sortMessages(account, matching, program) : matching
    save(account, returns, found)
    yield update(account, { tag, by, key, charset }, returns, found)
    yield writeAnswer({ word: 'SORT', tag, by, returns, found, modseq })
    account.mustBeThere()
    return ok('Sort completed', account.takeMissed() ? 'EXPUNGEISSUED' : undefined)
  },
}

export const thread: ImapHandler<Thread> = {
  updates: 'by-uid',
  async *run({ key, charset, algorithm, by }, account) {
    const found = await findMessages(account, key, charset)
    account.mustBeThere()
    const threads = threadMessages(await threadables(account, found, by), algorithm)
    yield `* THREAD ${threads}\r\n`
    return ok('Thread completed')
  },
}

/** What `$` means from now. RFC 5182 §2.1: with MIN or MAX alone, only those. */
function save(account: Account, returns: SearchReturns | null, found: readonly Numbered[]): void {
  if (returns?.options.has('SAVE') !== true) return
  const { options, partial } = returns
  const uids = (partial === null ? found : found.slice(partial.from - 1, partial.to)).map(
    ({ entry }) => entry.uid,
  )
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

/** Keeps the search up to date from now, if that was asked; what the client hears when there are too many. */
function update(
  account: Account,
  what: Pick<Came, 'tag' | 'by'> & { readonly key: SearchKey; readonly charset: string },
  returns: SearchReturns | null,
  found: readonly Numbered[],
): string {
  if (returns?.options.has('UPDATE') !== true) return ''
  if (account.searchUpdates.isFull) return `* NO [NOUPDATE ${quoted(what.tag)}]\r\n`
  account.searchUpdates.begin(what, found, account)
  return ''
}

function refuseSameTag(account: Account, returns: SearchReturns | null, tag: string): void {
  if (returns?.options.has('UPDATE') === true && account.searchUpdates.has(tag))
    throw new Refusal({ status: 'BAD', text: 'Duplicate search update tag' })
}

export const cancelupdate: ImapHandler<CancelUpdate> = {
  updates: 'none',
  run({ tags }, account) {
    const known = tags.map((tag) => account.searchUpdates.cancel(tag))
    return Promise.resolve(known.every(Boolean) ? ok('Updates cancelled') : no('Unknown tag'))
  },
}
