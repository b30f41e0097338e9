/**
 * Runs what a command asks for to its end, sending what is ready; then tells the client what is new in its mailbox.
 *
 * RFC 3501 §5.2, §7.4.1.
 */
import type { Wire } from '#engine/wire.ts'
import type { By } from '#protocol/imap/grammar.ts'
import type { Account } from './account.ts'
import { hungUp, type Input } from './input.ts'
import type { Answer, Outcome, Tagged, Updates } from './outcome.ts'
import { badArguments, refusalOf } from './refusal.ts'
import type { Transcript } from './transcript.ts'

export type Performance = {
  readonly account: Account
  /** The command as it is named in what is said of it: `UID FETCH`. */
  readonly full: string
  readonly by: By
  readonly wire: Wire
  readonly transcript: Transcript
  readonly input: Input
}

export async function perform(
  updates: Updates,
  start: () => Outcome,
  performance: Performance,
): Promise<Tagged> {
  const { account, full, by, transcript } = performance
  let tagged: Tagged
  try {
    const outcome = start()
    tagged = outcome instanceof Promise ? await outcome : await drain(outcome, performance)
  } catch (error) {
    const refused = refusalOf(error, by === 'uid' ? full.slice(4) : full)
    if (refused === null) throw error
    if (refused.status === 'BAD') return { ...refused, text: badArguments(full, refused.text).text }
    tagged = refused
  }
  if (updates === 'none' || tagged.status === 'BAD' || account.broken !== null) return tagged
  const tell = updates === 'all' || (updates === 'by-uid' && by === 'uid')
  if (account.selected === null) return tagged
  // What FETCH brings along has no UID of its own accord.
  const { text, code } = await account.sync(
    tell ? 'tell' : 'withhold',
    full === 'UID FETCH' ? 'sequence' : by,
  )
  await transcript.send(text)
  if (code === null) return tagged
  if (tagged.code === undefined && tagged.status === 'OK') return { ...tagged, code }
  // There is room for one code.
  await transcript.send(`* OK [${code}] Highest\r\n`)
  return tagged
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
