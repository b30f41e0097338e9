/**
 * Which messages a search key finds. What a message's flags and numbers decide costs nothing; a header is read only
 * when they do not, a body only when the header does not either.
 *
 * RFC 3501 §6.4.4.
 */
import type { MessageEntry, Uid } from '#mailbox/mail-store.ts'
import { keysOf, type SearchKey } from '#protocol/imap/search-key.ts'
import { inRanges, resolveRanges, type MessageRange } from '#protocol/imap/sequence-set.ts'
import type { HeaderLine } from '#protocol/message/header-lines.ts'
import { readHeaderLines } from '#protocol/message/header-lines.ts'
import { readMimeTree, type MimePart } from '#protocol/message/mime-tree.ts'
import type { Account, Numbered } from '../account.ts'
import { readContent, searchable, searchableAddresses, searchableTexts } from './message.ts'
import { Refusal } from '../refusal.ts'
import { onDay, sentLocally } from './days.ts'
import { hasMimePart } from './mime-parts.ts'
import { decodeCharset, folded, isInCharset } from './text.ts'
import { threadOf } from './thread.ts'

type Texts = { readonly headers: readonly string[]; readonly bodies: readonly string[] }
type Known = Numbered & {
  fields: readonly HeaderLine[] | null
  texts: Texts | null
  root: MimePart | null
}
/** Null: not known before more of the message is read. */
type Verdict = boolean | null

const batchSize = 500

export async function findMessages(
  account: Account,
  key: SearchKey,
  charset: string,
  among: readonly Numbered[] = numbered(account),
): Promise<readonly Numbered[]> {
  const search = new Search(account, charset)
  await search.prepare(key, among)
  const found: Numbered[] = []
  for (let at = 0; at < among.length; at += batchSize)
    found.push(...(await search.among(key, among.slice(at, at + batchSize))))
  return found
}

export const numbered = (account: Account): readonly Numbered[] =>
  account.view.entries.map((entry, i) => ({ number: i + 1, entry }))

class Search {
  readonly #account: Account
  readonly #charset: string
  readonly #now: number
  readonly #sets = new Map<SearchKey, readonly MessageRange[] | ReadonlySet<Uid>>()
  readonly #words = new Map<SearchKey, string>()
  /** Header fields that a verdict may hang on, in capitals. */
  readonly #fields = new Set<string>()

  constructor(account: Account, charset: string) {
    this.#account = account
    this.#charset = charset
    this.#now = account.parts.machine.clock.now()
  }

