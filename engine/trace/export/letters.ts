/** What became of each letter, a line for each of its ends. */
import { fold } from '../fold.ts'
import { journeyOf, type End } from '../journey.ts'
import type { TraceEvent } from '../events.ts'
import { clockText } from './conversation.ts'

export function letterLines(events: Iterable<TraceEvent>): readonly string[] {
  const world = fold(events)
  return [...world.journeys.keys()].flatMap((id) => {
    const journey = journeyOf(world, id)
    return (journey?.ends ?? []).map((end) => {
      const way = end.way.map(({ host, queueId }) => `${host} ${queueId}`).join(' → ')
      return `<${journey?.sender ?? ''}> → <${end.recipient}>  ${way}: ${fateText(end)}`
    })
  })
}

function fateText(end: End): string {
  switch (end.fate) {
    case 'delivered':
      return `in ${end.mailbox} of ${end.user} on ${end.host}`
    case 'handed over':
      return `taken by ${end.to}`
    case 'bounced':
      return `bounced, ${end.status} ${end.text}`
    case 'deferred':
      return `waits${end.nextAttemptAt === null ? '' : ` until ${clockText(end.nextAttemptAt)}`}, ${end.text}`
    case 'discarded':
      return `discarded, ${end.reason}`
    case 'under way':
      return 'under way'
    default:
      return end satisfies never
  }
}
