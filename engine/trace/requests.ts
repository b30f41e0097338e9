/** All that the web may ask over the stream, and all that the stream says. An answer carries `inReplyTo`. */
import * as v from 'valibot'
import type { TraceEvent } from './events.ts'

const id = v.pipe(v.number(), v.integer(), v.minValue(0))
const text = (limit: number) => v.pipe(v.string(), v.maxLength(limit))
const name = text(255)

const request = <const T extends string, E extends v.ObjectEntries>(type: T, entries: E) =>
  v.strictObject({ id, type: v.literal(type), ...entries })

export const controlRequest = v.variant('type', [
  /** A telnet from a host of the lab to a port. Answer: { terminal }. Its bytes come as `terminal` messages. */
  request('terminal.open', {
    from: name,
    to: name,
    port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
    tls: v.optional(v.boolean()),
  }),
  /** Bytes as U+0000..U+00FF are not used here: the text is sent as UTF-8, as typed, line ends included. */
  request('terminal.send', { terminal: name, text: text(65536) }),
  /** Begins TLS on the terminal's connection, after the server's 220 or +OK. */
  request('terminal.starttls', { terminal: name }),
  request('terminal.close', { terminal: name }),
  request('host.run', {
    host: name,
    user: v.optional(name),
    command: text(4096),
    stdin: v.optional(text(1048576)),
  }),
  request('file.read', { host: name, path: text(1024) }),
  request('file.write', { host: name, path: text(1024), text: text(1048576) }),
  request('clock.advance', { by: text(64) }),
  request('clock.pause', {}),
  request('clock.resume', {}),
  request('scenario.run', { text: text(262144) }),
  /** A letter written in the page's own mail form, submitted by a MUA on a host of the lab. */
  request('mua.submit', {
    from: name,
    server: name,
    user: name,
    password: text(1024),
    sender: text(1024),
    recipients: v.pipe(v.array(text(1024)), v.maxLength(50)),
    subject: text(1024),
    body: text(65536),
  }),
  /** What would have turned the reply at `seq` around. Answer: FlipAnswer, see trace/flip.ts. */
  request('why.flips', { seq: id }),
  request('fault.set', { fault: text(1024) }),
  request('fault.clear', {}),
])

export type ControlRequest = v.InferOutput<typeof controlRequest>
export type RequestOf<T extends ControlRequest['type']> = Extract<ControlRequest, { type: T }>
/** A request as the web writes it: the connection numbers it. */
export type Unnumbered<R> = R extends unknown ? Omit<R, 'id'> : never

export type StreamMessage =
  | {
      readonly type: 'hello'
      readonly version: number
      readonly lab: string
      readonly from: number
      readonly head: number
    }
  | { readonly type: 'events'; readonly events: readonly TraceEvent[] }
  | {
      readonly type: 'answer'
      readonly inReplyTo: number
      readonly result: Readonly<Record<string, unknown>>
    }
  | {
      readonly type: 'refusal'
      readonly inReplyTo: number | null
      readonly field: string | null
      readonly message: string
    }
  | { readonly type: 'terminal'; readonly terminal: string; readonly text: string; readonly ended?: boolean }
