/** A box with a disk and nothing that runs: for commands that only look at files. */
import { createMachine } from '#engine/lab/machine.ts'
import type { Box } from '#host/command.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { createNetwork } from '#platform/memory/network.ts'
import { createRandom } from '#platform/memory/random.ts'
import { createResolver } from '#platform/memory/resolver.ts'
import { emptyZone } from '#platform/zone.ts'

export async function toolBox(files: Readonly<Record<string, string>>): Promise<Box> {
  const clock = createClock({ source: 'manual' })
  const disk = memoryDisk({ now: () => clock.now() })
  const name = 'mail.example.com'
  const network = createNetwork({ clock, hosts: [{ name, addresses: ['192.0.2.10'] }] })
  await disk.apply(Object.entries(files).map(([path, bytes]) => ({ kind: 'write', path, bytes })))
  const machine = createMachine({
    name,
    addresses: ['192.0.2.10'],
    clock,
    disk,
    net: network.host(name),
    resolver: createResolver({ zone: () => emptyZone, hostsFile: () => '' }),
    random: createRandom(1),
    emit: () => undefined,
    next: () => 1,
  })
  return {
    machine,
    postfix: null,
    queue: null,
    stores: null,
    sasl: null,
    control: async () => null,
    running: () => false,
  }
}
