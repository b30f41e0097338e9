/** Ways through a chart, made from the chart itself: to every state and along every arrow, by the shortest way. */
import { transition } from 'xstate'
import type { AnyStateMachine } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import { describe, stateName } from '#protocol/chart.ts'

export type ChartPath = {
  readonly events: readonly string[]
  /** The innermost state after each event. */
  readonly states: readonly string[]
  /** What the chart would not take at the end. */
  readonly forbidden: readonly string[]
}

type Event = { readonly type: string }
type Moment = {
  readonly value: unknown
  readonly status: string
  readonly context: Readonly<Record<string, unknown>>
  can(event: Event): boolean
}
type ShortestPaths = (
  chart: AnyStateMachine,
  options: {
    readonly input: unknown
    readonly events: readonly Event[]
    readonly serializeState: (state: Moment) => string
  },
) => readonly { readonly state: Moment; readonly steps: readonly { event: Event; state: Moment }[] }[]

/**
 * `kind` tells moments of one state apart; without it they count as one, so the ways are finite: two recipients are no
 * other moment than one.
 */
export function chartPaths(
  chart: AnyStateMachine,
  { input, kind = () => '' }: { input?: unknown; kind?: (context: Moment['context']) => string } = {},
): readonly ChartPath[] {
  const types = [...new Set(describe(chart).edges.map(({ event }) => event))]
  const shortest = (getShortestPaths as unknown as ShortestPaths)(chart, {
    input,
    events: types.map((type) => ({ type })),
    serializeState: ({ value, context }) => JSON.stringify([value, kind(context)]),
  })
  return shortest.flatMap(({ state, steps }): ChartPath[] => {
    const taken = steps.filter(({ event }) => event.type !== 'xstate.init')
    const events = taken.map(({ event }) => event.type)
    const states = taken.map((step) => stateName(step.state))
    if (state.status !== 'active') return [{ events, states, forbidden: [] }]
    const allowed = types.filter((type) => state.can({ type }))
    const onward = allowed.map((type) => {
      const [next] = transition(chart, state as never, { type }) as unknown as readonly [Moment]
      return { events: [...events, type], states: [...states, stateName(next)], forbidden: [] }
    })
    return [{ events, states, forbidden: types.filter((type) => !allowed.includes(type)) }, ...onward]
  })
}

/** The states as a trace tells them: only where they change. `end` is where a client's going leads. */
export function changes(start: string, states: readonly string[], end: string): readonly string[] {
  const all = [start, ...states, end]
  return all.slice(1).filter((state, i) => state !== all[i])
}
