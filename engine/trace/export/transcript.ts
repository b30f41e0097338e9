/**
 * A trace as plain text: one session after the other, C: and S:, as RFC 5321 Appendix D writes them, and at the end
 * what became of each letter.
 */
import type { TraceEvent } from '../events.ts'
import { clockText, conversations, printable } from './conversation.ts'
import { letterLines } from './letters.ts'

export function writeTranscript(events: readonly TraceEvent[]): string {
  const letters = letterLines(events)
  const sessions = conversations(events)
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
  return letters.length === 0
    ? sessions
    : [sessions, '== The letters', ...letters.map(printable), ''].join('\n')
}
