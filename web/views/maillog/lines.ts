/** The facts of the trace as lines of a mail log, in Postfix's words; only as many as anyone reads. */
import { mailLogLine } from '#trace/maillog.ts'
import type { Timeline } from '#web/model/timeline.svelte.ts'

export type LogLine = { readonly seq: number; readonly text: string; readonly grave: boolean }

const mostLines = 300

export function logLines(timeline: Timeline): readonly LogLine[] {
  const { events } = timeline
  const lines: LogLine[] = []
  for (let at = timeline.after(timeline.position) - 1; at >= 0 && lines.length < mostLines; at -= 1) {
    const event = events[at]
    const text = event === undefined ? null : mailLogLine(event)
    if (event !== undefined && text !== null)
      lines.push({
        seq: event.seq,
        text,
        grave: /\b(?:reject|warning|error|fatal|panic|status=(?:bounced|deferred))\b/.test(text),
      })
  }
  return lines.reverse()
}
