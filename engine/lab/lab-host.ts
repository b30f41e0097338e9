/**
 * One host of a lab: its files, its users, and the daemons that run on it. Reading this is reading what is on the box.
 *
 * Next: engine/lab/postfix-daemons.ts
 */
import { createCyrusSasl } from '#auth/cyrus.ts'
import { createSaslauthd } from '#auth/saslauthd.ts'
import type { HostDefinition, LabDefinition } from '#control/lab-definition.ts'
import type { Machine } from '#engine/machine.ts'
import type { Box, CommandResult } from '#host/command.ts'
import { createPeer } from '#host/peer/peer.ts'
import { runCommand } from '#host/shell.ts'
import { compileTable } from '#mta/compile-table.ts'
import { createMoments } from '#mta/smtpd/moments.ts'
import { restrictionPolicy } from '#mta/smtpd/restriction-policy.ts'
import { standAlone } from '#mta/smtpd/stand-alone.ts'
import type { Authority } from '#platform/node/authority.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import { makeAccounts } from './accounts.ts'
import { DovecotDaemons } from './dovecot-daemons.ts'
import { runsDovecot, runsPostfix } from './host-files.ts'
import { layFiles } from './lay-files.ts'
import { MailLog } from './mail-log.ts'
import { PostfixDaemons } from './postfix-daemons.ts'
import { readPostfix } from './postfix-snapshot.ts'
import { compiledTables } from './postfix-tables.ts'

const day = 86_400_000

export class LabHost {
  readonly definition: HostDefinition
  readonly machine: Machine
  readonly log: MailLog
  /** What smtpd was asked lately, to be tried again. */
  readonly moments = createMoments()
  readonly #lab: LabDefinition
  readonly #authority: Authority
  readonly #saslauthd: ReturnType<typeof createSaslauthd>
  readonly #dovecot: DovecotDaemons
  readonly #postfix: PostfixDaemons

