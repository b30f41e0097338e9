/** A running lab, as those see it who are outside of it: the HTTP and WebSocket contract, scenarios, lessons, tests. */
import type { Duplex } from 'node:stream'
import type { CommandResult } from '#host/command.ts'
import type { ClockControl } from '#platform/clock.ts'
import type { Disk } from '#platform/disk.ts'
import type { Fault } from '#platform/net.ts'
import type { TraceEvent, TraceFact } from '#trace/events.ts'
import type { FlipAnswer } from '#trace/flip.ts'
import type { LabDefinition } from './lab-definition.ts'

export type Published = {
  readonly host: string
  readonly service: string
  readonly address: string
  readonly port: number
}

/** The trace of a lab as a reader sees it. */
export interface TraceSource {
  /** The seq of the newest event; 0 when there is none. */
  readonly head: number
  /** Events from `from` (inclusive) on, oldest first, at most `limit`. Older ones than are kept are left out. */
  read(from: number, limit: number): Promise<readonly TraceEvent[]>
  /** Calls back with each batch of new events; the function returned ends it. */
  subscribe(listener: (events: readonly TraceEvent[]) => void): () => void
}

export interface LabHandle {
  readonly id: string
  readonly definition: LabDefinition
  readonly published: readonly Published[]
  /** Host → folder on this computer; empty for a lab in memory. */
  readonly roots: Readonly<Record<string, string>>
  readonly clock: ClockControl
  readonly trace: TraceSource
  /** The root certificate, PEM. */
  readonly root: string
  /** Null when there is no such host. */
  disk(host: string): Disk | null
  /** A connection from a host of the lab (by name), or from an address outside of it, to a name or address and port. Rejects with NetError. */
  connect(from: string, to: string, port: number): Promise<Duplex>
  run(host: string, input: { user: string; command: string; stdin: string }): Promise<CommandResult>
  /** What would have turned the reply at this place in the trace around: tried again, with one thing changed. */
  flips(seq: number): Promise<FlipAnswer>
  /** Adds a fact of the lab itself: narration, the steps of a scenario, files written from outside. */
  emit(fact: TraceFact, host?: string): void
  addFault(fault: Fault): () => void
  clearFaults(): void
  /** Restarts the daemons of a host. */
  restart(host: string): Promise<void>
  stop(): Promise<void>
}
