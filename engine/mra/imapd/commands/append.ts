/**
 * APPEND reads its messages as they come: arguments, `+ OK`, bytes, and again until the line ends. All of them are
 * saved, or none.
 *
 * RFC 3501 §6.3.11, RFC 3502; CATENATE: RFC 4469; APPENDUID: RFC 4315 §3.
 */
import { MailboxError, type NewMessage } from '#mailbox/mail-store.ts'
import {
  readAppendHead,
  readCatenateWord,
  type Append,
  type AppendHead,
} from '#protocol/imap/commands/append.ts'
import { writeSequenceSet } from '#protocol/imap/sequence-set.ts'
import { atom, literalAtEnd, readArguments, type Argument, type LiteralStart } from '#protocol/imap/tokens.ts'
import type { Account } from '../account.ts'
import { catenated } from '../catenate.ts'
import { firstArgumentEnd } from '../first-argument.ts'
import { largestKept, tooLarge } from '../input.ts'
import { missing } from '../names.ts'
import { no, ok, type Answer, type Ask, type Chunk, type ImapHandler, type Tagged } from '../outcome.ts'
import { overQuota, refuseOverQuota } from '../quota-check.ts'
import { badArguments, Refusal } from '../refusal.ts'
import { longKeywords } from './store.ts'

type Reading<T> = AsyncGenerator<Chunk | Ask, T, Answer>

/** A size in 64 bits is one; a larger is no number. */
const largestWritten = 2 ** 64
const mostMessages = 1000

export const append: ImapHandler<Append> = {
  updates: 'all',

  async *run({ mailbox }, account, { line }) {
    let text = line.slice(firstArgumentEnd(line))
    const problem = await openable(account, mailbox)
    const folder = problem === null ? account.names.toStore(mailbox) : ''
    const messages: NewMessage[] = []
    for (;;) {
      if (messages.length > 0 && text.trim() === '') break
      const read = yield* readMessage(account, text, { problem, folder, before: messages })
      // A mailbox that cannot take a message is the first thing wrong.
      if ('tagged' in read) return literalAtEnd(text) === null ? read.tagged : (problem ?? read.tagged)
      if (messages.length >= mostMessages) return no('Too many messages')
      messages.push(read.message)
      text = read.rest ?? ((yield { ask: 'line' }) as string)
    }
    if (problem !== null) return problem
    return saved(account, mailbox, messages)
  },
}

/** Why the mailbox cannot take a message; a client that waits hears it before it sends one. */
async function openable(account: Account, typed: string): Promise<Tagged | null> {
  try {
    const name = account.names.toStore(typed)
    await account.provide(name)
    const folders = await account.store.folders()
    const folder = folders.find((known) => known.name === name)
    if (folder?.selectable === true) return null
    // Asks the store for its own words about a name that it would not take.
    await account.store.status(name)
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.tagged
    if (!(error instanceof MailboxError)) throw error
    return error.code === 'NONEXISTENT'
      ? no(missing(typed).message, 'TRYCREATE')
      : no(error.message, error.code === 'NOTPOSSIBLE' ? undefined : error.code)
  }
}

/** `rest`: what follows a message on its line; null: the line is still to come. */
type Read = { readonly message: NewMessage; readonly rest: string | null } | { readonly tagged: Tagged }

/** What was found out before this message came. */
type Sofar = {
  readonly problem: Tagged | null
  readonly folder: string
  readonly before: readonly NewMessage[]
}

