/**
 * The queue manager: takes messages from the incoming queue, hands their recipients to delivery agents, and decides
 * what is next: done, again later, or back to the sender.
 *
 * qmgr(8); the schedule of attempts: minimal_backoff_time, maximal_backoff_time, maximal_queue_lifetime.
 * Next: engine/mta/agents/smtp/smtp.ts
 */
import type { Machine } from '#engine/machine.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Timer } from '#platform/clock.ts'
import type { Addressing } from '../addressing.ts'
import { AgentDied, type Agent, type DeliveryResult, type Recipient } from '../handover.ts'
import type { MessageQueue, QueueEntry } from '../message-queue.ts'
import type { Bounce } from '../reporting.ts'
import type { Active } from './active.ts'
import type { Down } from './destination.ts'
import { deferral, resultFact, sentNowhere, softened, unavailable, unsaid } from './results.ts'
import type { Shipment } from './routing.ts'
import { route } from './routing.ts'
import { endedOrStuck, Scheduler } from './scheduler.ts'
import type { QmgrSettings } from './settings.ts'
import { finish, type Untold } from './finish.ts'
import { forRecipient } from './verp.ts'

/** A transport of master.cf: the agent, the name it has in the log, and how many may run. */
export type Transport = { readonly agent: Agent; readonly name: string; readonly processes: number }

export type QmgrInput = {
  readonly machine: Machine
  readonly queue: MessageQueue
  readonly settings: () => QmgrSettings
  readonly addressing: () => Addressing
  /** Null when master.cf has no such service. */
  readonly transport: (name: string) => Transport | null
  readonly bounce: Bounce
}

type Job = { readonly shipment: Shipment; readonly message: Active }

/** Messages whose way is looked up at the same time. */
const activations = 32

export class QueueManager {
  readonly #input: QmgrInput
  readonly #machine: Machine
  readonly #queue: MessageQueue
  readonly #scheduler: Scheduler<Job>
  readonly #incoming: string[] = []
  #taken = 0
  readonly #holds = new Map<string, () => void>()
  readonly #active = new Map<string, Active>()
  /** Failures of which no report could be written: it is tried again with the message. */
  readonly #untold: Untold = new Map()
  /** Transports whose agent died, and until when they are left alone. */
  readonly #dead = new Map<string, number>()
  #activating = 0
  #run: Timer | null = null
  #running = false
  /** Deliveries that did not end before the stop: whatever comes of them now is not heard. */
  #abandoned = false

