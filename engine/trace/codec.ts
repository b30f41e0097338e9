/** A trace as JSON Lines: an event a line, in the order of seq. What comes from outside is held against the schema. */
import * as v from 'valibot'
import { traceFact, type TraceEvent } from './events.ts'

const stamp = v.object({
  seq: v.pipe(v.number(), v.integer(), v.minValue(1)),
  at: v.number(),
  host: v.optional(v.string()),
  journey: v.optional(v.string()),
})

export type Decoded =
  | { readonly ok: true; readonly events: readonly TraceEvent[] }
  | { readonly ok: false; readonly line: number; readonly message: string }

export const encode = (events: readonly TraceEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('')

/** Reads a whole trace, or says which line and field is wrong. */
export function decode(text: string): Decoded {
  const events: TraceEvent[] = []
  let last = 0
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const read = decodeLine(line)
    if (typeof read === 'string') return { ok: false, line: i + 1, message: read }
    if (read.seq <= last)
      return { ok: false, line: i + 1, message: `seq ${read.seq} comes after seq ${last}` }
    last = read.seq
    events.push(read)
  }
  return { ok: true, events }
}

function decodeLine(line: string): TraceEvent | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'this line is not JSON'
  }
  const stamped = v.safeParse(stamp, value)
  if (!stamped.success) return refusal(stamped.issues[0])
  const fact = v.safeParse(traceFact, value)
  if (!fact.success) return refusal(fact.issues[0])
  const { seq, at, host, journey } = stamped.output
  return {
    seq,
    at,
    ...(host === undefined ? {} : { host }),
    ...(journey === undefined ? {} : { journey }),
    ...fact.output,
  }
}

function refusal(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue)
  return field === null ? issue.message : `${field}: ${issue.message}`
}