  async prepare(key: SearchKey, among: readonly Numbered[]): Promise<void> {
    const { view } = this.#account
    const { entries } = view
    let details = false
    for (const inner of keysOf(key)) {
      if (inner.kind === 'header') this.#fields.add(inner.field)
      else if (inner.kind === 'date' && inner.of === 'sent') this.#fields.add('DATE')
      if (inner.kind === 'set') {
        const last = inner.by === 'uid' ? (entries.at(-1)?.uid ?? 0) : entries.length
        this.#sets.set(
          inner,
          inner.set === 'saved' ? new Set(this.#account.saved) : resolveRanges(inner.set, last),
        )
      } else if (inner.kind === 'flag' && !inner.flag.startsWith('\\')) {
        this.#words.set(inner, view.keyword(inner.flag))
      } else if ('text' in inner) {
        const bytes = Buffer.from(inner.text, 'latin1')
        if (!isInCharset(bytes, this.#charset))
          throw new Refusal({ status: 'BAD', text: 'Invalid search key' })
        this.#words.set(inner, folded(decodeCharset(bytes, this.#charset)))
      } else if (inner.kind === 'size' || inner.kind === 'date' || inner.kind === 'age') {
        details = true
      } else if (inner.kind === 'thread') {
        const found = await findMessages(this.#account, inner.key, this.#charset)
        this.#sets.set(inner, await threadOf(this.#account, found, inner.algorithm))
      }
    }
    if (details) await view.mailbox.load(among.map(({ entry }) => entry.uid))
  }

  /** Those of the messages that the key finds. */
  async among(key: SearchKey, messages: readonly Numbered[]): Promise<readonly Numbered[]> {
    const { mailbox } = this.#account.view
    const known = messages.map(({ number, entry }): Known => ({
      number,
      entry,
      fields: null,
      texts: null,
      root: null,
    }))
    const verdicts = known.map((message) => this.#test(key, message))
    const unsure = known.filter((_message, i) => verdicts[i] === null).map(({ entry }) => entry.uid)
    if (unsure.length === 0) return messages.filter((_message, i) => verdicts[i])
    this.#account.mustBeThere()
    const lines = await mailbox.readFields(unsure, [...this.#fields])
    for (let i = 0; i < known.length; i++) {
      const message = known[i]
      if (message === undefined || verdicts[i] !== null) continue
      const header = lines.get(message.entry.uid)
      if (header === undefined) {
        this.#account.missedMessage()
        continue
      }
      message.fields = readHeaderLines(header)
      verdicts[i] = this.#test(key, message) ?? (await this.#inContent(key, message))
    }
    return messages.filter((_message, i) => verdicts[i])
  }

  async #inContent(key: SearchKey, message: Known): Promise<Verdict> {
    const content = await readContent(this.#account.view.mailbox, message.entry.uid)
    if (content === null) {
      this.#account.missedMessage()
      return false
    }
    message.root = readMimeTree(content)
    message.texts = searchableTexts(content, message.root)
    return this.#test(key, message)
  }

  #test(key: SearchKey, message: Known): Verdict {
    const { entry, number } = message
    switch (key.kind) {
      case 'all':
        return true
      case 'and':
        return every(key.keys, (inner) => this.#test(inner, message))
      case 'or': {
        const neither = every([key.left, key.right], (inner) => opposite(this.#test(inner, message)))
        return opposite(neither)
      }
      case 'not':
        return opposite(this.#test(key.key, message))
      case 'flag':
        return entry.flags.has(this.#words.get(key) ?? key.flag)
      case 'recent':
        return entry.recent
      case 'set': {
        const set = this.#sets.get(key) ?? []
        if (set instanceof Set) return set.has(entry.uid)
        return inRanges(set as readonly MessageRange[], key.by === 'uid' ? entry.uid : number)
      }
      case 'thread':
        return (this.#sets.get(key) as ReadonlySet<Uid>).has(entry.uid)
      case 'header':
        return message.fields === null ? null : this.#inHeader(key, message.fields)
      case 'body':
      case 'text':
        return message.texts === null ? null : this.#inText(key, message.texts)
      case 'mimepart':
        return message.root === null ? null : hasMimePart(message.root, key.key)
      case 'modseq':
        return entry.modseq >= key.atLeast
      case 'guid':
        return entry.guid === key.text
      case 'mailbox':
        return this.#account.names.toClient(this.#account.view.mailbox.name) === key.text
      default:
        if (!this.#account.view.isGone(entry.uid)) return this.#measured(key, entry, message)
        this.#account.missedMessage()
        return false
    }
  }

  #measured(
    key: Extract<SearchKey, { kind: 'size' | 'date' | 'age' }>,
    entry: MessageEntry,
    message: Known,
  ): Verdict {
    switch (key.kind) {
      case 'size':
        return key.than === 'larger' ? entry.size > key.bytes : entry.size < key.bytes
      case 'age': {
        const age = (this.#now - entry.internalDate) / 1000
        return key.than === 'older' ? age >= key.seconds : age <= key.seconds
      }
      case 'date': {
        if (key.of === 'sent') return message.fields === null ? null : onDay(key, sentLocally(message.fields))
        return onDay(key, key.of === 'saved' ? entry.savedDate : entry.internalDate)
      }
      default:
        return key satisfies never
    }
  }

  #inHeader(key: SearchKey & { kind: 'header' }, fields: readonly HeaderLine[]): boolean {
    const word = this.#words.get(key) ?? ''
    const look = key.as === 'addresses' ? searchableAddresses : searchable
    return fields.some((field) => field.name.toUpperCase() === key.field && look(field).includes(word))
  }

  #inText(key: SearchKey & { kind: 'body' | 'text' }, { headers, bodies }: Texts): boolean {
    const word = this.#words.get(key) ?? ''
    if (word === '' || bodies.some((text) => text.includes(word))) return true
    return key.kind === 'text' && headers.some((text) => text.includes(word))
  }
}

/** AND over verdicts of which some may be unknown. */
function every(keys: readonly SearchKey[], test: (key: SearchKey) => Verdict): Verdict {
  let verdict: Verdict = true
  for (const key of keys) {
    const one = test(key)
    if (one === false) return false
    if (one === null) verdict = null
  }
  return verdict
}

const opposite = (verdict: Verdict): Verdict => (verdict === null ? null : !verdict)
