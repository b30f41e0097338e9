/**
 * Paints what moves: a command on its way, a reply coming back, a letter between two trays. Shapes are those of
 * `ui/`: here they are drawn on a canvas, because many of them move at once.
 */
import type { Mark } from '#web/model/marks.ts'
import type { Moment } from '#web/model/moments.ts'
import { along, lengthOf } from './route.ts'
import type { Point } from './layout.ts'

export type Colours = {
  readonly ink: string
  readonly paper: string
  readonly surface: string
  readonly muted: string
  readonly line: string
  readonly learner: string
  readonly marks: Readonly<Record<'2xx' | '3xx' | '4xx' | '5xx' | 'none', string>>
  readonly mono: string
}

export function readColours(element: Element): Colours {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim()
  return {
    ink: token('--ink'),
    paper: token('--paper'),
    surface: token('--surface'),
    muted: token('--muted'),
    line: token('--line'),
    learner: token('--learner'),
    marks: {
      '2xx': token('--ok'),
      '3xx': token('--go-on'),
      '4xx': token('--later'),
      '5xx': token('--no'),
      none: token('--muted'),
    },
    mono: token('--mono'),
  }
}

export type Travelling = {
  readonly moment: Moment
  readonly way: readonly Point[]
  /** 0 to 1 of the way. */
  readonly progress: number
  /** Whether the learner caused it. */
  readonly own: boolean
  readonly still: boolean
}

/** Shorter than this (px), a pill is as long as its way. */
const shortWay = 130

/** Ease in and out: nothing starts or stops at once, nothing bounces. */
export const eased = (progress: number): number =>
  progress < 0.5 ? 2 * progress * progress : 1 - (-2 * progress + 2) ** 2 / 2

export function paint(
  context: CanvasRenderingContext2D,
  { moment, way, progress, own, still }: Travelling,
  colours: Colours,
): void {
  const reached = still ? 0.5 : eased(progress)
  const on = along(way, reached)
  // On a short way, as between two daemons of one host, the mark goes above it: it would cover both ends.
  const at = moment.kind !== 'letter' && lengthOf(way) < shortWay ? { x: on.x, y: on.y - 30 } : on
  if (at === on) trail(context, way, still ? 1 : reached, moment, colours, own)
  switch (moment.kind) {
    case 'command':
      pill(context, at, moment.text, heading(way, reached), own ? colours.learner : colours.ink, colours)
      return
    case 'reply':
      reply(context, at, moment, colours)
      return
    case 'letter':
      letter(context, at, moment.sealed, colours)
      if (moment.text)
        label(context, { x: at.x + 20, y: at.y }, moment.text, colours.marks[moment.mark ?? 'none'], colours)
      return
    case 'verdict':
      reply(context, at, moment, colours)
      return
    case 'refused':
      mark(context, way.at(-1) ?? at, '5xx', colours)
      return
    case 'lookup':
      // Near its end the card beside the name server says it.
      if (reached < 0.85) label(context, at, moment.text, colours.ink, colours)
      return
    default:
      return
  }
}

function trail(
  context: CanvasRenderingContext2D,
  way: readonly Point[],
  upTo: number,
  moment: Moment,
  colours: Colours,
  own: boolean,
): void {
  if (moment.kind === 'close' || moment.kind === 'said') return
  context.save()
  context.lineWidth = moment.kind === 'lookup' ? 1.2 : 2
  context.strokeStyle =
    moment.kind === 'reply' ? colours.marks[moment.mark ?? 'none'] : own ? colours.learner : colours.ink
  context.globalAlpha = 0.35
  if (moment.kind === 'lookup') context.setLineDash([1, 4])
  context.lineJoin = 'round'
  context.beginPath()
  const steps = 40
  for (let i = 0; i <= steps; i += 1) {
    const point = along(way, (upTo * i) / steps)
    if (i === 0) context.moveTo(point.x, point.y)
    else context.lineTo(point.x, point.y)
  }
  context.stroke()
  context.restore()
}

/** Whether the pill points right or left: towards where it goes, and right when that is straight up or down. */
function heading(way: readonly Point[], progress: number): 1 | -1 {
  const before = along(way, Math.max(0, progress - 0.04))
  const after = along(way, Math.min(1, progress + 0.04))
  if (Math.abs(after.x - before.x) > 0.5) return after.x < before.x ? -1 : 1
  return (way.at(-1)?.x ?? 0) < (way[0]?.x ?? 0) ? -1 : 1
}