  constructor(input: QmgrInput) {
    this.#input = input
    this.#machine = input.machine
    this.#queue = input.queue
    this.#scheduler = new Scheduler<Job>({
      clock: input.machine.clock,
      settings: input.settings,
      processes: (name) => this.#transport(name)?.processes ?? 100,
      run: (job) => this.#deliver(job),
      putOff: (job, down) => this.#suspend(job, down),
    })
  }

  start(): void {
    this.#running = true
    for (const { queue, queueFile } of this.#queue.entries()) {
      if (queue === 'incoming' || queue === 'active') this.arrived(queueFile.queueId)
    }
    this.#scheduleRun()
  }

  /** Waits for the deliveries that run; the rest of the active queue goes back to incoming. */
  async stop(): Promise<void> {
    this.#running = false
    this.#run?.cancel()
    this.#run = null
    await endedOrStuck(this.#scheduler.stop(), this.#machine.clock)
    this.#abandoned = true
    for (const { queueId, release } of this.#active.values()) {
      await this.#queue.move(queueId, 'incoming')
      release()
    }
    this.#active.clear()
    for (const release of this.#holds.values()) release()
    this.#holds.clear()
  }

  /** There is a message in the incoming queue. */
  arrived(queueId: string): void {
    if (!this.#running || this.#holds.has(queueId) || this.#active.has(queueId)) return
    this.#holds.set(queueId, this.#machine.clock.hold())
    this.#incoming.push(queueId)
    this.#pump()
  }

  /** Tries deferred mail now, also at destinations that count as down. */
  async flush(wanted: (entry: QueueEntry) => boolean): Promise<void> {
    this.#scheduler.reviveAll()
    await this.#wake((entry) => wanted(entry))
  }

  #pump(): void {
    const { activeLimit } = this.#input.settings()
    while (this.#running && this.#taken < this.#incoming.length) {
      if (this.#activating >= activations || this.#active.size >= activeLimit) break
      const queueId = this.#incoming[this.#taken++]
      if (queueId === undefined) break
      this.#activating++
      void this.#activate(queueId).finally(() => {
        this.#activating--
        this.#pump()
      })
    }
    if (this.#taken > 1000 && this.#taken * 2 > this.#incoming.length) {
      this.#incoming.splice(0, this.#taken)
      this.#taken = 0
    }
  }

  async #activate(queueId: string): Promise<void> {
    const release = this.#holds.get(queueId) ?? (() => undefined)
    this.#holds.delete(queueId)
    const entry = this.#queue.get(queueId)
    if (entry?.queue !== 'incoming' && entry?.queue !== 'active') {
      release()
      return
    }
    try {
      const moved = entry.queue === 'active' ? entry : await this.#queue.move(queueId, 'active')
      if (!moved) {
        release()
        return
      }
      const { queueFile } = moved
      const message: Active = {
        queueId,
        queueFile,
        since: this.#machine.clock.now(),
        release,
        pending: 1,
        sources: new Map(),
        done: [],
        failed: [...(this.#untold.get(queueId)?.failed ?? [])],
        deferred: [],
        reports: [...(this.#untold.get(queueId)?.reports ?? [])],
        all: [],
      }
      this.#active.set(queueId, message)
      const { sender, size, recipients } = queueFile
      this.#machine.emit({
        type: 'qmgr.active',
        queueId,
        sender: quoteAddress(sender),
        size,
        recipients: recipients.length,
      })
      const settings = this.#input.settings()
      const routed = await route(queueFile, this.#input.addressing(), settings, this.#machine.emit)
      for (const recipient of routed.discarded) {
        this.#note(message, sentNowhere(recipient), message.since, 'qmgr')
        message.done.push(recipient)
      }
      message.sources = routed.sources
      message.pending += routed.shipments.length
      for (const shipment of routed.shipments) this.#dispatch({ shipment, message })
      await this.#settle(message)
    } catch (error) {
      this.#active.delete(queueId)
      release()
      this.#fault('qmgr', error)
    }
  }

  #dispatch(job: Job): void {
    const until = this.#dead.get(job.shipment.transport) ?? 0
    if (until > this.#machine.clock.now()) this.#putOff(job, '4.3.0', 'unknown mail transport error')
    else this.#scheduler.add(job)
  }

  async #deliver({ shipment, message }: Job): Promise<'reached' | { status: string; text: string }> {
    const { transport: name, nexthop, recipients } = shipment
    const transport = this.#transport(name) ?? this.#unavailable(name)
    const begun = this.#machine.clock.now()
    this.#machine.emit({
      type: 'delivery.started',
      queueId: message.queueId,
      agent: transport.name,
      nexthop,
      recipients: recipients.map(({ address }) => quoteAddress(address)),
    })
    let results: readonly DeliveryResult[]
    try {
      results = await transport.agent.deliver({
        queueFile: forRecipient(message.queueFile, recipients[0]),
        transport: name,
        nexthop,
        recipients,
        content: async () => (await this.#queue.content(message.queueId)) ?? new Uint8Array(),
      })
    } catch (error) {
      if (error instanceof AgentDied) this.#died(name)
      else this.#fault(transport.name, error)
      results = recipients.map(unsaid)
    }
    if (this.#abandoned) return 'reached'
    const soft = this.#input.settings().softBounce
    for (const result of results) {
      this.#note(message, soft ? softened(result) : result, begun, result.agent ?? transport.name, result)
    }
    await this.#markDone(message, shipment, results, soft)
    const down = results.find(({ siteDown }) => siteDown)
    return down ? { status: down.status, text: down.text } : 'reached'
  }

  /** Those of the shipment for whom nothing is left to try. */
  async #markDone(
    message: Active,
    { recipients }: Shipment,
    results: readonly DeliveryResult[],
    soft: boolean,
  ): Promise<void> {
    const again = new Set<Recipient>()
    for (const result of results) {
      if (result.outcome === 'deferred' || (soft && result.outcome === 'bounced')) {
        again.add(result.root ?? result.recipient)
      }
    }
    const done = recipients.filter((recipient) => !again.has(recipient))
    const kept = done.map((recipient) => message.sources.get(recipient) ?? recipient)
    message.done.push(...kept)
    // Written down while other deliveries of the message go on, so that a crash repeats none of these.
    if (message.pending > 1 && kept.length > 0) {
      await this.#queue.record(message.queueId, {
        done: kept.map(({ address, original }) => [address, original]),
      })
    }
    await this.#settle(message)
  }

  #suspend(job: Job, down: Down): void {
    const status = `4${down.status.slice(1)}`
    this.#putOff(job, status, `delivery temporarily suspended: ${down.text}`)
  }

  #putOff({ shipment, message }: Job, status: string, text: string): void {
    const now = this.#machine.clock.now()
    for (const recipient of shipment.recipients) {
      this.#note(message, deferral(recipient, status, text), now, 'error')
    }
    void this.#settle(message)
  }

  #note(
    message: Active,
    result: DeliveryResult,
    begun: number,
    agent: string,
    before: DeliveryResult = result,
  ): void {
    const { recipient, outcome } = result
    switch (outcome) {
      case 'deferred':
        message.deferred.push(result)
        break
      case 'bounced':
        if (!result.told) message.failed.push(result)
        break
      case 'delivered':
      case 'relayed':
      case 'expanded':
        if (recipient.notify.includes('success')) message.reports.push(result)
        break
      case 'sent':
      case 'deliverable':
      case 'undeliverable':
        break
      default:
        outcome satisfies never
    }
    if (result.silent) return
    if (message.queueFile.envelope.report) message.all.push(result)
    const times = { active: message.since, begun, now: this.#machine.clock.now() }
    const fact = resultFact(result, message.queueFile, times, agent)
    const soft = before.outcome === 'bounced' && outcome === 'deferred'
    this.#machine.emit(soft ? { ...fact, soft: true } : fact)
  }

  /** One part of the work on a message has ended; after the last, its fate is known. */
  async #settle(message: Active): Promise<void> {
    if (--message.pending > 0) return
    try {
      const { bounce, settings } = this.#input
      const world = {
        machine: this.#machine,
        queue: this.#queue,
        bounce,
        limits: settings(),
        untold: this.#untold,
      }
      if ((await finish(message, world)) === 'kept') this.#scheduleRun()
    } catch (error) {
      this.#fault('qmgr', error)
    } finally {
      this.#active.delete(message.queueId)
      message.release()
      this.#pump()
    }
  }

  /** The queue run: once every queue_run_delay, deferred mail whose time has come is tried again. */
  #scheduleRun(): void {
    if (!this.#running || this.#run !== null) return
    this.#run = this.#machine.clock.after(this.#input.settings().queueRunDelay, () => {
      this.#run = null
      const now = this.#machine.clock.now()
      const release = this.#machine.clock.hold()
      void this.#wake(({ queueFile }) => (queueFile.nextAttemptAt ?? 0) <= now).finally(() => {
        if ([...this.#queue.entries()].some(({ queue }) => queue === 'deferred')) this.#scheduleRun()
        release()
      })
    })
  }

  async #wake(wanted: (entry: QueueEntry) => boolean): Promise<void> {
    const due = [...this.#queue.entries()].filter((entry) => entry.queue === 'deferred' && wanted(entry))
    for (const { queueFile } of due) {
      await this.#queue.move(queueFile.queueId, 'incoming', { nextAttemptAt: null })
      this.arrived(queueFile.queueId)
    }
  }

  #transport(name: string): Transport | null {
    return this.#input.transport(name)
  }

  #unavailable(name: string): Transport {
    this.#warn(`connect to transport private/${name}: No such file or directory`)
    return unavailable
  }

  /** Nothing more is given to the transport for a while. */
  #died(transport: string): void {
    const { clock } = this.#machine
    this.#dead.set(transport, clock.now() + this.#input.settings().transportRetryTime)
    this.#warn(`private/${transport} socket: malformed response`)
    this.#warn(
      `transport ${transport} failure -- see a previous warning/fatal/panic logfile record for the problem description`,
    )
  }

  #warn(text: string): void {
    this.#machine.emit({ type: 'daemon.logged', daemon: 'qmgr', level: 'warning', text })
  }

  #fault(where: string, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#machine.emit({ type: 'engine.fault', where, message })
  }
}
