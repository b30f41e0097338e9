/** Why? The explanation of one event of a trace, in both languages, with the changes that would have turned it around. */
import { isSession, type TraceEvent } from '#trace/events.ts'
import { explain, sayStep, sayWhy, type Explanation } from '#trace/explain.ts'
import { sayFlip } from '#trace/flip.ts'
import { fold } from '#trace/fold.ts'
import type { Step } from '#trace/trail.ts'
import { en } from '#trace/words/en.ts'
import { zh } from '#trace/words/zh.ts'
import type { Words } from '#trace/words/words.ts'
import type { LabHandle } from './lab-handle.ts'

/** So much of a trace is read back in search of the beginning of what is to be explained. */
const mostRead = 50_000
const batch = 2000

export type WhyAnswer =
  { readonly kind: 'no-event' | 'nothing-to-explain' } | { readonly kind: 'why'; readonly why: object }

export async function whyOf(lab: LabHandle, seq: number): Promise<WhyAnswer> {
  const [event] = seq < 1 ? [] : await lab.trace.read(seq, 1)
  if (event?.seq !== seq) return { kind: 'no-event' }
  const world = fold(await leadingTo(lab, event))
  const explanation = explain(world, event)
  if (explanation === null) return { kind: 'nothing-to-explain' }
  const { kept, flips } = explanation.reply === null ? { kept: false, flips: [] } : await lab.flips(seq)
  return {
    kind: 'why',
    why: {
      ...written(explanation, event),
      flipsTried: kept,
      flips: flips.map(({ flip, change, reply }) => ({
        kind: flip.kind,
        change,
        reply,
        ...both((words) => sayFlip(flip, words)),
      })),
    },
  }
}

function written(explanation: Explanation, event: TraceEvent): object {
  const { seq, reply, command, cause, trail, lookups, delivery } = explanation
  return {
    seq,
    host: event.host ?? null,
    type: event.type,
    session: 'session' in event ? (event.session ?? null) : null,
    reply,
    command,
    meaning: both((words) => sayWhy(explanation, words).meaning),
    cause: cause === null ? null : { ...cause, ...both((words) => sayWhy(explanation, words).because) },
    trail: trail.map(({ stage, list, steps }) => ({ stage, list, items: steps.map(writtenStep) })),
    lookups,
    delivery,
  }
}

function writtenStep(step: Step): object {
  const { within, ...rest } = step
  return {
    ...rest,
    explain: sayStep(step, en) === null ? null : both((words) => sayStep(step, words) ?? ''),
    within: within.map(writtenStep),
  }
}

const both = (say: (words: Words) => string) => ({ en: say(en), zh: say(zh) })

/** The events up to this one, from where its session or its letter began, or as far back as is read. */
async function leadingTo(lab: LabHandle, event: TraceEvent): Promise<readonly TraceEvent[]> {
  let events: readonly TraceEvent[] = []
  for (let from = event.seq - batch + 1; ; from -= batch) {
    const first = Math.max(1, from)
    const end = events[0]?.seq ?? event.seq + 1
    if (first < end) events = [...(await lab.trace.read(first, end - first)), ...events]
    if (first === 1 || events.length >= mostRead || events.some((one) => begins(one, event))) return events
  }
}

function begins(one: TraceEvent, event: TraceEvent): boolean {
  if ('session' in event && event.session !== undefined)
    return isSession(one, 'opened') && one.session === event.session
  if ('queueId' in event && event.queueId !== undefined)
    return one.type === 'queue.created' && one.queueId === event.queueId && one.host === event.host
  return true
}