function pill(
  context: CanvasRenderingContext2D,
  at: Point,
  verb: string,
  points: 1 | -1,
  colour: string,
  colours: Colours,
): void {
  context.font = `600 13px ${colours.mono}`
  const half = context.measureText(verb).width / 2 + 9
  context.beginPath()
  context.moveTo(at.x - half * points, at.y - 11)
  context.lineTo(at.x + (half - 1) * points, at.y - 11)
  context.lineTo(at.x + (half + 8) * points, at.y)
  context.lineTo(at.x + (half - 1) * points, at.y + 11)
  context.lineTo(at.x - half * points, at.y + 11)
  context.closePath()
  context.fillStyle = colour
  context.fill()
  edge(context, colours)
  context.fillStyle = colours.paper
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(verb, at.x, at.y + 0.5)
}

function reply(context: CanvasRenderingContext2D, at: Point, moment: Moment, colours: Colours): void {
  mark(context, at, moment.mark, colours)
  label(context, { x: at.x + 14, y: at.y }, moment.text, colours.marks[moment.mark ?? 'none'], colours)
}

function mark(context: CanvasRenderingContext2D, at: Point, kind: Mark, colours: Colours): void {
  const colour = colours.marks[kind ?? 'none']
  context.fillStyle = colour
  context.strokeStyle = colour
  context.lineWidth = 2
  context.beginPath()
  switch (kind) {
    case '2xx':
      context.arc(at.x, at.y, 9, 0, Math.PI * 2)
      context.fill()
      break
    case '3xx':
      context.moveTo(at.x, at.y - 10)
      context.lineTo(at.x + 10, at.y)
      context.lineTo(at.x, at.y + 10)
      context.lineTo(at.x - 10, at.y)
      context.closePath()
      context.fillStyle = colours.paper
      context.fill()
      context.stroke()
      return
    case '4xx':
      context.moveTo(at.x, at.y - 10)
      context.lineTo(at.x + 10.5, at.y + 8)
      context.lineTo(at.x - 10.5, at.y + 8)
      context.closePath()
      context.fill()
      break
    case '5xx':
      context.rect(at.x - 9, at.y - 9, 18, 18)
      context.fill()
      edge(context, colours)
      context.fillStyle = colours.paper
      context.fillRect(at.x - 5, at.y - 1.5, 10, 3)
      return
    default:
      context.arc(at.x, at.y, 7, 0, Math.PI * 2)
      context.fillStyle = colours.paper
      context.fill()
      context.stroke()
      return
  }
  edge(context, colours)
}

/** Sharp ink on calm paper: a thin edge of paper keeps a mark apart from the lines beneath it. */
function edge(context: CanvasRenderingContext2D, colours: Colours): void {
  context.lineWidth = 1.5
  context.strokeStyle = colours.paper
  context.stroke()
}

function label(
  context: CanvasRenderingContext2D,
  at: Point,
  text: string,
  colour: string,
  colours: Colours,
): void {
  context.font = `600 13px ${colours.mono}`
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  const width = context.measureText(text).width
  context.fillStyle = colours.paper
  context.globalAlpha = 0.92
  context.fillRect(at.x - 2, at.y - 10, width + 6, 20)
  context.globalAlpha = 1
  context.fillStyle = colour
  context.fillText(text, at.x + 1, at.y + 0.5)
}

function letter(
  context: CanvasRenderingContext2D,
  at: Point,
  sealed: 'address' | 'null',
  colours: Colours,
): void {
  const x = at.x - 15
  const y = at.y - 11
  context.lineJoin = 'round'
  context.lineWidth = 1.6
  context.strokeStyle = colours.ink
  context.fillStyle = colours.surface
  context.beginPath()
  context.roundRect(x, y, 30, 22, 2)
  context.fill()
  context.stroke()
  context.beginPath()
  context.moveTo(x + 1, y + 1.5)
  context.lineTo(at.x, y + 12)
  context.lineTo(x + 29, y + 1.5)
  context.stroke()
  context.beginPath()
  context.arc(at.x, y + 12.5, 4, 0, Math.PI * 2)
  context.fillStyle = sealed === 'address' ? colours.ink : colours.surface
  context.fill()
  context.stroke()
}
