/** A trace as plain text: one session after the other, C: and S:, as RFC 5321 Appendix D writes them. */
import type { TraceEvent } from '../events.ts'
import { clockText, conversations, printable } from './conversation.ts'

export function writeTranscript(events: Iterable<TraceEvent>): string {
  return conversations(events)
    .map(({ session, client, server, port, service, openedAt, turns }) =>
      [
        `== ${clockText(openedAt)}  ${client} → ${server}:${port} (${service}), session ${session}`,
        ...turns.flatMap(({ direction, lines }) =>
          lines.map((line) => `${direction === 'to server' ? 'C' : 'S'}: ${printable(line)}`),
        ),
        '',
      ].join('\n'),
    )
    .join('\n')
}
