/**
 * The way through each restriction list: what was asked, what it said, which one decided, what was never reached.
 *
 * SMTPD_ACCESS_README.
 */
import type { Exchange, VerdictView } from './world.ts'

export type Step = {
  /** Place in the list, arguments not counted, from 0. */
  readonly index: number
  readonly name: string
  readonly argument: string | null
  readonly reached: boolean
  readonly decisive: boolean
  readonly verdict: VerdictView['verdict'] | null
  readonly lookups: VerdictView['lookups']
  readonly reply: NonNullable<VerdictView['reply']> | null
  /** Of a restriction class, or of a list that a table row names: the items that stand in its place. */
  readonly within: readonly Step[]
}

export type Trail = readonly {
  readonly stage: string
  readonly list: string
  readonly steps: readonly Step[]
}[]

const decides = (verdict: VerdictView['verdict']): boolean => verdict !== 'dunno' && verdict !== 'warn'

export function trailOf({ lists, verdicts }: Pick<Exchange, 'lists' | 'verdicts'>): Trail {
  const walked = lists.map(({ stage, list, items }) => {
    const own = verdicts.filter((verdict) => verdict.list === list && verdict.stage === stage)
    return { stage, list, steps: stepsOf(items, own) }
  })
  // A rule that is no item of a list, such as smtpd_reject_unlisted_recipient, is known by its verdict alone.
  const named = new Set(lists.map(({ stage, list }) => `${stage} ${list}`))
  const builtIn = verdicts
    .filter(({ stage, list }) => !named.has(`${stage} ${list}`))
    .map((verdict) => ({
      stage: verdict.stage,
      list: verdict.list,
      steps: [reachedStep(0, [verdict])].filter((step) => step !== null),
    }))
  return [...walked, ...builtIn]
}

function stepsOf(items: readonly string[], verdicts: readonly VerdictView[]): readonly Step[] {
  const steps: Step[] = []
  const last = Math.max(items.length, ...verdicts.map(({ index }) => index + 1))
  for (let place = 0; place < last;) {
    const here = reachedStep(
      steps.length,
      verdicts.filter(({ index }) => index === place),
    )
    const name = items[place] ?? ''
    const argument = here === null ? argumentAfter(items, place) : here.argument
    steps.push(here ?? { ...notReached, index: steps.length, name, argument })
    place += argument !== null && items[place + 1] === argument ? 2 : 1
  }
  return steps
}

/** The first verdict at a place is that of the item itself; those after it, of the list that stands in its place. */
function reachedStep(index: number, [own, ...within]: readonly VerdictView[]): Step | null {
  if (own === undefined) return null
  return {
    index,
    name: own.name,
    argument: own.argument ?? null,
    reached: true,
    decisive: decides(own.verdict),
    verdict: own.verdict,
    lookups: own.lookups,
    reply: own.reply ?? null,
    within: within.flatMap((verdict, i) => reachedStep(i, [verdict]) ?? []),
  }
}

const notReached: Omit<Step, 'index' | 'name' | 'argument'> = {
  reached: false,
  decisive: false,
  verdict: null,
  lookups: [],
  reply: null,
  within: [],
}

/** Of an item that was never read: what looks like its argument. */
function argumentAfter(items: readonly string[], place: number): string | null {
  const name = items[place] ?? ''
  const next = items[place + 1]
  const takes = /^(?:check_.*_access|check_policy_service|reject_r[bh]\w+|permit_(?:dnswl|rhswl)\w*|sleep)$/
  return next !== undefined && takes.test(name.toLowerCase()) ? next : null
}

/** The step that ended a list with more than "go on", the last of them when there are several. */
export function decisiveStep(trail: Trail): { readonly list: string; readonly step: Step } | null {
  for (const { list, steps } of trail.toReversed()) {
    for (const step of steps.toReversed()) {
      const inner = step.within.findLast((one) => one.decisive)
      if (inner !== undefined) return { list, step: inner }
      if (step.decisive) return { list, step }
    }
  }
  return null
}
