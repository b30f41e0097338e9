/** Where on the timeline something worth finding happened: refusals, deferrals, bounces, logins, deliveries. */
import { isSession, type TraceEvent } from '#trace/events.ts'
import { replyClassOf, type Mark } from '#web/model/marks.ts'

export type TimelineMark = {
  readonly seq: number
  readonly kind: 'refused' | 'later' | 'bounced' | 'login' | 'delivered'
  readonly mark: Mark
  /** 0 to 1 of the trace. */
  readonly at: number
}

/** Marks closer than this share one place; the graver one stays. */
const resolution = 1 / 240
const gravity = ['delivered', 'login', 'later', 'refused', 'bounced'] as const

export function timelineMarks(
  events: readonly TraceEvent[],
  first: number,
  head: number,
): readonly TimelineMark[] {
  const span = Math.max(1, head - first)
  const places = new Map<number, TimelineMark>()
  for (const event of events) {
    const kind = kindOf(event)
    if (kind === null) continue
    const at = (event.seq - first) / span
    const place = Math.round(at / resolution)
    const there = places.get(place)
    if (there && gravity.indexOf(there.kind) >= gravity.indexOf(kind)) continue
    places.set(place, { seq: event.seq, kind, mark: markOf[kind], at })
  }
  return [...places.values()]
}

const markOf = { refused: '5xx', later: '4xx', bounced: '5xx', login: null, delivered: '2xx' } as const

function kindOf(event: TraceEvent): TimelineMark['kind'] | null {
  if (event.type === 'mailbox.delivered') return 'delivered'
  if (event.type === 'bounce.created') return 'bounced'
  if (event.type === 'delivery.result' && event.outcome === 'bounced') return 'bounced'
  if (isSession(event, 'auth')) return event.outcome === 'ok' ? 'login' : null
  if (!isSession(event, 'reply')) return null
  const mark = replyClassOf(event.reply)
  return mark === '5xx' ? 'refused' : mark === '4xx' ? 'later' : null
}
