/** Who is logged in to a host's Dovecot now: kept from the facts that its daemons state, with the connections they came by. */
import type { Emit, Machine } from '#engine/machine.ts'
import type { MailSession } from '#host/command.ts'
import type { Connection } from '#platform/net.ts'
import { named } from '#protocol/named.ts'

const protocols: Readonly<Record<string, MailSession['protocol']>> = named({
  imapd: 'imap',
  pop3d: 'pop3',
  sieved: 'sieve',
})

type Open = {
  readonly pid: number
  readonly protocol: MailSession['protocol']
  readonly address: string
  readonly connection: string
  user: string | null
}

export class MailSessions {
  readonly #machine: Machine
  readonly #open = new Map<string, Open>()
  readonly #connections = new Map<string, Connection>()

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** The machine as the daemons get it: what they state is read here too. */
  get watched(): Machine {
    const emit: Emit = (fact) => {
      this.#read(fact)
      this.#machine.emit(fact)
    }
    return { ...this.#machine, emit }
  }

  came(connection: Connection): void {
    this.#connections.set(connection.id, connection)
    connection.once('close', () => this.#connections.delete(connection.id))
  }

  list(): readonly MailSession[] {
    return [...this.#open.values()].flatMap(({ user, protocol, pid, address }) =>
      user === null ? [] : [{ user, protocol, pid, address }],
    )
  }

  kick({ pid }: MailSession): void {
    const open = [...this.#open.values()].find((session) => session.pid === pid)
    if (open !== undefined) this.#connections.get(open.connection)?.destroy()
  }

  #read(fact: Parameters<Emit>[0]): void {
    const [daemon = '', what] = fact.type.split('.')
    const protocol = protocols[daemon]
    if (protocol === undefined || !('session' in fact) || typeof fact.session !== 'string') return
    if (what === 'opened' && 'client' in fact && 'connection' in fact) {
      const { address } = fact.client
      const pid = this.#machine.next('process')
      this.#open.set(fact.session, { pid, protocol, address, connection: fact.connection, user: null })
    } else if (what === 'auth' && 'outcome' in fact && fact.outcome === 'ok' && 'user' in fact) {
      const open = this.#open.get(fact.session)
      if (open !== undefined && typeof fact.user === 'string') open.user = fact.user
    } else if (what === 'closed') this.#open.delete(fact.session)
  }
}
