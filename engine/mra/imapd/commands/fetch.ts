/** FETCH sends what it reads piece by piece: no more of a large mailbox is in memory than one message. RFC 3501 §6.4.5. */
import type { Fetch } from '#protocol/imap/commands/fetch.ts'
import type { FetchItem } from '#protocol/imap/fetch-item.ts'
import { writeSequenceSet, inRanges, resolveRanges } from '#protocol/imap/sequence-set.ts'
import type { Account, Numbered } from '../account.ts'
import {
  fetchMessage,
  fetchPlain,
  inOrder,
  isBuffered,
  needsFile,
  needsNothing,
} from '../fetch/fetch-message.ts'
import { HangUp } from '../input.ts'
import { deletedUnderUs, internalError, Refusal } from '../refusal.ts'
import { writeKeywords } from '../updates.ts'
import { no, ok, type Chunk, type ImapHandler, type Tagged } from '../outcome.ts'

/** Short lines are sent together. */
const chunkSize = 32_768
const batchSize = 1000

export const fetch: ImapHandler<Fetch> = {
  updates: 'by-uid',

  async *run(command, account) {
    const { changedSince, by } = command
    // A set that is none is the first thing wrong.
    account.messages(command.set, by)
    if (command.problem !== null) throw new Refusal({ status: 'BAD', text: command.problem })
    if (command.vanished === 'asked') {
      const { qresync } = account
      if (!qresync) throw new Refusal({ status: 'BAD', text: 'QRESYNC not enabled' })
      if (changedSince === null)
        throw new Refusal({ status: 'BAD', text: 'VANISHED used without CHANGEDSINCE' })
    }
    const items = wantedItems(command)
    const asksModseq = items.some((item) => item.kind === 'plain' && item.name === 'MODSEQ')
    if (asksModseq) yield account.enableCondstore()
    if (command.vanished === 'asked' && changedSince !== null)
      yield await vanished(command, account, changedSince)
    const all = account.messages(command.set, by)
    const messages = changedSince === null ? all : all.filter(({ entry }) => entry.modseq > changedSince)
    if (asksModseq) for (const { entry } of messages) account.sawModseq(entry.modseq)
    return yield* account.broken === null
      ? fetchItems(items, messages, account)
      : fetchLost(items, messages, account)
  },
}

/** Of a mailbox that was deleted while it is open, what is known without its files. */
async function* fetchLost(
  items: readonly FetchItem[],
  messages: readonly Numbered[],
  account: Account,
): AsyncGenerator<Chunk, Tagged> {
  const { view } = account
  const marks = items.some((item) => item.kind === 'section' && item.reading === 'read')
  for (const { number, entry } of messages) {
    const marked = marks && !entry.flags.has('\\Seen')
    if (marked) view.changeGone(entry.uid, 'add', ['\\Seen'])
    const known = (marked ? withFlags(items) : items).filter((item) => needsNothing([item]))
    const shown = known.length > 0 ? known : [{ kind: 'plain', name: 'UID' } as const]
    yield fetchPlain(shown, { number, entry: view.entries[number - 1] ?? entry }, account)
    if (!needsNothing(items)) break
  }
  return deletedUnderUs
}

/** UID of `UID FETCH`, MODSEQ of CHANGEDSINCE. */
function wantedItems({ by, items, changedSince }: Fetch): readonly FetchItem[] {
  const has = (name: string) => items.some((item) => item.kind === 'plain' && item.name === name)
  return inOrder([
    ...(by === 'uid' ? [{ kind: 'plain', name: 'UID' } as const] : []),
    ...items.filter((item) => by !== 'uid' || item.kind !== 'plain' || item.name !== 'UID'),
    ...(changedSince !== null && !has('MODSEQ') ? [{ kind: 'plain', name: 'MODSEQ' } as const] : []),
  ])
}

export async function* fetchItems(
  items: readonly FetchItem[],
  messages: readonly Numbered[],
  account: Account,
): AsyncGenerator<Chunk, Tagged> {
  const { view } = account
  const showsFlags = items.some((item) => item.kind === 'plain' && item.name === 'FLAGS')
  if (showsFlags && view.takeNewKeywords()) yield writeKeywords(view)
  const reads = items.some((item) => item.kind === 'section' && item.reading === 'read')
  const marks = reads && !view.mailbox.readOnly
  let gone = 0
  let text = ''
  for (let at = 0; at < messages.length; at += batchSize) {
    const batch = messages.slice(at, at + batchSize)
    if (needsFile(items)) await view.mailbox.load(batch.map(({ entry }) => entry.uid))
    for (const message of batch) {
      if (needsNothing(items)) {
        text += fetchPlain(items, message, account)
        if (text.length < chunkSize) continue
        yield text
        text = ''
        continue
      }
      const seen = marks ? await markSeen(message, account) : null
      const shown = seen === null ? items : withFlags(items)
      const { chunks, outcome } = await fetchMessage(shown, seen ?? message, account)
      yield* chunks
      if (outcome === 'unknown-encoding') return no('Unknown Content-Transfer-Encoding', 'UNKNOWN-CTE')
      if (outcome === 'invalid') return no('Invalid data in MIME part', 'PARSE')
      if (outcome === 'cut-off')
        throw new HangUp(`FETCH failed: ${internalError(account.parts.machine.clock.now())}`)
      if (outcome === 'expunged') gone++
    }
  }
  if (text !== '') yield text
  return gone > 0 ? ok('Some messages were already expunged', 'EXPUNGEISSUED') : ok('Fetch completed')
}

/** The message with \Seen, or null when it had it. */
async function markSeen(message: Numbered, account: Account): Promise<Numbered | null> {
  if (message.entry.flags.has('\\Seen')) return null
  const { view } = account
  const changed = await view.mailbox.setFlags([message.entry.uid], 'add', ['\\Seen'], account.cause('FETCH'))
  view.acknowledge(changed)
  const [entry] = changed
  return entry === undefined ? null : { number: message.number, entry }
}

/** A client is shown what its reading did to the flags. */
function withFlags(items: readonly FetchItem[]): readonly FetchItem[] {
  if (items.some((item) => item.kind === 'plain' && item.name === 'FLAGS')) return items
  return inOrder([
    ...items.filter((item) => isBuffered(item)),
    { kind: 'plain', name: 'FLAGS' },
    ...items.filter((item) => !isBuffered(item)),
  ])
}

/** Which of the messages asked for are gone since. RFC 7162 §3.2.6. */
async function vanished({ set }: Fetch, account: Account, since: number): Promise<string> {
  const { view } = account
  // What still has a number for this client has not vanished for it.
  const uids = (await view.mailbox.vanishedSince(since)).filter((uid) => view.numberOf(uid) === 0)
  const ranges = set === 'saved' ? [] : resolveRanges(set, view.mailbox.uidNext - 1)
  const gone = uids.filter((uid) => inRanges(ranges, uid)).sort((a, b) => a - b)
  return gone.length === 0 ? '' : `* VANISHED (EARLIER) ${writeSequenceSet(gone)}\r\n`
}
