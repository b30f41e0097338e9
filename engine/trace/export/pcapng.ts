/**
 * A trace as a capture that Wireshark opens: every connection with handshake, data and end. TLS is shown opened; what
 * the trace does not keep (secrets, the rest of a long message) is not there, and the packet says how long it was.
 *
 * draft-ietf-opsawg-pcapng.
 */
import { isSession, type TraceEvent } from '../events.ts'
import { replyText } from '../reply-text.ts'
import { ByteWriter, latin1, utf8 } from './bytes.ts'
import { flag, frame, maximumSegmentSize, type Side } from './packet.ts'

export function writePcapng(events: Iterable<TraceEvent>): Uint8Array {
  const file = new ByteWriter()
  block(
    file,
    0x0a0d0d0a,
    new ByteWriter().u32le(0x1a2b3c4d).u16le(1).u16le(0).u32le(0xffffffff).u32le(0xffffffff),
  )
  // Interface: Ethernet, no snap length; times are microseconds, the default.
  block(file, 1, new ByteWriter().u16le(1).u16le(0).u32le(0))
  const streams = new Map<string, Stream>()
  const connectionOf = new Map<string, string>()
  const lastLine = new Map<string, string>()

  for (const event of events) {
    if (event.type === 'net.connected') {
      const stream = new Stream(file, event.from, event.to)
      streams.set(event.connection, stream)
      stream.open(event.at)
      continue
    }
    if (event.type === 'net.closed') {
      streams.get(event.connection)?.close(event.at, event.by)
      streams.delete(event.connection)
      continue
    }
    if (isSession(event, 'opened')) connectionOf.set(event.session, event.connection)
    if (!('session' in event) || event.session === undefined) continue
    const stream = streams.get(connectionOf.get(event.session) ?? '')
    if (stream === undefined) continue
    if (isSession(event, 'command')) {
      lastLine.set(event.session, event.line)
      stream.say('client', event.at, utf8(`${event.line}\r\n`))
    } else if (isSession(event, 'reply')) {
      const lines = replyText(event.reply, lastLine.get(event.session) ?? null)
      stream.say('server', event.at, utf8(`${lines.join('\r\n')}\r\n`))
    } else if (isSession(event, 'data')) {
      const missing = Math.max(0, event.size - event.head.length)
      const dots = /^DATA\b/i.test(lastLine.get(event.session) ?? '')
      stream.say('client', event.at, latin1(dots ? onTheWire(event.head) : event.head), missing)
      if (dots) stream.say('client', event.at, latin1('.\r\n'))
    } else if (isSession(event, 'closed')) {
      connectionOf.delete(event.session)
      lastLine.delete(event.session)
    }
  }
  return file.result()
}

/** Lines end in CRLF, and a dot at the start of one is doubled. RFC 5321 §4.5.2. */
const onTheWire = (head: string) => head.replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..')

/** The two directions of one connection and how far each has come. */
class Stream {
  readonly #file: ByteWriter
  readonly #client: Side
  readonly #server: Side
  readonly #sent = { client: 1000, server: 5000 }

  constructor(file: ByteWriter, client: Side, server: Side) {
    this.#file = file
    this.#client = client
    this.#server = server
  }

  open(at: number): void {
    this.#packet('client', at, flag.SYN)
    this.#sent.client += 1
    this.#packet('server', at, flag.SYN | flag.ACK)
    this.#sent.server += 1
    this.#packet('client', at, flag.ACK)
  }

  /** `missing`: bytes that were sent after these and that the trace does not have. */
  say(by: 'client' | 'server', at: number, bytes: Uint8Array, missing = 0): void {
    for (let from = 0; from < bytes.length; from += maximumSegmentSize) {
      const payload = bytes.subarray(from, from + maximumSegmentSize)
      this.#packet(by, at, flag.PSH | flag.ACK, payload)
      this.#sent[by] += payload.length
    }
    this.#sent[by] = (this.#sent[by] + missing) >>> 0
    this.#packet(by === 'client' ? 'server' : 'client', at, flag.ACK)
  }

  close(at: number, by: 'client' | 'server' | 'fault'): void {
    if (by === 'fault') {
      this.#packet('server', at, flag.RST | flag.ACK)
      return
    }
    const other = by === 'client' ? 'server' : 'client'
    this.#packet(by, at, flag.FIN | flag.ACK)
    this.#sent[by] += 1
    this.#packet(other, at, flag.FIN | flag.ACK)
    this.#sent[other] += 1
    this.#packet(by, at, flag.ACK)
  }

  #packet(by: 'client' | 'server', at: number, flags: number, payload: Uint8Array = new Uint8Array()): void {
    const other = by === 'client' ? 'server' : 'client'
    const sides = { client: this.#client, server: this.#server }
    const bytes = frame({
      from: sides[by],
      to: sides[other],
      sequence: this.#sent[by],
      acknowledgment: flags & flag.ACK ? this.#sent[other] : 0,
      flags,
      payload,
    })
    const microseconds = Math.round(at * 1000)
    const body = new ByteWriter()
      .u32le(0)
      .u32le(Math.floor(microseconds / 0x100000000))
      .u32le(microseconds % 0x100000000)
      .u32le(bytes.length)
      .u32le(bytes.length)
      .bytes(bytes)
      .pad()
    block(this.#file, 6, body)
  }
}

function block(file: ByteWriter, type: number, body: ByteWriter): void {
  const length = body.length + 12
  file.u32le(type).u32le(length).bytes(body.result()).u32le(length)
}
