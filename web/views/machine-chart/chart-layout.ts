/**
 * A chart as a picture: the usual way of a session from left to right, what leads aside from it underneath, and the
 * way back above. Numbers in, numbers out.
 */
import type { ChartEdge, ChartNode, ChartPicture } from '#protocol/chart.ts'

export type PlacedState = {
  readonly id: string
  readonly name: string
  readonly kind: ChartNode['kind']
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export type PlacedArrow = {
  readonly from: string
  readonly to: string
  readonly events: readonly string[]
  /** The events, or the first of many. */
  readonly label: string
  readonly path: string
  readonly labelX: number
  readonly labelY: number
  readonly anchor: 'start' | 'middle' | 'end'
}
/** Verbs that may come in any state of a group. */
export type Everywhere = { readonly group: string; readonly events: readonly string[] }
export type PlacedChart = {
  readonly width: number
  readonly height: number
  readonly states: readonly PlacedState[]
  readonly arrows: readonly PlacedArrow[]
  readonly everywhere: readonly Everywhere[]
}

const size = { width: 96, height: 32 }
const gap = 56
/** Of the mono type that names events. */
const letterWidth = 7.4
const margin = 64
const roadTop = 34
const sideTop = 112

/** `road`: the names of the states that a session usually goes through, in order. */
export function layoutChart(picture: ChartPicture, road: readonly string[]): PlacedChart {
  const leaves = picture.nodes.filter(({ kind }) => kind === 'atomic' || kind === 'final')
  const main = road.flatMap((name) => leaves.filter((leaf) => leaf.name === name))
  const aside = leaves.filter((leaf) => !main.includes(leaf))
  const edges = drawnEdges(picture, leaves, main)
  const columns = sideColumns(aside, edges, main)
  const at = columnsAt(main, edges)
  const states = [
    ...main.map((node, i) => placed(node, at(i), roadTop)),
    ...aside.map((node) => placed(node, at(columns.get(node.id) ?? 0), sideTop)),
  ]
  const most = Math.max(main.length, ...[...columns.values()].map((column) => column + 1))
  return {
    width: at(most) - gap + margin,
    height: sideTop + size.height + 14,
    states,
    arrows: arrowsOf(edges, new Map(states.map((state) => [state.id, state]))),
    everywhere: everywhereOf(picture),
  }
}

/** Where each column begins: two states stand as far apart as the name of what leads from one to the other needs. */
function columnsAt(main: readonly ChartNode[], edges: readonly ChartEdge[]): (column: number) => number {
  const gaps = main.map(({ id }, i) => {
    const next = main[i + 1]?.id
    const forth = edges.filter(({ from, to }) => from === id && to === next).map(({ event }) => event)
    const back = edges.filter(({ from, to }) => from === next && to === id).map(({ event }) => event)
    return Math.max(gap, ...[forth, back].map((events) => labelOf(events).length * letterWidth + 18))
  })
  return (column) =>
    Array.from({ length: column }, (_, i) => size.width + (gaps[i] ?? gap)).reduce(
      (sum, width) => sum + width,
      margin,
    )
}

const labelOf = (events: readonly string[]): string =>
  events.join(' ').length > 12 && events.length > 1 ? `${events[0] ?? ''} …` : events.join(' ')

const placed = ({ id, name, kind }: ChartNode, x: number, y: number): PlacedState => ({
  id,
  name,
  kind,
  x,
  y,
  ...size,
})

/**
 * Arrows between two states. What a whole group allows is drawn once, from the step of the road before its goal. Of
 * several ways that one event may take, the first is drawn; failures, and what clients that never greet may do,
 * are left to the words beside the chart.
 */
function drawnEdges(
  { edges }: ChartPicture,
  leaves: readonly ChartNode[],
  main: readonly ChartNode[],
): readonly ChartEdge[] {
  const isLeaf = (id: string) => leaves.some((leaf) => leaf.id === id)
  const usual = edges.filter(
    (edge, i) => edges.findIndex(({ from, event }) => from === edge.from && event === edge.event) === i,
  )
  const own = usual.filter(
    ({ from, to, guard, event }) =>
      isLeaf(from) &&
      isLeaf(to) &&
      from !== to &&
      !(from === main[0]?.id && guard !== null) &&
      !/^not-/.test(event),
  )
  const lent = usual.flatMap((edge) => {
    if (isLeaf(edge.from) || !isLeaf(edge.to) || byPrograms.test(edge.event)) return []
    const goal = main.findIndex(({ id }) => id === edge.to)
    const ends = leaves.some(({ id, kind }) => id === edge.to && kind === 'final')
    const from = goal > 0 ? main[goal - 1] : ends ? main[1] : main[0]
    const within = from?.id.startsWith(`${edge.from}.`) === true
    return goal === 0 || !within ? [] : [{ ...edge, from: from.id }]
  })
  return [...own, ...lent]
}

/** No verb of a person, or one that leads back to where one is: the words beside the chart name them. */
const byPrograms = /^(?:[a-z]|XCLIENT|RSET)/

/** A state beside the road stands under the first state that leads to it, or as near to its right as there is room. */
function sideColumns(
  aside: readonly ChartNode[],
  edges: readonly ChartEdge[],
  main: readonly ChartNode[],
): ReadonlyMap<string, number> {
  const columns = new Map<string, number>()
  const wishes = new Map(aside.map(({ id }) => [id, wishOf(id)]))
  for (const { id } of [...aside].sort((a, b) => (wishes.get(a.id) ?? 0) - (wishes.get(b.id) ?? 0))) {
    let column = wishes.get(id) ?? 0
    while ([...columns.values()].includes(column)) column += 1
    columns.set(id, column)
  }
  return columns

  function wishOf(id: string): number {
    const before = edges
      .filter(({ to }) => to === id)
      .map(({ from }) => main.findIndex((node) => node.id === from))
    const found = before.filter((column) => column >= 0)
    return found.length === 0 ? main.length : Math.min(...found)
  }
}

function arrowsOf(
  edges: readonly ChartEdge[],
  place: ReadonlyMap<string, PlacedState>,
): readonly PlacedArrow[] {
  const pairs = new Map<string, { from: PlacedState; to: PlacedState; events: string[] }>()
  for (const { from, to, event } of edges) {
    const a = place.get(from)
    const b = place.get(to)
    if (!a || !b) continue
    const pair = pairs.get(`${from} ${to}`) ?? { from: a, to: b, events: [] }
    if (!pair.events.includes(event)) pair.events.push(event)
    pairs.set(`${from} ${to}`, pair)
  }
  return [...pairs.values()].map(({ from, to, events }) => ({
    from: from.id,
    to: to.id,
    events,
    label: labelOf(events),
    ...curve(from, to),
  }))
}

type Curve = Pick<PlacedArrow, 'path' | 'labelX' | 'labelY' | 'anchor'>

const head = 3

function curve(a: PlacedState, b: PlacedState): Curve {
  if (a.y !== b.y) return upOrDown(a, b)
  if (Math.abs(b.x - a.x) < 2 * size.width + gap) return toNeighbour(a, b)
  return over(a, b)
}

function toNeighbour(a: PlacedState, b: PlacedState): Curve {
  const forward = b.x > a.x
  // Forth and back between the same two: each a little off the middle.
  const y = a.y + a.height / 2 + (forward ? -5 : 7)
  const [x1, x2] = forward ? [a.x + a.width, b.x - head] : [a.x, b.x + b.width + head]
  return {
    path: `M${x1} ${y}H${x2}`,
    labelX: (x1 + x2) / 2,
    labelY: forward ? y - 6 : y + 14,
    anchor: 'middle',
  }
}

/** A longer way on one level: above the road, below what is aside of it. */
function over(a: PlacedState, b: PlacedState): Curve {
  const up = a.y === roadTop
  const edge = up ? a.y : a.y + a.height
  const far = Math.abs(a.x - b.x) / (size.width + gap)
  const away = edge + (up ? -1 : 1) * (6 + 8 * far)
  const [x1, x2] = [a.x + a.width / 2 + (b.x < a.x ? -10 : 10), b.x + b.width / 2 + (b.x < a.x ? 10 : -10)]
  return {
    path: `M${x1} ${edge}C${x1} ${away} ${x2} ${away} ${x2} ${edge + (up ? -head : head)}`,
    labelX: (x1 + x2) / 2,
    labelY: edge + (away - edge) * 0.75 + (up ? -3 : 12),
    anchor: 'middle',
  }
}

function upOrDown(a: PlacedState, b: PlacedState): Curve {
  const down = b.y > a.y
  // A way down keeps to the left of the middle, a way up to the right: they never lie on each other.
  const shift = down ? -14 : 14
  const [x1, x2] = [a.x + a.width / 2 + shift, b.x + b.width / 2 + shift]
  const [y1, y2] = down ? [a.y + a.height, b.y - head] : [a.y, b.y + b.height + head]
  const middle = (y1 + y2) / 2
  return {
    path: `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`,
    // On a slant the name stands nearer to where the arrow comes from: there is more room.
    labelX: x1 === x2 ? x1 + (down ? -5 : 5) : x1 * 0.7 + x2 * 0.3,
    labelY: middle + (down ? -4 : 12),
    anchor: x1 !== x2 ? 'middle' : down ? 'end' : 'start',
  }
}

function everywhereOf({ nodes, edges }: ChartPicture): readonly Everywhere[] {
  return nodes
    .filter(({ kind, parent }) => kind === 'compound' && parent !== null)
    .map(({ id, name }) => ({
      group: name,
      events: [...new Set(edges.filter(({ from }) => from === id).map(({ event }) => event))].filter(
        (event) => /^[A-Z]/.test(event),
      ),
    }))
    .filter(({ events }) => events.length > 0)
}
