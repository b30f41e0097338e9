/** A chart as a picture: states in columns by how far they are from the start, arrows between neighbours. */
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
  readonly path: string
  readonly labelX: number
  readonly labelY: number
}
/** Verbs that leave a state as it is, or may come in any state of a group. */
export type Everywhere = { readonly group: string; readonly events: readonly string[] }
export type PlacedChart = {
  readonly width: number
  readonly height: number
  readonly states: readonly PlacedState[]
  readonly arrows: readonly PlacedArrow[]
  readonly everywhere: readonly Everywhere[]
}

const size = { width: 112, height: 32 }
const gap = { x: 74, y: 36 }
const margin = 22

export function layoutChart({ nodes, edges }: ChartPicture): PlacedChart {
  const leaves = nodes.filter(({ kind }) => kind === 'atomic' || kind === 'final')
  const isLeaf = new Set(leaves.map(({ id }) => id))
  const own = edges.filter(
    ({ from, to, event }) => isLeaf.has(from) && isLeaf.has(to) && from !== to && event !== 'hang-up',
  )
  const ranks = ranksOf(nodes, leaves, own, edges)
  const columns = Math.max(...ranks.values()) + 1
  const rows = new Map<number, number>()
  const states = leaves.map((node): PlacedState => {
    const column = ranks.get(node.id) ?? 0
    const row = rows.get(column) ?? 0
    rows.set(column, row + 1)
    return {
      id: node.id,
      name: node.name,
      kind: node.kind,
      x: margin + column * (size.width + gap.x),
      y: margin + 14 + row * (size.height + gap.y),
      ...size,
    }
  })
  const place = new Map(states.map((state) => [state.id, state]))
  const tallest = Math.max(...rows.values())
  return {
    width: 2 * margin + columns * size.width + (columns - 1) * gap.x,
    height: 2 * margin + 14 + tallest * (size.height + gap.y) + 14,
    states,
    arrows: arrowsOf(own, place),
    everywhere: everywhereOf(nodes, edges),
  }
}

/** Breadth first from where a session begins, along the arrows between states and those of their groups. */
function ranksOf(
  nodes: readonly ChartNode[],
  leaves: readonly ChartNode[],
  own: readonly ChartEdge[],
  all: readonly ChartEdge[],
): ReadonlyMap<string, number> {
  const start = leaves.find(({ id }) => nodes.some(({ initial }) => initial === id)) ?? leaves[0]
  const ranks = new Map<string, number>([[start?.id ?? '', 0]])
  const parentOf = new Map(nodes.map(({ id, parent }) => [id, parent]))
  const leavesOf = (id: string): boolean => leaves.some((leaf) => leaf.id === id)
  const queue = [start?.id ?? '']
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const groups = ancestors(id, parentOf)
    const out = [
      ...own.filter(({ from }) => from === id),
      ...all.filter(({ from, to }) => groups.includes(from) && leavesOf(to) && to !== id),
    ]
    for (const { to } of out) {
      if (ranks.has(to)) continue
      ranks.set(to, (ranks.get(id) ?? 0) + 1)
      queue.push(to)
    }
  }
  for (const { id } of leaves) if (!ranks.has(id)) ranks.set(id, 1)
  return ranks
}

function ancestors(id: string, parentOf: ReadonlyMap<string, string | null>): readonly string[] {
  const found: string[] = []
  for (let at = parentOf.get(id) ?? null; at !== null; at = parentOf.get(at) ?? null) found.push(at)
  return found
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
    ...curve(from, to),
  }))
}

function curve(a: PlacedState, b: PlacedState): { path: string; labelX: number; labelY: number } {
  const middle = { x: (a.x + b.x + a.width) / 2, y: (a.y + b.y + a.height) / 2 }
  if (b.x > a.x) {
    const [x1, y1, x2, y2] = [a.x + a.width, a.y + a.height / 2, b.x - 4, b.y + b.height / 2]
    return {
      path: `M${x1} ${y1}C${x1 + 34} ${y1} ${x2 - 34} ${y2} ${x2} ${y2}`,
      labelX: (x1 + x2) / 2,
      labelY: (y1 + y2) / 2 - 6,
    }
  }
  if (b.x === a.x) {
    const down = b.y > a.y
    const [x, y1, y2] = [a.x + a.width / 2, down ? a.y + a.height : a.y, down ? b.y - 4 : b.y + b.height + 4]
    return { path: `M${x} ${y1}L${x} ${y2}`, labelX: x + 8, labelY: (y1 + y2) / 2 + 4 }
  }
  // Back: under the boxes, so that it crosses none of those that go on.
  const [x1, y1, x2, y2] = [a.x + a.width / 2, a.y + a.height, b.x + b.width / 2, b.y + b.height + 4]
  const dip = Math.max(y1, y2) + 22
  return { path: `M${x1} ${y1}C${x1} ${dip} ${x2} ${dip} ${x2} ${y2}`, labelX: middle.x, labelY: dip - 3 }
}

function everywhereOf(nodes: readonly ChartNode[], edges: readonly ChartEdge[]): readonly Everywhere[] {
  return nodes
    .filter(({ kind }) => kind === 'compound')
    .map(({ id, name }) => ({
      group: name,
      events: [...new Set(edges.filter(({ from }) => from === id).map(({ event }) => event))],
    }))
    .filter(({ events }) => events.length > 0)
}
