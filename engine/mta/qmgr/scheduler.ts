/**
 * Who is delivered to next: fair turns among the destinations of a transport, as many deliveries at once as the
 * transport has processes and each destination bears.
 *
 * Postfix's SCHEDULER_README; `<transport>_destination_concurrency_limit`, maxproc of master.cf.
 */
import type { Clock } from '#platform/clock.ts'
import type { Down } from './destination.ts'
import { Destination } from './destination.ts'
import type { Shipment } from './routing.ts'
import type { QmgrSettings } from './settings.ts'

export type SchedulerInput<Job extends { readonly shipment: Shipment }> = {
  readonly clock: Clock
  readonly settings: () => QmgrSettings
  /** maxproc of the transport's line in master.cf. */
  readonly processes: (transport: string) => number
  /** Delivers. Says whether the destination was there. */
  readonly run: (job: Job) => Promise<'reached' | { readonly status: string; readonly text: string }>
  /** The destination is down: the job is put off without a try. */
  readonly putOff: (job: Job, down: Down) => void
}

type Line<Job> = {
  readonly destinations: Map<string, Destination<Job>>
  readonly ready: Destination<Job>[]
  busy: number
}

export class Scheduler<Job extends { readonly shipment: Shipment }> {
  readonly #input: SchedulerInput<Job>
  readonly #lines = new Map<string, Line<Job>>()
  #stopped = false
  #running = 0
  #whenIdle: (() => void)[] = []

  constructor(input: SchedulerInput<Job>) {
    this.#input = input
  }

  add(job: Job): void {
    const line = this.#line(job.shipment.transport)
    const destination = this.#destination(line, job.shipment)
    if (destination.down !== null) {
      this.#input.putOff(job, destination.down)
      return
    }
    destination.todo.push(job)
    this.#enqueue(line, destination)
    this.#dispatch(line)
  }

  /** `postqueue -f`: whoever was down is tried again. */
  reviveAll(): void {
    for (const line of this.#lines.values()) {
      for (const destination of line.destinations.values()) destination.revive()
    }
  }

  /** Starts nothing more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#running > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  #line(transport: string): Line<Job> {
    let line = this.#lines.get(transport)
    if (!line) {
      line = { destinations: new Map(), ready: [], busy: 0 }
      this.#lines.set(transport, line)
    }
    return line
  }

  #destination(line: Line<Job>, shipment: Shipment): Destination<Job> {
    const settings = this.#input.settings().transport(shipment.transport)
    const name = nameOf(shipment, settings.recipients)
    let destination = line.destinations.get(name)
    if (!destination) {
      destination = new Destination(settings)
      line.destinations.set(name, destination)
    }
    return destination
  }

  #enqueue(line: Line<Job>, destination: Destination<Job>): void {
    if (destination.waiting || !destination.mayStart) return
    destination.waiting = true
    line.ready.push(destination)
  }

  #dispatch(line: Line<Job>): void {
    while (!this.#stopped) {
      const first = line.ready[0]
      if (!first) return
      const job = first.todo[0]
      if (job && line.busy >= this.#input.processes(job.shipment.transport)) return
      line.ready.shift()
      first.waiting = false
      if (!job || !first.mayStart) continue
      first.todo.shift()
      void this.#start(line, first, job)
      this.#enqueue(line, first)
    }
  }

  async #start(line: Line<Job>, destination: Destination<Job>, job: Job): Promise<void> {
    destination.busy++
    line.busy++
    this.#running++
    const end = await this.#input.run(job)
    destination.busy--
    line.busy--
    this.#running--
    if (end === 'reached') destination.succeeded()
    else if (destination.down === null && destination.failed()) this.#shut(destination, end)
    this.#enqueue(line, destination)
    if (destination.idle) line.destinations.delete(nameOf(job.shipment, this.#recipientLimit(job)))
    this.#dispatch(line)
    if (this.#running === 0) for (const idle of this.#whenIdle.splice(0)) idle()
  }

  #recipientLimit(job: Job): number {
    return this.#input.settings().transport(job.shipment.transport).recipients
  }

  #shut(destination: Destination<Job>, reason: { readonly status: string; readonly text: string }): void {
    const { clock, settings, putOff } = this.#input
    const wait = settings().minimalBackoff
    const down: Down = { ...reason, until: clock.now() + wait }
    destination.down = down
    clock.after(wait, () => {
      if (destination.down === down) destination.revive()
    })
    for (const job of destination.todo.splice(0)) putOff(job, down)
  }
}

/** A transport that takes one recipient at a time has a line for each: one user's mail waits for that user's only. */
function nameOf(shipment: Shipment, recipientLimit: number): string {
  const nexthop = shipment.nexthop.toLowerCase()
  const [only] = shipment.recipients
  return recipientLimit === 1 && only ? `${only.address.toLowerCase()}\n${nexthop}` : nexthop
}

/** How often a delivery that does not move is looked at before a stop goes on without it. */
const patience = 20

/** What waits for an answer that may never come, or for time that stands still, is not waited for. */
export function endedOrStuck(ended: Promise<void>, clock: Clock): Promise<void> {
  const stuck = async () => {
    for (let looks = 0; looks < patience; looks++) {
      if ((await clock.atRest()) === 'idle') return ended
    }
  }
  return Promise.race([ended, stuck()])
}
