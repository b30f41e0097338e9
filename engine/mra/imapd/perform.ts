/**
 * Runs what a command asks for to its end, sending what is ready; then tells the client what is new in its mailbox: of
 * commands that came together, once for all.
 *
 * RFC 3501 §5.2, §7.4.1.
 */
import type { Wire } from '#engine/wire.ts'
import type { Expunges } from '#mailbox/view.ts'
import type { ImapName } from '#protocol/imap/commands/index.ts'
import type { By } from '#protocol/imap/grammar.ts'
import type { Account } from './account.ts'
import { hungUp, type Input } from './input.ts'
import type { Answer, Outcome, Tagged, Updates } from './outcome.ts'
import { badArguments, refusalOf } from './refusal.ts'
import type { Transcript } from './transcript.ts'

const putsElsewhere: ReadonlySet<ImapName> = new Set<ImapName>(['COPY', 'MOVE', 'APPEND'])
/** These wait until all before them are done. */
export const breaksMailbox: ReadonlySet<ImapName> = new Set<ImapName>([
  'SELECT',
  'EXAMINE',
  'CLOSE',
  'UNSELECT',
  'LOGOUT',
  'DELETE',
  'RENAME',
  'COMPRESS',
])

/** Of what could not be put elsewhere there is no news. */
export const bringsNews = (name: ImapName, { status, code }: Tagged): boolean =>
  status !== 'NO' || code === 'EXPUNGEISSUED' || !putsElsewhere.has(name)

export type Performance = {
  readonly account: Account
  /** The command as it is named in what is said of it: `UID FETCH`. */
  readonly full: string
  readonly by: By
  readonly wire: Wire
  readonly transcript: Transcript
  readonly input: Input
}

export async function perform(start: () => Outcome, performance: Performance): Promise<Tagged> {
  const { full, by } = performance
  try {
    const outcome = start()
    return outcome instanceof Promise ? await outcome : await drain(outcome, performance)
  } catch (error) {
    const refused = refusalOf(error, by === 'uid' ? full.slice(4) : full)
    if (refused === null) throw error
    return refused.status === 'BAD' ? { ...refused, text: badArguments(full, refused.text).text } : refused
  }
}

/** A command that is done, but for the news of the mailbox that its client is to hear before it is told so. */
export type Finished = {
  readonly tag: string
  readonly tagged: Tagged
  readonly full: string
  readonly by: By
  readonly expunges: Expunges
  readonly started: number
}

export const expungesAfter = (updates: Updates, by: By): Expunges =>
  updates === 'all' || (updates === 'by-uid' && by === 'uid') ? 'tell' : 'withhold'

/** Tells what is new, once for all these; what the client is told of each is as before, but for a code on the last. */
export async function withNews(
  finished: readonly Finished[],
  account: Account,
  transcript: Transcript,
): Promise<readonly Finished[]> {
  const last = finished.at(-1)
  if (last === undefined || account.selected === null || account.broken !== null) return finished
  // What others bring along has no UID of its own accord.
  const form = finished.some(({ full }) => full === 'UID STORE') ? 'uid' : 'sequence'
  const { text, code } = await account.sync(last.expunges, form)
  await transcript.send(text)
  if (code === null) return finished
  const { tagged } = last
  if (tagged.code === undefined && tagged.status === 'OK')
    return [...finished.slice(0, -1), { ...last, tagged: { ...tagged, code } }]
  // There is room for one code.
  await transcript.send(`* OK [${code}] Highest\r\n`)
  return finished
}

async function drain(
  outcome: Exclude<Outcome, Promise<Tagged>>,
  { transcript, wire, input }: Performance,
): Promise<Tagged> {
  let answer: Answer
  for (;;) {
    const step = await outcome.next(answer)
    if (step.done === true) return step.value
    answer = undefined
    if (typeof step.value === 'string' || step.value instanceof Uint8Array) {
      await transcript.send(step.value)
      if (wire.ended) throw hungUp
    } else {
      answer = await input.ask(step.value)
    }
  }
}
