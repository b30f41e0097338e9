/**
 * Dovecot on one host, as `dovecot` runs it: its configuration, its auth, its mailboxes, its ports. A reload changes
 * what new sessions see, and the ports.
 *
 * dovecot(1), doveconf(1).
 */
import { createDovecotAuth, type DovecotAuth } from '#auth/dovecot.ts'
import { mailUser } from '#auth/mail-user.ts'
import { passwordsOf } from '#auth/passwords.ts'
import type { DovecotConf } from '#config/dovecot-conf.ts'
import { createDovecotSettings, type DovecotSettings } from '#config/dovecot-settings.ts'
import { formatProblem } from '#config/problem.ts'
import type { Machine } from '#engine/machine.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import { createMailStores } from '#mailbox/stores.ts'
import { createSieveFilter } from '#mda/filter/filter.ts'
import { createLmtpd } from '#mda/lmtpd/lmtpd.ts'
import { createImapd } from '#mra/imapd/imapd.ts'
import { messagePieces } from '#mra/imapd/fetch/pieces.ts'
import { createPop3d } from '#mra/pop3d/pop3d.ts'
import { createSieved } from '#mra/sieved/sieved.ts'
import { NetError, type Connection, type Listener } from '#platform/net.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import type { MailControl } from '#host/command.ts'
import { loadDovecotConf } from '#host/dovecot-conf-files.ts'
import { servicePorts } from './host-files.ts'
import { MailSessions } from './mail-sessions.ts'

const confPath = '/etc/dovecot/dovecot.conf'

const emptyConf: DovecotConf = { file: confPath, entries: [], problems: [], unexpanded: [] }

type Accept = (connection: Connection) => Promise<void>

export type DovecotParts = {
  readonly machine: Machine
  /** Services of lab.yaml: their ports are open whatever dovecot.conf says of listeners. */
  readonly services: readonly string[]
  /** How the filter sends mail of its own: vacation, redirect, reject. */
  readonly post: (message: {
    sender: string
    recipients: readonly string[]
    content: Uint8Array
    user: string
  }) => Promise<void>
}

export class DovecotDaemons {
  readonly sasl: SaslServer
  readonly stores: MailStores
  readonly #parts: DovecotParts
  readonly #services: Readonly<Record<string, Accept>>
  readonly #listeners = new Map<string, Listener>()
  readonly #sessions: MailSessions
  #conf: DovecotConf | null = null
  /** Those of no protocol and no client. */
  #plain: DovecotSettings = createDovecotSettings({ conf: null })
  readonly #auth: DovecotAuth
  #running = false

  constructor(parts: DovecotParts) {
    this.#sessions = new MailSessions(parts.machine)
    const machine = this.#sessions.watched
    this.#parts = parts
    this.#auth = createDovecotAuth({ machine, settings: () => this.#plain })
    this.sasl = this.#auth.sasl
    this.stores = createMailStores({
      machine,
      location: () => this.#plain.text('mail_location'),
      user: mailUser(this.#auth, () => this.#plain),
    })
    const { sasl, stores } = this
    const home = async (user: string) => (await stores.user(user))?.home ?? null
    const settingsFor = (protocol: string) => (connection: Connection) =>
      this.#settings({ protocol, local: connection.local.address, remote: connection.remote.address })
    const pop3d = createPop3d({ machine, sasl, stores, settings: settingsFor('pop3') })
    const imapd = createImapd({ machine, sasl, stores, settings: settingsFor('imap') })
    const sieved = createSieved({
      machine,
      sasl,
      settings: settingsFor('sieve'),
      home,
      changed: async (user) => (await stores.of(user, 'login')).prepare(),
    })
    const lmtpd = createLmtpd({
      machine,
      stores,
      settings: settingsFor('lmtp'),
      filter: createSieveFilter({ machine, post: parts.post, home }),
    })
    this.#services = {
      lmtp: (connection) => lmtpd.accept(connection),
      pop3: (connection) => pop3d.accept(connection, { tls: 'starttls' }),
      pop3s: (connection) => pop3d.accept(connection, { tls: 'implicit' }),
      imap: (connection) => imapd.accept(connection, { tls: 'starttls' }),
      imaps: (connection) => imapd.accept(connection, { tls: 'implicit' }),
      sieve: (connection) => sieved.accept(connection),
    }
  }

