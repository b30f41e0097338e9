/**
 * How many letters a second the journal makes safe: commits of 3 kB by 1, 8 and 64 at once.
 * Run: npx tsx test/bench/commits.bench.ts [FOLDER]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeDisk } from '#platform/node/disk.ts'
import { openJournal } from '#platform/node/journal.ts'

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'mailscope-bench-'))
const letter = 'x'.repeat(3000)
const duration = 2000

try {
  const journal = await openJournal(folder)
  const disk = nodeDisk(join(folder, 'host'), journal)
  let letters = 0

  const committer = async (until: number) => {
    let done = 0
    while (performance.now() < until) {
      const name = `M${++letters}`
      await disk.commit([
        { kind: 'write', path: `/queue/incoming/${name}`, bytes: letter, mode: 0o600, exclusive: true },
      ])
      await disk.apply([
        { kind: 'mkdir', path: '/queue/active' },
        { kind: 'rename', from: `/queue/incoming/${name}`, to: `/queue/active/${name}` },
        { kind: 'remove', path: `/queue/active/${name}` },
      ])
      done++
    }
    return done
  }

  for (const committers of [1, 8, 64]) {
    const start = performance.now()
    const counts = await Promise.all(Array.from({ length: committers }, () => committer(start + duration)))
    const total = counts.reduce((sum, count) => sum + count, 0)
    const rate = Math.round((total * 1000) / (performance.now() - start))
    console.log(`${String(committers).padStart(3)} at once: ${rate} commits/s`)
  }
  await journal.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
