/** A host whose mailboxes are tested: in memory, or in a folder of this computer. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMachine } from '#engine/lab/machine.ts'
import { createMailStores } from '#mailbox/stores.ts'
import type { Disk } from '#platform/disk.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { createNetwork } from '#platform/memory/network.ts'
import { createRandom } from '#platform/memory/random.ts'
import { createResolver } from '#platform/memory/resolver.ts'
import { nodeDisk } from '#platform/node/disk.ts'
import { openJournal } from '#platform/node/journal.ts'
import { parseZone } from '#platform/zone.ts'
import type { TraceFact } from '#trace/events.ts'
import type { StoreWorld } from '../contract/mail-store.contract.ts'

export const start = Date.UTC(2026, 2, 2, 9)

export type WorldOptions = {
  readonly location: string
  readonly storage?: 'memory' | 'node'
  /** Bytes that fit on a disk of memory. */
  readonly capacity?: number
  /** Puts something between the mailboxes and their disk. */
  readonly wrap?: (disk: Disk) => Disk
}

export async function mailWorld({ location, storage = 'memory', capacity, wrap }: WorldOptions) {
  const clock = createClock({ source: 'manual', start })
  const facts: TraceFact[] = []
  const folder = storage === 'node' ? await mkdtemp(join(tmpdir(), 'mailscope-mail-')) : null
  const journal = folder === null ? null : await openJournal(folder)
  const now = () => clock.now()
  const plain: Disk =
    folder === null || journal === null
      ? memoryDisk({ now, ...(capacity === undefined ? {} : { capacity }) })
      : nodeDisk(join(folder, 'host'), journal, { now })
  const disk = wrap?.(plain) ?? plain
  const { zone } = parseZone('')
  const network = createNetwork({ clock, hosts: [{ name: 'mail.example.com', addresses: ['192.0.2.10'] }] })
  const counts = { session: 0, process: 0 }
  const machine = createMachine({
    name: 'mail.example.com',
    addresses: ['192.0.2.10'],
    clock,
    disk,
    net: network.host('mail.example.com'),
    resolver: createResolver({ zone: () => zone, hostsFile: () => Promise.resolve('') }),
    random: createRandom(1),
    emit: (fact) => facts.push(fact),
    next: (kind) => ++counts[kind],
  })
  const open = () =>
    createMailStores({
      machine,
      location: () => location,
      user: async (name) => ({ name, home: `/home/${name}` }),
    }).of('alice')
  const world: StoreWorld = {
    machine,
    store: await open(),
    reopened: open,
    facts,
    async end() {
      network.close()
      clock.stop()
      await journal?.close()
      if (folder !== null) await rm(folder, { recursive: true })
    },
  }
  return { ...world, clock, folder }
}
