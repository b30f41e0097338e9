/**
 * Builds one lab: its clock, its network, its names, its trace, and every host with its daemons. This file and `lab/`
 * name every part, and decide nothing about mail. Reading them is reading the picture of `engine/README.md`.
 *
 * Next: engine/lab/lab-host.ts
 */
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { HostDefinition, LabDefinition } from '#control/lab-definition.ts'
import type { LabHandle, Published } from '#control/lab-handle.ts'
import { readDuration } from '#control/clock.ts'
import { findFlips } from '#mta/smtpd/flips.ts'
import type { Disk } from '#platform/disk.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { createNetwork, type Network } from '#platform/memory/network.ts'
import { createRandom } from '#platform/memory/random.ts'
import { createResolver } from '#platform/memory/resolver.ts'
import { isAddress } from '#platform/addresses.ts'
import { NetError, type Endpoint } from '#platform/net.ts'
import type { Authority } from '#platform/node/authority.ts'
import { nodeDisk } from '#platform/node/disk.ts'
import { serveDns } from '#platform/node/dns-server.ts'
import type { Journal } from '#platform/node/journal.ts'
import { publish } from '#platform/node/published-ports.ts'
import { parseZone } from '#platform/zone.ts'
import { isSession, traceVersion, type TraceFact } from '#trace/events.ts'
import type { FlipAnswer } from '#trace/flip.ts'
import { servicePorts } from './lab/host-files.ts'
import { trialCleanup } from './lab/trial-cleanup.ts'
import { Trials } from './lab/trials.ts'
import { LabHost } from './lab/lab-host.ts'
import { createMachine } from './lab/machine.ts'
import { TraceStore } from './lab/trace-store.ts'

export type LabOptions = {
  readonly id: string
  readonly authority: Authority
  /** Where its files live; null: in memory. */
  readonly storage: { readonly folder: string; readonly journal: Journal } | null
  /** fixed: the ports that the lab names; auto: free ones; off: none. */
  readonly publish: 'fixed' | 'auto' | 'off'
  /** The address of this computer on which ports are published. */
  readonly listenOn: string
  readonly trace: 'on' | 'off'
}

/** Rejects with PortTaken, or with the reason why a daemon will not start; then nothing of the lab is left running. */
export async function createLab(definition: LabDefinition, options: LabOptions): Promise<LabHandle> {
  const lab = new Lab(definition, options)
  try {
    await lab.start()
    return lab
  } catch (error) {
    await lab.stop()
    throw error
  }
}

class Lab implements LabHandle {
  readonly id: string
  readonly definition: LabDefinition
  readonly clock
  readonly trace: TraceStore
  readonly root: string
  readonly roots: Record<string, string> = {}
  readonly published: Published[] = []
  readonly #options: LabOptions
  readonly #network: Network
  readonly #hosts = new Map<string, LabHost>()
  readonly #closers: (() => Promise<void>)[] = []
  readonly #zone
  /** Whatever is done in here is a trial: no fact of the lab. */
  readonly #trial = new Trials()
  readonly #seed: string
  #counts = { session: 0, process: 0 }

