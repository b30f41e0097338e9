/**
 * The wire between page and engine: trace events come in, requests go out and are answered. It comes back by
 * itself after a loss, and asks only for what it has not seen. The only file that knows WebSocket.
 */
import type { TraceEvent } from '#trace/events.ts'
import type { ControlRequest, StreamMessage, Unnumbered } from '#trace/requests.ts'

export type StreamState = 'connecting' | 'open' | 'lost'

export type StreamHandlers = {
  /** At most once a frame, in order. */
  events(events: readonly TraceEvent[]): void
  /** `head`: the last event that was recorded when the stream began. */
  hello(head: number): void
  terminal(terminal: string, text: string, ended: boolean): void
  state(state: StreamState): void
}

/** What the engine said no to, in its own words. */
export class Refused extends Error {
  readonly field: string | null
  constructor(message: string, field: string | null) {
    super(message)
    this.field = field
  }
}

export type LabStream = {
  request(request: Unnumbered<ControlRequest>): Promise<Readonly<Record<string, unknown>>>
  close(): void
}

type Waiting = {
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void
  readonly reject: (reason: Error) => void
}

const longestPause = 8_000

export function openLabStream(lab: string, handlers: StreamHandlers): LabStream {
  const waiting = new Map<number, Waiting>()
  let socket: WebSocket | null = null
  let seen = 0
  let nextId = 1
  let pause = 250
  let ended = false
  let batch: TraceEvent[] = []
  let frame = 0

  connect()
  return { request, close }

  function connect(): void {
    handlers.state('connecting')
    socket = new WebSocket(addressOf(lab, seen))
    socket.onopen = () => {
      pause = 250
      handlers.state('open')
    }
    socket.onmessage = ({ data }) => receive(JSON.parse(String(data)) as StreamMessage)
    socket.onclose = lost
  }

  function receive(message: StreamMessage): void {
    switch (message.type) {
      case 'hello':
        handlers.hello(message.head)
        return
      case 'events':
        for (const event of message.events) {
          if (event.seq <= seen) continue
          seen = event.seq
          batch.push(event)
        }
        frame ||= requestAnimationFrame(deliver)
        return
      case 'answer':
        settle(message.inReplyTo)?.resolve(message.result)
        return
      case 'refusal':
        if (message.inReplyTo !== null)
          settle(message.inReplyTo)?.reject(new Refused(message.message, message.field))
        return
      case 'terminal':
        handlers.terminal(message.terminal, message.text, message.ended === true)
        return
      default:
        message satisfies never
    }
  }

  function deliver(): void {
    const events = batch
    batch = []
    frame = 0
    if (events.length > 0) handlers.events(events)
  }

  function settle(id: number): Waiting | undefined {
    const found = waiting.get(id)
    waiting.delete(id)
    return found
  }

  function lost(): void {
    socket = null
    for (const { reject } of waiting.values())
      reject(new Refused('The connection to the engine was lost.', null))
    waiting.clear()
    if (ended) return
    handlers.state('lost')
    setTimeout(() => {
      if (!ended) connect()
    }, pause)
    pause = Math.min(pause * 2, longestPause)
  }

  function request(unnumbered: Unnumbered<ControlRequest>): Promise<Readonly<Record<string, unknown>>> {
    if (socket?.readyState !== WebSocket.OPEN)
      return Promise.reject(new Refused('There is no connection to the engine.', null))
    const id = nextId
    nextId += 1
    socket.send(JSON.stringify({ id, ...unnumbered }))
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  }

  function close(): void {
    ended = true
    cancelAnimationFrame(frame)
    socket?.close()
  }
}

function addressOf(lab: string, from: number): string {
  const address = new URL(`/api/labs/${encodeURIComponent(lab)}/stream`, location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.searchParams.set('from', String(from))
  return address.href
}
