/**
 * What would have turned a reply around? Each small change of the client, the command, main.cf or a table row is tried at
 * the kept moment itself; only those that really turn the answer around are told, the client's own changes first.
 *
 * Next: what a learner reads beside the reply.
 */
import type { FactOf, TracedReply } from '#trace/events.ts'
import type { FoundFlip } from '#trace/flip.ts'
import { replyClassOf } from '#trace/reply-class.ts'
import { acceptingCandidates } from './flips/accepting.ts'
import { letterCandidates } from './flips/letter.ts'
import type { Candidate } from './flips/candidate.ts'
import { refusingCandidates } from './flips/refusing.ts'
import type { Moment } from './moments.ts'
import { tryAgain, type TrialWorld } from './trial.ts'

/** `given`: the reply that was really given. Empty when the moment does not answer so again: then it is another world. */
export async function findFlips(
  moment: Moment,
  given: TracedReply,
  world: TrialWorld,
): Promise<readonly FoundFlip[]> {
  const verdicts: FactOf<'restriction.verdict'>[] = []
  const rows: FactOf<'table.looked'>[] = []
  const again = await tryAgain(moment, {}, world, (fact) => {
    if (fact.type === 'restriction.verdict') verdicts.push(fact)
    if (fact.type === 'table.looked') rows.push(fact)
  })
  if (again === null || isRefusal(again) !== isRefusal(given)) return []

  const refused = isRefusal(given)
  const candidates: readonly Candidate[] = refused
    ? moment.asked.kind === 'end-of-data' && verdicts.every(({ reply }) => reply === undefined)
      ? letterCandidates(moment, rows)
      : acceptingCandidates(moment, verdicts, given)
    : refusingCandidates(moment, verdicts)
  const found: FoundFlip[] = []
  for (const { flip, change, trial } of candidates) {
    // The shortest way of sending something first is enough.
    if (flip.kind === 'before' && found.some((one) => one.flip.kind === 'before')) continue
    const reply = await tryAgain(moment, trial, world)
    if (reply !== null && isRefusal(reply) !== refused) found.push({ flip, change, reply })
  }
  return found
}

const isRefusal = (reply: TracedReply): boolean => ['4xx', '5xx'].includes(replyClassOf(reply) ?? '')
