/** A host in memory with nothing but an smtpd: for tests that talk to it and look at what it says and hands over. */
import { createSettings } from '#config/create-settings.ts'
import { parseMainCf } from '#config/main-cf.ts'
import type { Machine, SystemUser } from '#engine/machine.ts'
import type { CleanupResult, Submission } from '#mta/handover.ts'
import { openTables } from '#mta/maps.ts'
import type { Postfix, Service } from '#mta/postfix.ts'
import { createAnvil } from '#mta/smtpd/anvil.ts'
import { restrictionPolicy } from '#mta/smtpd/restriction-policy.ts'
import { createSmtpd } from '#mta/smtpd/smtpd.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { createNetwork } from '#platform/memory/network.ts'
import { createRandom } from '#platform/memory/random.ts'
import { createResolver } from '#platform/memory/resolver.ts'
import type { ClockControl } from '#platform/clock.ts'
import type { Connection } from '#platform/net.ts'
import { emptyZone, parseZone } from '#platform/zone.ts'
import { createSecureContext } from 'node:tls'
import { certificate } from './certificate.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import type { FactOf, FactType, TraceFact } from '#trace/events.ts'

export type TestHost = {
  readonly machine: Machine
  readonly postfix: Postfix
  readonly clock: ClockControl
  readonly facts: TraceFact[]
  readonly submitted: Submission[]
  dial(address?: string): Promise<Connection>
  said<T extends FactType>(type: T): readonly FactOf<T>[]
  close(): void
}

export type HostOptions = {
  readonly hostname?: string
  readonly mainCf?: readonly string[]
  readonly zone?: string
  readonly sasl?: (machine: Machine) => Promise<SaslServer | null>
  readonly users?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly cleanup?: (submission: Submission) => CleanupResult
}

const service: Service = {
  name: 'smtp',
  type: 'inet',
  daemon: 'smtpd',
  arguments: [],
  overrides: [],
  maxProcesses: 100,
}

export async function startHost(options: HostOptions = {}): Promise<TestHost> {
  const hostname = options.hostname ?? 'mail.example.com'
  const address = '127.0.0.1'
  const facts: TraceFact[] = []
  const emit = (fact: TraceFact) => {
    facts.push(fact)
  }
  const clock = createClock({ source: 'manual' })
  const network = createNetwork({ clock, hosts: [{ name: hostname, addresses: [address] }] })
  const { zone } = options.zone === undefined ? { zone: emptyZone } : parseZone(options.zone)
  const disk = memoryDisk()
  let sessions = 0
  const users: SystemUser[] = (options.users ?? []).map((name, i) => ({
    name,
    uid: 1000 + i,
    gid: 1000 + i,
    home: `/home/${name}`,
    fullName: '',
  }))
  const machine: Machine = {
    name: hostname,
    addresses: [address],
    clock,
    disk,
    net: network.host(hostname),
    resolver: createResolver({ zone: () => zone, hostsFile: () => Promise.resolve('127.0.0.1 localhost\n') }),
    random: createRandom(7),
    emit,
    user: (name) => Promise.resolve(users.find((user) => user.name === name) ?? null),
    users: () => Promise.resolve(users),
    secureContext: () =>
      Promise.resolve(createSecureContext({ cert: certificate.cert, key: certificate.key })),
    next: () => ++sessions,
  }
  await disk.apply(
    Object.entries({ '/etc/aliases': '', ...options.files }).map(([path, bytes]) => ({
      kind: 'write',
      path,
      bytes,
    })),
  )
  const text = [
    'compatibility_level = 3.6',
    'alias_maps =',
    'inet_interfaces = 127.0.0.1',
    `myhostname = ${hostname}`,
    'smtpd_tls_cert_file = /c',
    ...(options.mainCf ?? []),
    '',
  ].join('\n')
  const settings = createSettings({
    mainCf: parseMainCf(text, '/etc/postfix/main.cf'),
    machine: { hostname, addresses: [address] },
  })
  const postfix: Postfix = {
    machine,
    settings,
    services: [service],
    tables: openTables(machine, settings),
    settingsFor: () => settings,
  }
  const submitted: Submission[] = []
  let letters = 0
  const smtpd = createSmtpd({
    machine,
    anvil: createAnvil(clock),
    sasl: (await options.sasl?.(machine)) ?? null,
    policy: restrictionPolicy(),
    cleanup: {
      newQueueId: () => (0xa000000000 + ++letters).toString(16).toUpperCase(),
      submit(submission) {
        submitted.push(submission)
        const { queueId } = submission
        const taken: CleanupResult = { kind: 'queued', queueId, size: submission.content.length }
        return Promise.resolve(options.cleanup?.(submission) ?? taken)
      },
    },
  })
  machine.net.listen(25, (connection) => {
    void smtpd.accept(connection, { postfix, service })
  })
  return {
    machine,
    postfix,
    clock,
    facts,
    submitted,
    dial: (from = '127.0.0.1') =>
      network.connectFrom({ host: null, address: from, port: 40_000 }, { host: hostname, port: 25 }),
    said: <T extends FactType>(type: T) => facts.filter((fact): fact is FactOf<T> => fact.type === type),
    close() {
      smtpd.close()
      network.close()
      clock.stop()
    },
  }
}
