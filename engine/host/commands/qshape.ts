/**
 * qshape: how many messages lie in the queue, by domain and by age. Each column counts those no older than its minutes.
 *
 * qshape(1).
 */
import type { HostCommand } from '#host/command.ts'
import type { QueueListing } from '#mta/handover.ts'
import { splitAddress } from '#tables/address.ts'
import { readOptions } from './arguments.ts'

const queues = ['incoming', 'active', 'deferred', 'hold', 'maildrop', 'corrupt']

export const qshape: HostCommand = {
  name: 'qshape',
  async run({ box, words }) {
    const read = readOptions(words.slice(1), 'c:slpm:b:t:n:w:')
    if (read.kind !== 'options') {
      return { stdout: '', stderr: 'qshape: invalid option\n', exit: 1 }
    }
    const value = (letter: string) => read.options.findLast((option) => option.letter === letter)?.value
    const bySender = read.options.some(({ letter }) => letter === 's')
    const asked = read.rest.length > 0 ? read.rest : ['incoming', 'active']
    const unknown = asked.filter((name) => !queues.includes(name))
    const now = box.machine.clock.now()
    const listings = ((await box.queue?.list()) ?? []).filter(({ queueName }) => asked.includes(queueName))
    const limits = limitsOf(Number(value('b') ?? 10), Number(value('t') ?? 5))
    const rows = new Map<string, number[]>()
    const total = limits.map(() => 0).concat(0)
    for (const { queueFile } of listings) {
      const minutes = (now - queueFile.arrivedAt) / 60_000
      const column = limits.findIndex((limit) => minutes < limit)
      for (const domain of domainsOf(queueFile, bySender)) {
        const counts = rows.get(domain) ?? limits.map(() => 0).concat(0)
        for (const row of [counts, total])
          row[column < 0 ? limits.length : column] = (row.at(column) ?? 0) + 1
        rows.set(domain, counts)
      }
    }
    const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0)
    const sorted = [...rows].sort(([a, m], [b, n]) => sum(n) - sum(m) || (a < b ? -1 : 1))
    const heads = ['T', ...limits.map(String), `${limits.at(-1) ?? 0}+`]
    const line = (name: string, cells: readonly string[]) => {
      const columns = cells.map((cell, i) => cell.padStart(Math.max(3, (heads[i]?.length ?? 0) + 1)))
      const text = columns.join('').slice(1)
      return `${name.padStart(80 - text.length - 1)} ${text}\n`
    }
    const counted = (counts: readonly number[]) => [sum(counts), ...counts].map(String)
    return {
      stdout: [
        line('', heads),
        line('TOTAL', counted(total)),
        ...sorted.map(([domain, counts]) => line(domain, counted(counts))),
      ].join(''),
      stderr: unknown
        .map((name) => `Can't stat ${name}: No such file or directory\n at /usr/sbin/qshape line 375.\n`)
        .join(''),
      exit: 0,
    }
  },
}

/** 5, 10, 20 …: each twice as long as the one before. `buckets` counts the last one, of all that is older, too. */
function limitsOf(buckets: number, first: number): readonly number[] {
  return Array.from({ length: Math.max(1, Math.min(buckets, 30) - 1) }, (_, i) => first * 2 ** i)
}

function domainsOf({ sender, recipients }: QueueListing['queueFile'], bySender: boolean): readonly string[] {
  const domainOf = (address: string) =>
    address === '' ? 'MAILER-DAEMON' : (splitAddress(address).domain ?? '').toLowerCase()
  return bySender ? [domainOf(sender)] : recipients.map(({ address }) => domainOf(address))
}
