/**
 * Dovecot on one host, as `dovecot` runs it: its configuration, its auth, its ports.
 *
 * doveconf(1), dovecot(1).
 */
import { createDovecotSasl } from '#auth/dovecot.ts'
import { labUsers } from '#auth/passdb.ts'
import type { Machine } from '#engine/machine.ts'
import type { MailStores } from '#mailbox/mail-store.ts'
import { NetError, type Connection } from '#platform/net.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'

export class DovecotDaemons {
  readonly sasl: SaslServer
  readonly stores: MailStores | null = null
  readonly #machine: Machine
  #running = false

  constructor(machine: Machine) {
    this.#machine = machine
    this.sasl = createDovecotSasl({
      machine,
      config: () => ({
        mechanisms: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'DIGEST-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256'],
        passdbs: [labUsers(machine.disk, machine.name)],
        usernameFormat: '%Ln',
        realm: '',
      }),
    })
  }

  get running(): boolean {
    return this.#running
  }

  async start(): Promise<void> {
    this.#running = true
  }

  async stop(): Promise<void> {
    this.#running = false
  }

  async reload(): Promise<void> {}

  closePorts(): void {}

  /** The LMTP socket that Postfix is told of. */
  connectUnix(path: string): Promise<Connection> {
    void this.#machine
    return Promise.reject(new NetError('refused', `connect to ${path}: No such file or directory`))
  }
}