  get running(): boolean {
    return this.#running
  }

  /** As doveadm reaches it. */
  get control(): MailControl {
    const sessions = this.#sessions
    const auth = this.#auth
    return {
      sasl: this.sasl,
      accounts: {
        names: () => auth.names(),
        async user(name) {
          const found = await auth.user(name, { for: 'lookup', service: 'doveadm' })
          return found.kind === 'found' ? found : null
        },
        account: (name) => auth.account(name),
        ...passwordsOf(this.#parts.machine),
      },
      pieces: messagePieces,
      sessions: () => sessions.list(),
      kick: (session) => sessions.kick(session),
    }
  }

  /** Throws an Error with the first fatal problem as file:line:column. */
  async start(): Promise<void> {
    if (this.#running) return
    await this.#read()
    this.#running = true
    this.#openPorts()
    this.#log(
      `Dovecot v2.3.19.1 starting up for ${this.#settings().text('protocols').split(/\s+/).join(', ')}`,
    )
  }

  async reload(): Promise<void> {
    if (!this.#running) return
    await this.#read()
    this.#openPorts()
    this.#log('SIGHUP received - reloading configuration')
    this.#parts.machine.emit({ type: 'config.reloaded', what: 'dovecot' })
  }

  async stop(): Promise<void> {
    for (const listener of this.#listeners.values()) listener.close()
    this.#listeners.clear()
    this.#running = false
  }

  /** The unix sockets that Postfix is told of: those of `service lmtp` and the usual one. Rejects with NetError. */
  async connectUnix(path: string): Promise<Connection> {
    if (!this.#running || !this.#unixSockets().includes(path))
      throw new NetError('refused', 'No such file or directory')
    return this.#parts.machine.net.connect({ address: '127.0.0.1', port: servicePorts.lmtp ?? 24 })
  }

  #settings(scope: { protocol?: string; local?: string; remote?: string } = {}): DovecotSettings {
    return createDovecotSettings({ conf: this.#conf, ...scope })
  }

  async #read(): Promise<void> {
    const { disk } = this.#parts.machine
    const conf = (await disk.stat(confPath)) === null ? emptyConf : await loadDovecotConf(disk, confPath)
    const fatal = [...conf.problems, ...conf.unexpanded].find((problem) => problem.severity === 'fatal')
    if (fatal !== undefined) throw new Error(formatProblem(fatal))
    this.#conf = conf
    this.#plain = this.#settings()
  }

  #openPorts(): void {
    const listens = new Set(this.#parts.services)
    for (const [name, accept] of Object.entries(this.#services)) {
      const port = servicePorts[name]
      // LMTP has no port of its own on a real box, but the socket for Postfix: here that is port 24.
      const wanted =
        listens.has(name) || (name === 'lmtp' && this.#settings().list('protocols').includes('lmtp'))
      if (!wanted || port === undefined || this.#listeners.has(name)) continue
      this.#listeners.set(
        name,
        this.#parts.machine.net.listen(port, (connection) => {
          this.#sessions.came(connection)
          void accept(connection)
        }),
      )
    }
  }

  #unixSockets(): readonly string[] {
    const lmtp = this.#settings()
      .sections('service')
      .filter((section) => section.name === 'lmtp')
    const configured = lmtp.flatMap((section) => section.sections('unix_listener')).map(({ name }) => name)
    return configured.map((name) => (name.startsWith('/') ? name : `/run/dovecot/${name}`))
  }

  #log(text: string): void {
    this.#parts.machine.emit({ type: 'daemon.logged', daemon: 'dovecot', level: 'info', text })
  }
}
