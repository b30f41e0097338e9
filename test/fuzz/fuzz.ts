/** Random lines at a server, session after session: it must not fail, speak outside of its grammar, or grow. */
import type { Duplex } from 'node:stream'
import { listener, type Listener } from './listener.ts'
import { openServer, type Server } from './server.ts'
import { chances, speak, type Chance, type Protocol } from './speech.ts'

export type Figures = {
  readonly sent: number
  readonly heard: number
  readonly sessions: number
  readonly complaints: readonly string[]
  readonly milliseconds: number
  /** Bytes in use after the first tenth, and at the end: both after a collection, when there is one. */
  readonly heap: { readonly before: number; readonly after: number }
}

const linesInSession = 300
const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined)

export async function fuzz(
  protocol: Protocol,
  { lines, seed }: { lines: number; seed: number },
): Promise<Figures> {
  const server = await openServer(protocol)
  const chance = chances(seed)
  const complaints: string[] = []
  const began = performance.now()
  let [sent, heard, sessions] = [0, 0, 0]
  let before = 0
  try {
    while (sent < lines) {
      const ear = listener(protocol)
      sent += await session(server, ear, { protocol, chance, lines: Math.min(linesInSession, lines - sent) })
      sessions++
      heard += ear.lines
      complaints.push(...ear.complaints.map((what) => `session ${sessions}: ${what}`))
      for (const fault of await server.forget())
        complaints.push(`session ${sessions}: ${JSON.stringify(fault).slice(0, 600)}`)
      if (before === 0 && sent >= lines / 10) before = heapNow()
      if (complaints.length > 20) break
    }
    return {
      sent,
      heard,
      sessions,
      complaints,
      milliseconds: performance.now() - began,
      heap: { before, after: heapNow() },
    }
  } finally {
    server.close()
  }
}

function heapNow(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** How many lines the server took before it hung up, or all. */
async function session(
  server: Server,
  ear: Listener,
  { protocol, chance, lines }: { protocol: Protocol; chance: Chance; lines: number },
): Promise<number> {
  const stream = await server.dial()
  const wire = { gone: false }
  stream.on('data', (bytes: Buffer) => ear.hear(bytes.toString('latin1')))
  for (const end of ['end', 'close', 'error']) stream.on(end, () => (wire.gone = true))
  await rest(stream, ear)
  let sent = 0
  while (sent < lines && !wire.gone) {
    const count = Math.min(1 + chance(8), lines - sent)
    const said = Array.from(
      { length: count },
      () => `${speak(protocol, chance)}${chance(40) === 0 ? '\n' : '\r\n'}`,
    ).join('')
    stream.write(Buffer.from(said, 'latin1'))
    sent += count
    await rest(stream, ear)
    // A server that waits for time to pass is given some.
    if (chance(25) === 0) await server.advance(1000)
  }
  stream.destroy()
  await rest(stream, ear)
  return sent
}

/** Until nothing has been said for a few turns. */
async function rest(stream: Duplex, ear: Listener): Promise<void> {
  for (let quiet = 0, last = ear.lines; quiet < 6; last = ear.lines) {
    await new Promise((resolve) => setImmediate(resolve))
    quiet = ear.lines === last && stream.readableLength === 0 ? quiet + 1 : 0
  }
}