async function* readMessage(account: Account, text: string, sofar: Sofar): Reading<Read> {
  const start = literalAtEnd(text)
  const catenate = /^((?:[^"(]|"(?:[^"\\]|\\.)*"|\([^()]*\))*?) *CATENATE +\((.*)$/is.exec(text)
  const whole = start === null ? text : text.slice(0, text.lastIndexOf('{')).replace(/~$/, '')
  // `UTF8 (~{12}`: RFC 6855 §4.
  const utf8 = account.utf8 && start !== null ? /^(.*) UTF8 +\($/is.exec(whole) : null
  const before = catenate?.[1] ?? utf8?.[1] ?? whole
  const args = readArguments(before)
  if (!args.ok) {
    if (start !== null) yield { ask: 'to-skip-lines' }
    yield { ask: 'to-put-back', text: start === null ? args.rest : ')' }
    return refusal(args.message)
  }
  const follows = catenate ? 'catenate' : start === null ? 'nothing' : 'literal'
  const head = readAppendHead(args.args, follows)
  if (!head.ok) {
    // What follows is taken for commands, as by Dovecot, unless nothing of it is wanted anyway.
    if (catenate) yield { ask: 'to-put-back', text: ')' }
    else if (start !== null && sofar.problem !== null) yield* skipped(start, sofar)
    else if (start !== null && 'message' in head && head.message === 'Invalid arguments')
      yield { ask: 'to-skip-lines' }
    return 'no' in head ? { tagged: no(head.no, head.code) } : refusal(head.message)
  }
  const tooLong = longKeywords(account, head.head.flags)
  if (tooLong !== null) {
    if (start !== null) yield* skipped(start, sofar)
    return { tagged: tooLong }
  }
  if (catenate) return yield* readCatenation(account, head.head, catenate[2] ?? '', sofar)
  if (start === null) return refusal('Missing message size')
  const content = yield* readLiteral(start, sofar, account)
  if (content instanceof Uint8Array && content.length === 0) {
    yield { ask: 'to-overlook-line' }
    return { tagged: no(zeroBytes) }
  }
  if (!(content instanceof Uint8Array)) return { tagged: content }
  if (start.size > largestKept)
    return { tagged: no('Internal error occurred. Refer to server log for more information.') }
  const message = asMessage(head.head, content, account.parts.machine.clock.now())
  if (utf8 === null) return { message, rest: null }
  const line = (yield { ask: 'line' }) as string
  return line.startsWith(')') ? { message, rest: line.slice(1) } : refusal("Missing ')'")
}

/** A literal that the client has sent already is no command; of several messages only the first is forgiven so. */
async function* skipped(start: LiteralStart, { before }: Sofar): Reading<void> {
  if (start.waits !== 'for-nothing' || start.size > largestKept || before.length > 0) return
  yield { ask: 'literal', ...start }
  yield { ask: 'line' }
}

const zeroBytes = "Can't save a zero byte message"

async function* readLiteral(
  start: LiteralStart,
  { problem, folder, before }: Sofar,
  account: Account,
): Reading<Uint8Array | Tagged> {
  if (start.waits === 'for-continuation') {
    if (problem !== null) return problem
    if (start.size === 0) return no(zeroBytes)
    const size = before.reduce((sum, { content }) => sum + content.length, start.size)
    const full = await overQuota(account, { folder, messages: before.length + 1, size })
    if (full !== null) return full
  }
  if (start.size >= largestWritten) throw tooLarge()
  return (yield { ask: 'literal', ...start }) as Uint8Array
}

/** `TEXT {12} … URL "/INBOX/;UID=3" …)`: the list goes on after each literal. */
async function* readCatenation(
  account: Account,
  head: AppendHead,
  first: string,
  sofar: Sofar,
): Reading<Read> {
  const pieces: Uint8Array[] = []
  let text = first
  let failed: Tagged | null = null
  let rest: string
  for (;;) {
    const end = closingParenthesis(text)
    const start = end < 0 ? literalAtEnd(text) : null
    const inside =
      end >= 0 ? text.slice(0, end) : start === null ? text : text.slice(0, text.lastIndexOf('{'))
    const args = readArguments(inside)
    if (!args.ok) return refusal(args.message)
    const ends = start !== null && atom(args.args.at(-1))?.toUpperCase() === 'URL' ? 'with-url' : 'whole'
    for (const part of readWords(ends === 'with-url' ? args.args.slice(0, -1) : args.args)) {
      if (part === null) {
        yield { ask: 'to-put-back', text: ')' }
        return refusal('Invalid arguments')
      }
      if (part.kind === 'text') continue
      const piece = await catenated(account, part.url)
      if (piece instanceof Uint8Array) pieces.push(piece)
      else failed ??= piece
    }
    if (start === null) {
      if (end < 0) {
        yield { ask: 'to-put-back', text: '' }
        return refusal("Missing ')'")
      }
      rest = text.slice(end + 1)
      break
    }
    if (failed !== null && start.waits === 'for-continuation') return { tagged: sofar.problem ?? failed }
    const content = yield* readLiteral(start, sofar, account)
    if (!(content instanceof Uint8Array)) return { tagged: content }
    const piece =
      ends === 'with-url' ? await catenated(account, Buffer.from(content).toString('latin1')) : content
    if (piece instanceof Uint8Array) pieces.push(piece)
    else failed ??= piece
    text = (yield { ask: 'line' }) as string
  }
  if (failed !== null) return { tagged: sofar.problem ?? failed }
  if (pieces.length === 0) return refusal('Empty CATENATE list')
  return { message: asMessage(head, Buffer.concat(pieces), account.parts.machine.clock.now()), rest }
}

/** Outside of quotes. */
function closingParenthesis(text: string): number {
  let quoted = false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const c = text[at]
    if (c === '\\') at++
    else if (c === '"') quoted = !quoted
    else if (c === '(' && !quoted) depth++
    else if (c === ')' && !quoted && --depth < 0) return at
  }
  return -1
}

function* readWords(args: readonly Argument[]) {
  for (let at = 0; at < args.length;) {
    const part = readCatenateWord(args.slice(at, at + 2))
    yield part
    if (part === null) return
    at += part.kind === 'text' ? 1 : 2
  }
}

const refusal = (message: string): Read => ({ tagged: badArguments('APPEND', message) })

/** A moment that there is not, or that is yet to come, is now. */
function asMessage({ flags, internalDate }: AppendHead, content: Uint8Array, now: number): NewMessage {
  const real = internalDate !== null && internalDate <= now + day
  return { content, flags, ...(real ? { internalDate } : {}) }
}

const day = 86_400_000

async function saved(account: Account, typed: string, messages: readonly NewMessage[]): Promise<Tagged> {
  const size = messages.reduce((sum, { content }) => sum + content.length, 0)
  const name = account.names.toStore(typed)
  await refuseOverQuota(account, { folder: name, messages: messages.length, size })
  const here = account.selected?.mailbox.name === name ? account.selected.mailbox : null
  const target = here ?? (await account.store.open(name, 'keep-recent'))
  try {
    const uids = await target.append(messages, account.cause('APPEND'))
    account.counts.appended += uids.length
    return ok('Append completed', `APPENDUID ${target.uidValidity} ${writeSequenceSet(uids)}`)
  } finally {
    if (here === null) await target.close()
  }
}
