/** What a fact costs: to record, to stamp and to write, in bytes and microseconds; and what folding costs. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TraceStore } from '#engine/lab/trace-store.ts'
import type { TraceFact } from '#trace/events.ts'
import { fold } from '#trace/fold.ts'

const rounds = 5000

/** The facts of one letter at one server: what a session states between MAIL and the reply to its data. */
function letter(i: number): readonly (readonly [fact: TraceFact, host: string])[] {
  const host = 'mail.example.com'
  const session = `smtpd-${i % 8}`
  const queueId = i.toString(16).toUpperCase().padStart(10, 'A')
  const reply = (code: string, status: string | null, text: string): TraceFact => ({
    type: 'smtpd.reply',
    session,
    reply: { code, status, lines: [text] },
  })
  const facts: TraceFact[] = [
    { type: 'smtpd.command', session, line: 'MAIL FROM:<alice@example.com>', verb: 'MAIL' },
    { type: 'smtpd.transaction', session, sender: 'alice@example.com' },
    reply('250', '2.1.0', 'Ok'),
    { type: 'smtpd.state', session, from: 'ready', to: 'mail' },
    { type: 'smtpd.command', session, line: 'RCPT TO:<carol@example.org>', verb: 'RCPT' },
    {
      type: 'restriction.verdict',
      session,
      stage: 'recipient',
      list: 'smtpd_relay_restrictions',
      index: 0,
      name: 'permit_mynetworks',
      verdict: 'permit',
      lookups: [],
    },
    reply('250', '2.1.5', 'Ok'),
    { type: 'smtpd.state', session, from: 'mail', to: 'recipients' },
    { type: 'smtpd.command', session, line: 'DATA', verb: 'DATA' },
    reply('354', null, 'End data with <CR><LF>.<CR><LF>'),
    { type: 'smtpd.data', session, size: 2000, head: 'x'.repeat(2000) },
    { type: 'queue.created', queueId, session, origin: 'smtpd', sender: 'alice@example.com', size: 2100 },
    { type: 'queue.moved', queueId, from: null, to: 'incoming' },
    reply('250', '2.0.0', `Ok: queued as ${queueId}`),
    { type: 'queue.moved', queueId, from: 'incoming', to: 'active' },
    { type: 'queue.removed', queueId },
  ]
  return facts.map((fact) => [fact, host] as const)
}

export async function measureTrace(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mailscope-trace-'))
  const file = join(folder, 'trace.jsonl')
  const store = new TraceStore({ now: () => Date.UTC(2026, 0, 1), file })
  const letters = Array.from({ length: rounds }, (_, i) => letter(i))
  const began = performance.now()
  for (const facts of letters) for (const [fact, host] of facts) store.record(fact, host)
  await store.close()
  const recorded = performance.now() - began
  const count = store.head
  const events = await store.read(1, Infinity)
  const foldBegan = performance.now()
  fold(events)
  const folded = performance.now() - foldBegan
  console.log(
    `trace: ${count} events, ${Math.round(statSync(file).size / count)} bytes and ${((recorded * 1000) / count).toFixed(1)} µs each (recorded, stamped, written); ` +
      `folding ${((folded * 1000) / count).toFixed(1)} µs each`,
  )
  rmSync(folder, { recursive: true, force: true })
}
