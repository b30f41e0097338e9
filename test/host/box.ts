/** A host with a memory disk and nothing that runs: enough for commands that read files and ask the DNS. */
import type { Box } from '#host/command.ts'
import type { Machine } from '#engine/machine.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import type { DnsAnswer, RecordType } from '#platform/resolver.ts'

/** Tuesday 24 November 2026, 09:17:20 UTC. */
const now = Date.UTC(2026, 10, 24, 9, 17, 20)

export async function testBox(options: {
  name?: string
  addresses?: readonly string[]
  files?: Readonly<Record<string, string>>
  answers?: Readonly<Record<string, DnsAnswer>>
}): Promise<Box> {
  const disk = memoryDisk({ now: () => now })
  for (const [path, bytes] of Object.entries(options.files ?? {}))
    await disk.commit([{ kind: 'write', path, bytes }])
  const noSuchName: DnsAnswer = { code: 'NXDOMAIN', records: [] }
  let processes = 4000
  const person = (name: string, uid: number, home: string) => ({ name, uid, gid: uid, home, fullName: '' })
  const people = [person('root', 0, '/root'), person('alice', 1000, '/home/alice')]
  const parts = {
    name: options.name ?? 'host.example.com',
    addresses: options.addresses ?? [],
    disk,
    clock: { now: () => now },
    random: { integer: () => 4711 },
    resolver: {
      query: async (name: string, type: RecordType) => options.answers?.[`${name} ${type}`] ?? noSuchName,
    },
    user: async (name: string) => people.find((it) => it.name === name) ?? null,
    next: () => (processes += 1),
  }
  return {
    machine: parts as unknown as Machine,
    postfix: null,
    queue: null,
    stores: null,
    sasl: null,
    control: async () => 'not here',
    running: () => false,
  }
}