  constructor(definition: HostDefinition, lab: LabDefinition, machine: Machine, authority: Authority) {
    this.definition = definition
    this.machine = machine
    this.#lab = lab
    this.#authority = authority
    this.log = new MailLog(machine)
    this.#saslauthd = createSaslauthd(machine)
    this.#dovecot = new DovecotDaemons({
      machine,
      services: definition.services,
      post: async (message) => {
        await this.#postfix.mta?.control.post(message)
      },
    })
    this.#postfix = new PostfixDaemons({
      machine,
      sasl: (postfix) => this.#saslFor(postfix.settings.text('smtpd_sasl_type')),
      policy: restrictionPolicy({
        verify: async (address) =>
          (await this.#postfix.mta?.verify(address)) ?? { outcome: 'unavailable', text: '' },
      }),
      moments: this.moments,
      connectUnix: (path) => this.#dovecot.connectUnix(path),
      programs: {},
    })
    this.#cyrus = createCyrusSasl({
      machine,
      saslauthd: this.#saslauthd,
      realm: () => this.#postfix.current?.settings.text('smtpd_sasl_local_domain') ?? '',
      hostname: () => this.#postfix.current?.settings.text('myhostname') ?? machine.name,
    })
  }

  readonly #cyrus: SaslServer

  #saslFor(type: string): SaslServer {
    return type === 'dovecot' ? this.#dovecot.sasl : this.#cyrus
  }

  /** Files, users, certificate, compiled tables; then the daemons. Throws with the reason when a daemon will not start. */
  async start(): Promise<void> {
    await layFiles(this.machine.disk, this.definition, this.#lab)
    await this.#certificate()
    const now = this.machine.clock.now()
    await makeAccounts(this.machine.disk, {
      users: this.definition.users,
      realm: await this.#realm(),
      days: Math.floor(now / day),
    })
    if (this.definition.script !== undefined) {
      const peer = createPeer(this.machine, this.definition.script)
      for (const port of [25, 587, 465])
        this.machine.net.listen(port, (connection) => peer.accept(connection))
      return
    }
    await this.#saslauthd.start()
    if (runsDovecot(this.definition) || runsPostfix(this.definition)) await this.#dovecot.start()
    if (runsPostfix(this.definition)) {
      await this.#compileTables()
      await this.#postfix.open()
    }
  }

  /** Begins to deliver what waits in the queue: after every host of the lab answers, or it would be refused and put off. */
  async deliver(): Promise<void> {
    await this.#postfix.deliver()
  }

  async stop(): Promise<void> {
    await this.#postfix.stop()
    await this.#dovecot.stop()
    this.#saslauthd.stop()
    await this.log.close()
  }

  async restart(): Promise<void> {
    await this.#postfix.stop()
    await this.#dovecot.stop()
    await this.#saslauthd.start()
    await this.#dovecot.start()
    if (runsPostfix(this.definition)) await this.#postfix.start()
  }

  run(input: { user: string; command: string; stdin: string }): Promise<CommandResult> {
    return runCommand(this.box, input)
  }

  /** The box as its operator reaches it. */
  get box(): Box {
    return {
      machine: this.machine,
      postfix: this.#postfix.current,
      queue: this.#postfix.control,
      ...this.#speakSmtp(),
      stores: this.#dovecot.stores,
      mail: this.#dovecot.control,
      sasl: this.#saslFor(this.#postfix.current?.settings.text('smtpd_sasl_type') ?? 'cyrus'),
      control: (daemon, action) => this.#control(daemon, action),
      running: (daemon) =>
        daemon === 'postfix'
          ? this.#postfix.current !== null
          : daemon === 'dovecot'
            ? this.#dovecot.running
            : this.#saslauthd.running,
    }
  }

  #speakSmtp(): Pick<Box, 'speakSmtp'> {
    const { current: postfix, control: queue } = this.#postfix
    if (postfix === null || queue === null) return {}
    return { speakSmtp: (user, said) => standAlone({ postfix, queue, user, said }) }
  }

  async #control(
    daemon: 'postfix' | 'dovecot' | 'saslauthd',
    action: 'start' | 'stop' | 'reload',
  ): Promise<string | null> {
    try {
      if (daemon === 'saslauthd') {
        if (action !== 'start') this.#saslauthd.stop()
        return action === 'stop' ? null : await this.#saslauthd.start()
      }
      await (daemon === 'postfix' ? this.#postfix : this.#dovecot)[action]()
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  async #certificate(): Promise<void> {
    const { name, addresses, clock, disk } = this.machine
    if (!runsPostfix(this.definition) && !runsDovecot(this.definition)) return
    const { certificate, key } = await this.#authority.certify({
      names: [name, 'localhost'],
      addresses: [...addresses, '127.0.0.1'],
      at: clock.now(),
    })
    const there = await disk.stat('/etc/ssl/certs/mail.pem')
    // A certificate that a learner or a lesson has put there stays.
    if (there === null) {
      await disk.apply([
        { kind: 'write', path: '/etc/ssl/certs/mail.pem', bytes: certificate },
        { kind: 'write', path: '/etc/ssl/private/mail.key', bytes: key, mode: 0o600 },
      ])
    }
    await disk.apply([
      { kind: 'write', path: '/etc/ssl/certs/mailscope-root.pem', bytes: this.#authority.root },
    ])
  }

  /** smtpd_sasl_local_domain, else the host's own name: where sasldb looks for a user without a realm. */
  async #realm(): Promise<string> {
    if (!runsPostfix(this.definition)) return this.machine.name
    const { settings } = await readPostfix(this.machine)
    return settings.text('smtpd_sasl_local_domain') || settings.text('myhostname')
  }

  async #compileTables(): Promise<void> {
    const postfix = await readPostfix(this.machine)
    for (const { kind, path, format } of compiledTables(postfix)) {
      if ((await this.machine.disk.stat(path)) === null) continue
      const outcome = await compileTable(this.machine.disk, { kind, path, format })
      for (const text of outcome.warnings) {
        this.machine.emit({
          type: 'daemon.logged',
          daemon: format === 'aliases' ? 'postalias' : 'postmap',
          level: 'warning',
          text,
        })
      }
    }
  }
}
