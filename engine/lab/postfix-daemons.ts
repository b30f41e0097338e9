/**
 * Postfix on one host, as `postfix start` runs it: reads its configuration, opens its ports, delivers its queue.
 * A reload changes what new sessions and new deliveries see, and the ports; sessions that run go on as they began.
 *
 * master(8), postfix(1).
 */
import type { Machine } from '#engine/machine.ts'
import { createMta, type Mta, type MtaInput } from '#mta/mta.ts'
import type { Postfix, Service } from '#mta/postfix.ts'
import { createAddressing } from '#mta/rewrite/addressing.ts'
import { genericMap } from '#mta/rewrite/mappings.ts'
import { createAnvil } from '#mta/smtpd/anvil.ts'
import { interfaceAddresses } from '#mta/rewrite/own-domain.ts'
import type { Moments } from '#mta/smtpd/moments.ts'
import { createSmtpd, type Smtpd, type SmtpdOptions } from '#mta/smtpd/smtpd.ts'
import type { Connection, Listener } from '#platform/net.ts'
import { readPostfix } from './postfix-snapshot.ts'
import { servicePorts } from './host-files.ts'

export type PostfixParts = {
  readonly machine: Machine
  /** The back end that smtpd_sasl_type names. */
  readonly sasl: (postfix: Postfix) => SmtpdOptions['sasl']
  readonly policy: NonNullable<SmtpdOptions['policy']>
  readonly moments: Moments
  readonly connectUnix: MtaInput['connectUnix']
  readonly programs: NonNullable<MtaInput['programs']>
}

export class PostfixDaemons {
  readonly #parts: PostfixParts
  #current: Postfix | null = null
  #mta: Mta | null = null
  #control: Mta['control'] | null = null
  #smtpd: Smtpd | null = null
  readonly #listeners = new Map<string, Listener>()

  constructor(parts: PostfixParts) {
    this.#parts = parts
  }

  get current(): Postfix | null {
    return this.#current
  }

  get mta(): Mta | null {
    return this.#mta
  }

  /** The queue as its operator sees it: it lies on the disk, and can be read after `postfix stop`, too. */
  get control(): Mta['control'] | null {
    return this.#control
  }

  /** Throws what `readPostfix` throws: then nothing was started. */
  async start(): Promise<void> {
    await this.open()
    await this.deliver()
  }

  /** The first half: the configuration is read, the ports answer. */
  async open(): Promise<void> {
    if (this.#current !== null) return
    const { machine, sasl, policy, connectUnix, programs } = this.#parts
    this.#current = await readPostfix(machine)
    this.#mta = createMta({
      machine,
      getPostfix: () => this.#running(),
      createAddressing,
      generic: async (address, postfix) => (await genericMap(address, postfix)).address,
      connectUnix,
      programs,
    })
    const { control } = this.#mta
    this.#control = control
    this.#smtpd = createSmtpd({
      machine,
      cleanup: this.#mta.cleanup,
      moments: this.#parts.moments,
      notify: this.#mta.notify,
      sasl: sasl(this.#current),
      anvil: createAnvil(machine.clock),
      policy,
      flush: (site) => control.flush({ kind: 'site', site }),
    })
    this.#openPorts()
    this.#log('daemon started -- version 3.7.11, configuration /etc/postfix')
  }

  /** The second half: the queue is read, and what waits there is delivered. */
  async deliver(): Promise<void> {
    await this.#mta?.start()
  }

  async reload(): Promise<void> {
    if (this.#current === null) return
    this.#current = await readPostfix(this.#parts.machine)
    this.#mta?.reload()
    this.#openPorts()
    this.#log('reload -- version 3.7.11, configuration /etc/postfix')
    this.#parts.machine.emit({ type: 'config.reloaded', what: 'postfix' })
  }

  async stop(): Promise<void> {
    for (const listener of this.#listeners.values()) listener.close()
    this.#listeners.clear()
    this.#smtpd?.close()
    const mta = this.#mta
    this.#mta = this.#smtpd = this.#current = null
    await mta?.stop()
  }

  #running(): Postfix {
    if (this.#current === null) throw new Error('Postfix is not running')
    return this.#current
  }

  #log(text: string): void {
    this.#parts.machine.emit({ type: 'daemon.logged', daemon: 'master', level: 'info', text })
  }

  /** Opens the ports that master.cf names, and closes those that it no longer does. */
  #openPorts(): void {
    const wanted = new Map(
      this.#running()
        .services.filter(isServer)
        .map((service) => [service.name, service]),
    )
    for (const [name, listener] of this.#listeners) {
      if (wanted.has(name)) continue
      listener.close()
      this.#listeners.delete(name)
    }
    for (const name of wanted.keys()) {
      const port = portOf(name)
      if (port === null || this.#listeners.has(name)) continue
      const accept = (connection: Connection) => {
        const postfix = this.#running()
        const service = postfix.services.find((one) => isServer(one) && one.name === name)
        if (service === undefined || this.#smtpd === null) connection.destroy()
        else void this.#smtpd.accept(connection, { postfix, service })
      }
      this.#listeners.set(name, this.#listen(port, accept))
    }
  }

  /** At the addresses of inet_interfaces, as master(8) does. */
  #listen(port: number, accept: (connection: Connection) => void): Listener {
    const { machine } = this.#parts
    const { settings } = this.#running()
    if (settings.list('inet_interfaces').includes('all')) return machine.net.listen(port, accept)
    const each = [...new Set(interfaceAddresses(settings, machine))].map((address) =>
      machine.net.listen(port, accept, { address }),
    )
    return { port, close: () => each.forEach((one) => one.close()) }
  }
}

const isServer = (service: Service) => service.type === 'inet' && service.daemon === 'smtpd'

/** `smtp`, `587`, `127.0.0.1:10025`. services(5). */
function portOf(name: string): number | null {
  const service = name.slice(name.lastIndexOf(':') + 1)
  if (/^\d{1,5}$/.test(service)) return Number(service)
  return servicePorts[service === 'smtps' ? 'submissions' : service] ?? null
}
