/** A host of a recorded case: its main.cf, tables, users and zone, an smtpd with its restriction lists, and no queue behind. */
import { createMachine } from '#engine/lab/machine.ts'
import { readPostfix } from '#engine/lab/postfix-snapshot.ts'
import type { CleanupResult } from '#mta/handover.ts'
import { compileTable } from '#mta/maps.ts'
import { createAnvil } from '#mta/smtpd/anvil.ts'
import { createMoments, type Moments } from '#mta/smtpd/moments.ts'
import { restrictionPolicy } from '#mta/smtpd/restriction-policy.ts'
import { createSmtpd } from '#mta/smtpd/smtpd.ts'
import type { SmtpdOptions } from '#mta/smtpd/smtpd.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { createNetwork } from '#platform/memory/network.ts'
import { createRandom } from '#platform/memory/random.ts'
import { createResolver } from '#platform/memory/resolver.ts'
import { parseZone } from '#platform/zone.ts'
import type { Machine } from '#engine/machine.ts'
import type { Postfix } from '#mta/postfix.ts'
import type { TraceFact } from '#trace/events.ts'
import type { Duplex } from 'node:stream'

export type CaseHostInput = {
  readonly hostname: string
  readonly main_cf: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly users?: readonly string[]
  readonly zone?: readonly string[]
  readonly sasl?: (machine: Machine) => Promise<SmtpdOptions['sasl']>
}

export type CaseHost = {
  readonly postfix: Postfix
  readonly machine: Machine
  readonly facts: readonly TraceFact[]
  /** By place in `facts`, from 1. */
  readonly moments: Moments
  readonly dial: (from: string) => Promise<Duplex>
  readonly advance: (milliseconds: number) => Promise<void>
  close(): void
}

export async function startCaseHost(input: CaseHostInput): Promise<CaseHost> {
  const clock = createClock({ source: 'manual' })
  const disk = memoryDisk({ now: () => clock.now() })
  const facts: TraceFact[] = []
  const moments = createMoments()
  const address = '127.0.0.1'
  const { hostname } = input
  const network = createNetwork({ clock, hosts: [{ name: hostname, addresses: [address] }] })
  const { zone } = parseZone((input.zone ?? []).join('\n'))
  let process = 0
  const machine = createMachine({
    name: hostname,
    addresses: [address],
    clock,
    disk,
    net: network.host(hostname),
    resolver: createResolver({ zone: () => zone, hostsFile: () => '127.0.0.1 localhost\n' }),
    random: createRandom(1),
    emit: (fact) => {
      const seq = facts.push(fact)
      moments.heard({ ...fact, seq, at: 0 })
    },
    next: () => ++process,
  })
  await layFiles(disk, input)
  const postfix = await readPostfix(machine)
  const service = postfix.services.find(({ name }) => name === 'smtp')
  if (!service) throw new Error('master.cf has no smtp')
  let letters = 0
  const smtpd = createSmtpd({
    machine,
    anvil: createAnvil(clock),
    sasl: (await input.sasl?.(machine)) ?? null,
    policy: restrictionPolicy(),
    moments,
    cleanup: {
      newQueueId: () => (0xa000000000 + ++letters).toString(16).toUpperCase(),
      submit: async ({ queueId, content }): Promise<CleanupResult> => ({
        kind: 'queued',
        queueId,
        size: content.length,
      }),
    },
  })
  machine.net.listen(25, (connection) => void smtpd.accept(connection, { postfix, service }))
  return {
    postfix,
    machine,
    facts,
    moments,
    dial: (from) =>
      network.connectFrom({ host: null, address: from, port: 40_000 }, { host: hostname, port: 25 }),
    advance: (milliseconds) => clock.advance(milliseconds),
    close() {
      smtpd.close()
      network.close()
      clock.stop()
    },
  }
}

async function layFiles(disk: Machine['disk'], input: CaseHostInput): Promise<void> {
  const files = { aliases: '', ...input.files }
  const mainCf = [
    'compatibility_level = 3.6',
    `myhostname = ${input.hostname}`,
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    'alias_maps = hash:$config_directory/aliases',
    'home_mailbox = Maildir/',
    ...input.main_cf,
    '',
  ].join('\n')
  const passwd = (input.users ?? []).map(
    (name, i) => `${name}:x:${1000 + i}:${1000 + i}::/home/${name}:/bin/sh\n`,
  )
  await disk.apply([
    { kind: 'write', path: '/etc/postfix/main.cf', bytes: mainCf },
    { kind: 'write', path: '/etc/passwd', bytes: passwd.join('') },
    ...Object.entries(files).map(([name, text]) => ({
      kind: 'write' as const,
      path: name.startsWith('home/') ? `/${name}` : `/etc/postfix/${name}`,
      bytes: text,
    })),
  ])
  for (const name of Object.keys(files)) {
    const compiled = mainCf.includes(`hash:$config_directory/${name}`)
    const format = name === 'aliases' ? 'aliases' : 'map'
    if (compiled) await compileTable(disk, { kind: 'hash', path: `/etc/postfix/${name}`, format })
  }
}