  constructor(definition: LabDefinition, options: LabOptions) {
    const { storage, authority } = options
    this.id = options.id
    this.definition = definition
    this.root = authority.root
    this.#options = options
    this.#zone = parseZone(definition.zone).zone
    this.clock = createClock({ source: definition.clock })
    const file = storage === null || options.trace === 'off' ? null : join(storage.folder, 'trace.jsonl')
    this.trace = new TraceStore({ now: () => this.clock.now(), file })
    // A lab that starts again gives out no number twice, and draws no lot twice.
    const earlier = storage !== null && options.trace === 'off' ? this.clock.now() : this.trace.head
    this.#seed = earlier === 0 ? `${definition.seed}` : `${definition.seed}/${earlier}`
    this.#counts = { session: this.trace.head, process: this.trace.head }
    this.#network = createNetwork({
      clock: this.clock,
      hosts: definition.hosts.map((host) => ({ name: host.name, addresses: addressesOf(host) })),
      latency: readDuration(definition.latency) ?? 0,
      firstConnection: this.trace.head + 1,
      emit: (fact) => this.emit(fact),
    })
    for (const host of definition.hosts) this.#hosts.set(host.name, this.#host(host))
  }

  #host(definition: HostDefinition): LabHost {
    const { name } = definition
    const emit = (fact: TraceFact) => this.emit(fact, name)
    const disk = this.#disk(name)
    const machine = createMachine({
      name,
      addresses: addressesOf(definition),
      clock: this.clock,
      disk,
      net: this.#network.host(name),
      resolver: createResolver({ zone: () => this.#zone, hostsFile: () => textOf(disk, '/etc/hosts'), emit }),
      random: createRandom(`${this.#seed}/${name}`),
      emit,
      next: (kind) => ++this.#counts[kind],
    })
    return new LabHost(definition, this.definition, machine, this.#options.authority)
  }

  #disk(host: string): Disk {
    const { storage } = this.#options
    const now = () => this.clock.now()
    if (storage === null) return memoryDisk({ now })
    const folder = join(storage.folder, 'hosts', host)
    this.roots[host] = folder
    return nodeDisk(folder, storage.journal, { now, hold: () => this.clock.hold() })
  }

  async start(): Promise<void> {
    for (const host of this.#hosts.values()) await host.start()
    for (const host of this.#hosts.values()) await host.deliver()
    await this.#publish()
    this.emit({
      type: 'lab.started',
      version: traceVersion,
      lab: this.id,
      title: this.definition.title,
      seed: this.definition.seed,
      storage: this.#options.storage === null ? 'memory' : 'disk',
      hosts: this.definition.hosts.map((host) => ({
        name: host.name,
        address: host.address,
        services: host.services.map((service) => ({ name: service, port: servicePorts[service] ?? 0 })),
        users: Object.keys(host.users),
        scripted: host.script !== undefined,
      })),
      published: this.published.map((port) => ({ ...port })),
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()))
    for (const host of this.#hosts.values()) await host.stop()
    this.#network.close()
    this.emit({ type: 'lab.stopped' })
    this.clock.stop()
    await this.trace.close()
  }

  async restart(host: string): Promise<void> {
    await this.#hosts.get(host)?.restart()
  }

  disk(host: string): Disk | null {
    return this.#hosts.get(host)?.machine.disk ?? null
  }

  emit(fact: TraceFact, host?: string): void {
    if (this.#options.trace === 'off' || this.#trial.isHere) return
    const event = this.trace.record(fact, host)
    const found = host === undefined ? undefined : this.#hosts.get(host)
    found?.log.add(event)
    found?.moments.heard(event)
  }

  /** A trial sees the lab as the host does, and states nothing. */
  async flips(seq: number): Promise<FlipAnswer> {
    const [event] = await this.trace.read(seq, 1)
    const host = this.#hosts.get(event?.host ?? '')
    const moment = host?.moments.at(seq) ?? null
    if (event === undefined || host === undefined || moment === null || !isSession(event, 'reply'))
      return { kept: false, flips: [] }
    const world = { machine: host.machine, cleanup: trialCleanup }
    const flips = await this.#trial.run(() => findFlips(moment, event.reply, world))
    return { kept: true, flips }
  }

  async run(host: string, input: { user: string; command: string; stdin: string }) {
    const found = this.#hosts.get(host)
    if (found === undefined) throw new Error(`the lab has no host ${host}`)
    const result = await found.run(input)
    this.emit({ type: 'host.command', user: input.user, command: input.command, exit: result.exit }, host)
    return result
  }

  /** From a host by its name, or from an address that no host has; to a name, as the host would look it up, or an address. */
  async connect(from: string, to: string, port: number): Promise<Duplex> {
    const source = this.#hosts.get(from)
    if (source !== undefined) {
      const address = isAddress(to) ? to : (await source.machine.resolver.addresses(to)).addresses[0]
      if (address === undefined) throw new NetError('unreachable', `${to}: Name or service not known`)
      return source.machine.net.connect({ address, port })
    }
    const host = this.definition.hosts.find((one) => one.name === to || addressesOf(one).includes(to))
    if (host === undefined) throw new NetError('unreachable', `${to}: Name or service not known`)
    const stranger: Endpoint = { host: null, address: from, port: 40_000 + (++this.#counts.process % 20_000) }
    return this.#network.connectFrom(stranger, { host: host.name, port })
  }

  addFault(fault: Parameters<Network['addFault']>[0]): () => void {
    return this.#network.addFault(fault)
  }

  clearFaults(): void {
    this.#network.clearFaults()
  }

  async #publish(): Promise<void> {
    const { publish: mode, listenOn } = this.#options
    if (mode === 'off') return
    for (const host of this.definition.hosts) {
      const wanted =
        mode === 'fixed'
          ? Object.entries(host.publish)
          : servicesOf(host).map((service) => [service, 0] as const)
      for (const [service, port] of wanted) {
        const opened =
          service === 'dns'
            ? await serveDns({ zone: () => this.#zone, listenOn, port })
            : await publish({
                network: this.#network,
                listenOn,
                port,
                to: { host: host.name, port: servicePorts[service] ?? 25 },
              })
        this.#closers.push(() => opened.close())
        this.published.push({ host: host.name, service, address: opened.address, port: opened.port })
      }
    }
  }
}

const addressesOf = (host: HostDefinition) => [host.address, ...(host.addresses ?? [])]

/** What `--publish auto` opens: every service; of a scripted host its SMTP port. */
const servicesOf = (host: HostDefinition): readonly string[] =>
  host.script === undefined ? host.services : ['smtp']

async function textOf(disk: Disk, path: string): Promise<string> {
  return (await disk.stat(path)) === null ? '' : disk.readText(path)
}
