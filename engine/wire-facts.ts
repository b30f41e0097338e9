/** What a session with a server states: its client, each line, each reply, where it led, its end. */
import type { SaslStep } from '#protocol/sasl/mechanism.ts'
import type { ServerDaemon, TracedReply } from '#trace/events.ts'
import type { Machine } from './machine.ts'
import type { Wire, WireTls } from './wire.ts'

/** Of a reply of many lines, so many are told. */
const linesTold = 60
const headTold = 4096
const longestLine = 2000

export class SessionFacts {
  readonly session: string
  readonly #daemon: ServerDaemon
  readonly #machine: Machine

  constructor(machine: Machine, daemon: ServerDaemon) {
    this.#machine = machine
    this.#daemon = daemon
    this.session = `${daemon}-${machine.next('session')}`
  }

  opened(wire: Wire, service: string, name: string): void {
    const { address, port } = wire.remote
    this.#emit('opened', {
      connection: wire.id,
      service,
      port: wire.local.port,
      client: { name, address, port },
    })
  }

  command(line: string, verb: string): void {
    this.#emit('command', { line: line.slice(0, longestLine), verb })
  }

  reply(reply: TracedReply, unasked?: true): void {
    const lines = reply.lines.length > linesTold ? [...reply.lines.slice(0, linesTold), '…'] : reply.lines
    const told = { ...reply, lines: lines.map((line) => line.slice(0, longestLine)) }
    this.#emit('reply', unasked ? { reply: told, unasked } : { reply: told })
  }

  state(from: string, to: string): void {
    if (from !== to) this.#emit('state', { from, to })
  }

  data(bytes: Uint8Array): void {
    this.#emit('data', {
      size: bytes.length,
      head: Buffer.from(bytes.subarray(0, headTold)).toString('latin1'),
    })
  }

  tls(result: WireTls): void {
    const { kind } = result
    this.#emit(
      'tls',
      kind === 'failed'
        ? { version: '', cipher: '', bits: 0, outcome: kind, reason: result.reason }
        : { version: result.version, cipher: result.cipher, bits: result.bits, outcome: kind },
    )
  }

  auth(mechanism: string, step: Exclude<SaslStep, { kind: 'challenge' }> | 'cancelled'): void {
    if (step === 'cancelled') this.#emit('auth', { mechanism, user: null, outcome: 'cancelled' })
    else if (step.kind === 'ok') this.#emit('auth', { mechanism, user: step.username, outcome: 'ok' })
    else {
      const outcome = step.failure === 'unavailable' ? 'unavailable' : 'failed'
      const reason = step.reason === '' ? step.failure : step.reason
      this.#emit('auth', { mechanism, user: step.username, outcome, reason })
    }
  }

  closed(reason: string): void {
    this.#emit('closed', { reason })
  }

  fault(error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#machine.emit({ type: 'engine.fault', where: this.#daemon, message: message.slice(0, longestLine) })
  }

  logged(level: 'info' | 'warning' | 'error', text: string): void {
    this.#machine.emit({ type: 'daemon.logged', daemon: this.#daemon, level, text })
  }

  #emit(kind: string, entries: object): void {
    const fact = { type: `${this.#daemon}.${kind}`, session: this.session, ...entries }
    this.#machine.emit(fact as Parameters<Machine['emit']>[0])
  }
}
