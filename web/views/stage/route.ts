/** How a line goes from one place of the stage to another: along free lanes, with square turns, as on a plan. */
import type { Place } from '#web/model/moments.ts'
import type { Box, Door, PlacedHost, Point, StageLayout } from './layout.ts'

type Side = 'left' | 'right' | 'top' | 'bottom' | 'inside'
type Anchor = Point & { readonly side: Side; readonly host: string | null }

/** To the left of a server the lane passes outside the numbers of its doors. */
const clearance = { left: 31, right: 14 }

export const centre = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 })

/** The corners of the way; null when one end is not on this stage. */
export function routeOf(from: Place, to: Place, layout: StageLayout): readonly Point[] | null {
  const start = anchorOf(from, to, layout)
  const end = anchorOf(to, from, layout)
  if (start === null || end === null) return null
  if (start.host !== null && start.host === end.host && inBox(start, end)) return [start, end]
  if (from.at === 'dns' || to.at === 'dns') return viaTop(start, end, layout)
  return squared(start, end, layout)
}

/** A point of the way, `progress` of its length from the start. */
export function along(points: readonly Point[], progress: number): Point {
  const [first] = points
  if (first === undefined) return { x: 0, y: 0 }
  let left = lengthOf(points) * progress
  for (let i = 1; i < points.length; i += 1) {
    const a = points[i - 1] ?? first
    const b = points[i] ?? first
    const length = distance(a, b)
    if (left <= length && length > 0)
      return { x: a.x + ((b.x - a.x) * left) / length, y: a.y + ((b.y - a.y) * left) / length }
    left -= length
  }
  return points.at(-1) ?? first
}

export function lengthOf(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, point, i) => sum + distance(points[i] ?? point, point), 0)
}

/** The way as an SVG path, its corners rounded. */
export function pathOf(points: readonly Point[], radius = 7): string {
  return points
    .map((point, i) => {
      const before = points[i - 1]
      const after = points[i + 1]
      if (before === undefined) return `M${point.x} ${point.y}`
      if (after === undefined) return `L${point.x} ${point.y}`
      const near = towards(point, before, Math.min(radius, distance(point, before) / 2))
      const far = towards(point, after, Math.min(radius, distance(point, after) / 2))
      return `L${near.x} ${near.y}Q${point.x} ${point.y} ${far.x} ${far.y}`
    })
    .join('')
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

const towards = (from: Point, to: Point, length: number): Point => {
  const whole = distance(from, to) || 1
  return { x: from.x + ((to.x - from.x) * length) / whole, y: from.y + ((to.y - from.y) * length) / whole }
}

const inBox = (a: Anchor, b: Anchor): boolean => a.side === 'inside' && b.side === 'inside'

function anchorOf(place: Place, other: Place, layout: StageLayout): Anchor | null {
  switch (place.at) {
    case 'dns':
      return {
        ...centre(layout.dns.box),
        y: layout.dns.box.y + layout.dns.box.height,
        side: 'bottom',
        host: null,
      }
    case 'outside': {
      const box = layout.outside.get(place.address)
      return box ? { x: box.x + box.width / 2, y: box.y, side: 'top', host: null } : null
    }
    case 'host': {
      if (place.host === layout.dns.host) return anchorOf({ at: 'dns' }, other, layout)
      const placed = layout.hosts.get(place.host)
      if (placed === undefined) return null
      const { box } = placed
      const side: Side = placed.kind === 'client' || other.at === 'dns' ? 'top' : 'right'
      if (side === 'right') return { x: box.x + box.width, y: box.y + 20, side, host: place.host }
      return { x: box.x + box.width / 2, y: box.y, side, host: place.host }
    }
    case 'door': {
      if (place.host === layout.dns.host) return anchorOf({ at: 'dns' }, other, layout)
      const placed = layout.hosts.get(place.host)
      const door = placed?.doors.find((known) => known.port === place.port)
      if (placed === undefined) return null
      if (insider(other, place.host)) return { ...innerDoor(placed, door), side: 'inside', host: place.host }
      if (door === undefined) return { x: placed.box.x, y: placed.box.y + 30, side: 'left', host: place.host }
      return { x: door.x, y: door.y, side: door.side, host: place.host }
    }
    case 'agent': {
      const placed = layout.hosts.get(place.host)
      if (placed === undefined) return null
      const part =
        placed.parts.find(({ id }) => id === place.agent) ?? placed.parts.find(({ id }) => id === 'lmtp')
      if (part === undefined) return null
      if (insider(other, place.host)) return { ...centre(part.box), side: 'inside', host: place.host }
      return { x: placed.box.x + placed.box.width, y: centre(part.box).y, side: 'right', host: place.host }
    }
    case 'tray': {
      const placed = layout.hosts.get(place.host)
      const tray = placed?.trays.find(
        ({ queue }) => queue === (place.queue === 'maildrop' ? 'incoming' : place.queue),
      )
      return tray ? { ...centre(tray.box), side: 'inside', host: place.host } : null
    }
    case 'mailbox': {
      const placed = layout.hosts.get(place.host)
      if (placed === undefined) return null
      const box =
        placed.mailboxes.find(({ user }) => user === place.user)?.box ?? placed.mailboxes.at(-1)?.box
      return box ? { ...centre(box), side: 'inside', host: place.host } : null
    }
    default:
      return place satisfies never
  }
}

/** The daemon behind a door, for what comes from inside the same host. */
function innerDoor(placed: PlacedHost, door: Door | undefined): Point {
  const id = door?.side === 'left' ? 'smtpd' : 'lmtpd'
  const part = placed.parts.find((known) => known.id === id)
  return part ? centre(part.box) : centre(placed.box)
}

const insider = (other: Place, host: string): boolean =>
  (other.at === 'tray' || other.at === 'agent' || other.at === 'mailbox' || other.at === 'door') &&
  other.host === host

function viaTop(start: Anchor, end: Anchor, layout: StageLayout): readonly Point[] {
  const lane = layout.lanes.top
  return tidy([start, { x: start.x, y: lane }, { x: end.x, y: lane }, end])
}

function squared(start: Anchor, end: Anchor, layout: StageLayout): readonly Point[] {
  const head = leave(start)
  const tail = leave(end)
  const a = head.at(-1) ?? start
  const b = tail.at(-1) ?? end
  // Two vertical lanes meet on a horizontal one: above the servers when both ends are up there.
  const both = head.length > 1 && tail.length > 1 && sideways(start) && sideways(end)
  if (both && start.x < end.x && end.x - start.x < 96) {
    const x = (start.x + end.x) / 2
    return tidy([start, { x, y: start.y }, { x, y: end.y }, end])
  }
  const lane = both ? layout.lanes.top : layout.lanes.middle
  return tidy([...head, { x: a.x, y: lane }, { x: b.x, y: lane }, ...[...tail].reverse()])
}

const sideways = ({ side }: Anchor): boolean => side === 'left' || side === 'right'

/** The first steps away from a box, to where a lane is reached. */
function leave(from: Anchor): readonly Point[] {
  switch (from.side) {
    case 'left':
      return [from, { x: from.x - clearance.left, y: from.y }]
    case 'right':
      return [from, { x: from.x + clearance.right, y: from.y }]
    default:
      return [from]
  }
}

function tidy(points: readonly Point[]): readonly Point[] {
  const plain = points.map(({ x, y }) => ({ x, y }))
  return plain.filter((point, i) => {
    const before = plain[i - 1]
    const after = plain[i + 1]
    if (before && distance(before, point) < 0.5) return false
    if (!before || !after) return true
    const straight =
      (before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y)
    return !straight
  })
}
