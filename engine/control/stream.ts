/**
 * The WebSocket of a lab: trace events out in batches, requests in. A reader that is slow is not given a queue of its
 * own: the pump reads on from the trace when the reader can take more, so its backlog costs nothing.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import * as v from 'valibot'
import { WebSocketServer, type WebSocket } from 'ws'
import { controlRequest, type StreamMessage } from '#trace/requests.ts'
import { traceVersion } from '#trace/events.ts'
import { refuse, type Access } from './http/access.ts'
import { matchPath } from './http/route.ts'
import { pathText } from './lab-definition.ts'
import type { LabHandle } from './lab-handle.ts'
import type { Labs } from './labs.ts'
import { requests, RequestRefused, type RequestContext } from './requests/index.ts'
import { Terminals } from './terminals.ts'

/** One batch a frame of the screen. */
const batchEvery = 16
const batchSize = 1000
/** No more is written while so many bytes wait for the reader. */
const mostWaiting = 4 * 1024 * 1024
const largestRequest = 2 * 1024 * 1024

export function serveStreams(server: Server, labs: Labs, access: Access): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestRequest })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refuse(request, access)
    const url = new URL(request.url ?? '/', 'http://localhost')
    const lab = labs.get(matchPath('/api/labs/:id/stream', url.pathname)?.id ?? '')
    const from = url.searchParams.get('from') ?? '1'
    if (refusal !== null) reject(socket, refusal.status, refusal.detail)
    else if (lab === null) reject(socket, 404, `there is no stream at ${url.pathname}`)
    else if (!/^\d{1,15}$/.test(from)) reject(socket, 400, 'from must be a whole number')
    else sockets.handleUpgrade(request, socket, head, (webSocket) => new Reader(webSocket, lab, Number(from)))
  })
  return {
    close() {
      for (const client of sockets.clients) client.close(1001, 'the engine stops')
      sockets.close()
    },
  }
}

function reject(socket: Duplex, status: number, detail: string): void {
  const body = JSON.stringify({ type: 'about:blank', status, title: 'Refused', detail })
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

class Reader {
  readonly #socket: WebSocket
  readonly #lab: LabHandle
  readonly #context: RequestContext
  #next: number
  #pumping = false
  #timer: NodeJS.Timeout | null = null

  constructor(socket: WebSocket, lab: LabHandle, from: number) {
    this.#socket = socket
    this.#lab = lab
    this.#next = Math.max(1, from)
    const terminals = new Terminals(lab, (message) => this.#send(message))
    this.#context = { lab, terminals }
    this.#send({ type: 'hello', version: traceVersion, lab: lab.id, from: this.#next, head: lab.trace.head })
    const end = lab.trace.subscribe(() => this.#soon())
    socket.on('message', (data: Buffer) => void this.#request(data.toString('utf8')))
    socket.on('close', () => {
      end()
      terminals.close()
      if (this.#timer !== null) clearTimeout(this.#timer)
    })
    socket.on('error', () => socket.terminate())
    this.#soon()
  }

  #send(message: StreamMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      void this.#pump()
    }, batchEvery)
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#next <= this.#lab.trace.head && this.#socket.readyState === this.#socket.OPEN) {
        if (this.#socket.bufferedAmount > mostWaiting) {
          this.#soon()
          return
        }
        const events = await this.#lab.trace.read(this.#next, batchSize)
        const last = events.at(-1)
        if (last === undefined) return
        this.#next = last.seq + 1
        this.#send({ type: 'events', events })
      }
    } finally {
      this.#pumping = false
    }
  }

  async #request(text: string): Promise<void> {
    const input = parse(text)
    const id = numberOf(input)
    const parsed = v.safeParse(controlRequest, input)
    if (!parsed.success) {
      const issue = parsed.issues[0]
      const field = pathText((issue.path ?? []).map((step) => step.key as string | number))
      this.#send({
        type: 'refusal',
        inReplyTo: id,
        field: field === '' ? null : field,
        message: issue.message,
      })
      return
    }
    try {
      const result = await requests[parsed.output.type](parsed.output as never, this.#context)
      this.#send({ type: 'answer', inReplyTo: parsed.output.id, result })
    } catch (error) {
      const field = error instanceof RequestRefused ? error.field : null
      this.#send({
        type: 'refusal',
        inReplyTo: parsed.output.id,
        field,
        message: error instanceof Error ? error.message : String(error),
      })
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const numberOf = (input: unknown): number | null =>
  typeof input === 'object' && input !== null && 'id' in input && typeof input.id === 'number'
    ? input.id
    : null
