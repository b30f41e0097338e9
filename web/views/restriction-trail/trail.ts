/** The way through each restriction list: what was asked, what it said, which one decided, what was never reached. */
import type { Exchange, VerdictView } from '#trace/world.ts'

export type Step = {
  readonly index: number
  readonly name: string
  readonly argument: string | null
  readonly reached: boolean
  readonly decisive: boolean
  readonly verdict: VerdictView['verdict'] | null
  readonly explain: string | null
  readonly lookups: VerdictView['lookups']
  readonly reply: NonNullable<VerdictView['reply']> | null
}

export type Trail = readonly {
  readonly stage: string
  readonly list: string
  readonly steps: readonly Step[]
}[]

const decides = (verdict: VerdictView['verdict']): boolean => verdict !== 'dunno' && verdict !== 'warn'

export function trailOf({ lists, verdicts }: Exchange): Trail {
  return lists.map(({ stage, list, items }) => {
    const own = verdicts.filter((verdict) => verdict.list === list && verdict.stage === stage)
    const length = Math.max(items.length, ...own.map(({ index }) => index + 1))
    const steps = Array.from({ length }, (_, index) =>
      stepOf(
        index,
        items[index] ?? '',
        own.findLast((verdict) => verdict.index === index),
      ),
    )
    return { stage, list, steps }
  })
}

function stepOf(index: number, item: string, verdict: VerdictView | undefined): Step {
  return {
    index,
    name: verdict?.name ?? item,
    argument: verdict?.argument ?? null,
    reached: verdict !== undefined,
    decisive: verdict !== undefined && decides(verdict.verdict),
    verdict: verdict?.verdict ?? null,
    explain: verdict?.explain ?? null,
    lookups: verdict?.lookups ?? [],
    reply: verdict?.reply ?? null,
  }
}
