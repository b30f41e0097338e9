/**
 * What the engine and the web ask of a chart: may this come now, what could come now, and how is it drawn.
 * A chart holds order, not policy.
 */
import type { AnyStateMachine } from 'xstate'

/** A chart at one moment, as xstate has it. */
export type Snapshot<E> = { can(event: E): boolean; readonly value: unknown }

export const accepts = <E>(snapshot: Snapshot<E>, event: E): boolean => snapshot.can(event)

/** The verbs that may come now, of those given, in their order. */
export function legalVerbs<V extends string>(
  snapshot: Snapshot<{ readonly type: V }>,
  verbs: readonly V[],
): readonly V[] {
  return verbs.filter((verb) => snapshot.can({ type: verb }))
}

/** The innermost state's name: `recipients`. */
export function stateName(snapshot: { readonly value: unknown }): string {
  let value = snapshot.value
  while (typeof value === 'object' && value !== null) value = Object.values(value)[0]
  return String(value)
}

export type ChartNode = {
  /** `command.ready`. */
  readonly id: string
  /** `ready`. */
  readonly name: string
  readonly parent: string | null
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly initial: string | null
}

export type ChartEdge = {
  readonly from: string
  readonly to: string
  readonly event: string
  readonly guard: string | null
}

export type ChartPicture = { readonly nodes: readonly ChartNode[]; readonly edges: readonly ChartEdge[] }

type StateNode = AnyStateMachine['root']

/** The chart as nodes and arrows. An event that changes no state is an arrow from a state to itself. */
export function describe(machine: AnyStateMachine): ChartPicture {
  const nodes: ChartNode[] = []
  const edges: ChartEdge[] = []
  const nameOf = (node: StateNode) => (node.path.length === 0 ? machine.root.key : node.path.join('.'))

  const visit = (node: StateNode) => {
    const children = Object.values<StateNode>(node.states)
    const [initial] = children.length === 0 ? [] : node.initial.target
    nodes.push({
      id: nameOf(node),
      name: node.key,
      parent: node.parent ? nameOf(node.parent) : null,
      kind: node.type,
      initial: initial ? nameOf(initial) : null,
    })
    for (const [event, transitions] of node.transitions) {
      for (const transition of transitions) {
        const to = transition.target?.[0] ?? node
        edges.push({
          from: nameOf(node),
          to: nameOf(to),
          event,
          guard: typeof transition.guard === 'string' ? transition.guard : null,
        })
      }
    }
    for (const child of children) visit(child)
  }
  visit(machine.root)
  return { nodes, edges }
}
