/**
 * `npm run fuzz`: 200,000 random lines at each server. `npm run fuzz -- imap --lines 1000 --seed 7`. Exits 1 when one
 * failed, spoke outside of its grammar, or grew.
 */
import { parseArgs } from 'node:util'
import { fuzz } from '../fuzz/fuzz.ts'
import type { Protocol } from '../fuzz/speech.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lines: { type: 'string', default: '200000' }, seed: { type: 'string' } },
})
const all: readonly Protocol[] = ['smtp', 'pop3', 'imap', 'lmtp', 'sieve']
const asked = all.filter((protocol) => positionals.length === 0 || positionals.includes(protocol))
/** What a heap may be larger at the end for other reasons: code that was compiled meanwhile. */
const room = 20 * 1024 * 1024

for (const protocol of asked) {
  const seed = Number(values.seed ?? Date.now() % 1_000_000)
  const { sent, heard, sessions, milliseconds, heap, complaints } = await fuzz(protocol, {
    lines: Number(values.lines),
    seed,
  })
  const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`
  console.log(
    `${protocol}: seed ${seed}, ${sent} lines in ${sessions} sessions, ${heard} lines of replies, ` +
      `${Math.round((sent * 1000) / milliseconds)} lines/s, heap ${megabytes(heap.before)} after a tenth, ${megabytes(heap.after)} at the end`,
  )
  for (const complaint of complaints) console.log(`  ${complaint}`)
  if (complaints.length > 0 || heap.after > heap.before + room) process.exitCode = 1
}
