/**
 * The trace of one lab: gives each fact its place in the one order, keeps the newest in memory, writes all of them
 * to `trace.jsonl` beside a disk lab, and tells who listens.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { TraceSource } from '#control/lab-handle.ts'
import type { TraceEvent, TraceFact } from '#trace/events.ts'
import { createStamper } from '#trace/stamp.ts'

/** Events that stay in memory: all that a memory lab has, and those of a disk lab that are asked for most. */
const kept = { memory: 200_000, disk: 40_000 }
/** Written to disk and told to listeners together, after so many ms. */
const gather = 16
/** One place in the file is remembered for so many events. */
const stride = 1000

export type TraceStoreOptions = {
  /** Lab time. */
  readonly now: () => number
  /** Null for a lab in memory. */
  readonly file: string | null
}

export class TraceStore implements TraceSource {
  readonly #now: () => number
  readonly #file: string | null
  readonly #stamp: ReturnType<typeof createStamper>
  readonly #listeners = new Set<(events: readonly TraceEvent[]) => void>()
  /** Events from `#first` on; trimmed in blocks. */
  #events: TraceEvent[] = []
  #head = 0
  #unsaid: TraceEvent[] = []
  #timer: NodeJS.Timeout | null = null
  /** Open for appending while the lab runs; -1 before its first event and after its end. */
  #descriptor = -1
  /** Offsets of every `stride`-th line of the file: seq 1, 1001, 2001 … */
  readonly #offsets: number[] = [0]
  #size = 0

  constructor({ now, file }: TraceStoreOptions) {
    this.#now = now
    this.#file = file
    if (file !== null && existsSync(file)) this.#resume(file)
    this.#stamp = createStamper(this.#head)
  }

  get head(): number {
    return this.#head
  }

  record(fact: TraceFact, host?: string): TraceEvent {
    const journey = this.#stamp(host, fact)
    const event: TraceEvent = {
      seq: ++this.#head,
      at: this.#now(),
      ...(host === undefined ? {} : { host }),
      ...(journey === undefined ? {} : { journey }),
      ...fact,
    }
    this.#events.push(event)
    const most = this.#file === null ? kept.memory : kept.disk
    if (this.#events.length > most * 1.25) this.#events.splice(0, this.#events.length - most)
    this.#unsaid.push(event)
    this.#timer ??= setTimeout(() => this.#tell(), gather)
    return event
  }

  async read(from: number, limit: number): Promise<readonly TraceEvent[]> {
    const first = this.#events[0]?.seq ?? this.#head + 1
    if (from >= first) return this.#events.slice(from - first, from - first + limit)
    if (this.#file === null) return this.#events.slice(0, limit)
    this.#tell()
    return this.#readFile(this.#file, from, Math.min(limit, this.#head - from + 1))
  }

  subscribe(listener: (events: readonly TraceEvent[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    this.#tell()
    this.#listeners.clear()
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
  }

  #tell(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const events = this.#unsaid
    if (events.length === 0) return
    this.#unsaid = []
    if (this.#file !== null) this.#append(this.#file, events)
    for (const listener of this.#listeners) listener(events)
  }

  #append(file: string, events: readonly TraceEvent[]): void {
    const lines = events.map((event) => {
      const line = Buffer.from(`${JSON.stringify(event)}\n`)
      if (event.seq % stride === 1) this.#offsets[(event.seq - 1) / stride] = this.#size
      this.#size += line.length
      return line
    })
    if (this.#descriptor < 0) {
      mkdirSync(dirname(file), { recursive: true })
      this.#descriptor = openSync(file, 'a', 0o600)
    }
    // At once, not by a thread: the operating system only takes it into its cache.
    const bytes = Buffer.concat(lines)
    for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done)
  }

  /** Goes on where an earlier run of the lab ended; a last line that is not whole is closed off. */
  #resume(file: string): void {
    this.#size = statSync(file).size
    const reader = new LineReader(file, 0)
    let last = 10
    for (let line = reader.next(); line !== null; line = reader.next()) {
      if (line.length > 0) {
        this.#head += 1
        if (this.#head % stride === 1) this.#offsets[(this.#head - 1) / stride] = reader.lineStart
      }
      last = reader.ended ? 0 : 10
    }
    reader.close()
    if (this.#size > 0 && last !== 10) {
      appendFileSync(file, '\n')
      this.#size += 1
    }
  }

  #readFile(file: string, from: number, limit: number): readonly TraceEvent[] {
    const block = Math.floor((from - 1) / stride)
    const reader = new LineReader(file, this.#offsets[block] ?? 0)
    const events: TraceEvent[] = []
    for (let line = reader.next(); line !== null && events.length < limit; line = reader.next()) {
      const event = parse(line)
      if (event !== null && event.seq >= from) events.push(event)
    }
    reader.close()
    return events
  }
}

function parse(line: string): TraceEvent | null {
  try {
    return JSON.parse(line) as TraceEvent
  } catch {
    return null
  }
}

/** Lines of a file from an offset on, a block at a time. */
class LineReader {
  readonly #descriptor: number
  #position: number
  #pending = Buffer.alloc(0)
  lineStart: number
  #nextStart: number
  ended = false

  constructor(file: string, offset: number) {
    this.#descriptor = openSync(file, 'r')
    this.#position = this.lineStart = this.#nextStart = offset
  }

  next(): string | null {
    for (;;) {
      const end = this.#pending.indexOf(10)
      if (end >= 0) return this.#take(end, 1)
      const block = Buffer.alloc(256 * 1024)
      const length = readSync(this.#descriptor, block, 0, block.length, this.#position)
      if (length === 0) {
        this.ended = this.#pending.length > 0
        return this.#pending.length > 0 ? this.#take(this.#pending.length, 0) : null
      }
      this.#position += length
      this.#pending = Buffer.concat([this.#pending, block.subarray(0, length)])
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #take(length: number, separator: number): string {
    const line = this.#pending.subarray(0, length).toString('utf8')
    this.lineStart = this.#nextStart
    this.#nextStart += length + separator
    this.#pending = this.#pending.subarray(length + separator)
    return line
  }
}
