/**
 * `npm run bench`: what the engine carries, and what the page costs. Prints figures; nothing here passes or fails.
 * `npm run bench -- mailbox` measures only that; the others are throughput, trace and page.
 *
 * Messages a second are counted from the first connection to the last file in carol's Maildir at the second office:
 * two SMTP hops, one LMTP hop, each answered only when durable.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolder, startMailscope } from '../lab/start.ts'
import { measureMailbox } from './mailbox.ts'
import { measurePage } from './page.ts'
import { measureTrace } from './trace-cost.ts'
import { sendLoad } from './smtp-load.ts'

const messages = Number(process.env.MESSAGES ?? 2000) * 8

const measurements = {
  async throughput() {
    for (const trace of ['on', 'off'] as const) {
      for (const mode of ['kept', 'new'] as const) await throughput(trace, mode)
    }
  },
  mailbox: measureMailbox,
  trace: measureTrace,
  page: measurePage,
}
const wanted = process.argv.slice(2)
for (const word of wanted.filter((known) => !(known in measurements)))
  console.error(`There is no measurement ${word}; there are: ${Object.keys(measurements).join(', ')}`)
for (const [name, measurement] of Object.entries(measurements)) {
  if (wanted.length === 0 || wanted.includes(name)) await measurement()
}

async function throughput(trace: 'on' | 'off', mode: 'kept' | 'new'): Promise<void> {
  const lab = await startMailscope({ words: ['--trace', trace] })
  const root = lab.roots['mx.example.org'] ?? ''
  const began = performance.now()
  const accepted = await sendLoad({
    port: lab.port('mail.example.com', 'smtp'),
    connections: 8,
    messages,
    mode,
    sender: 'alice@example.com',
    recipient: 'carol@example.org',
    size: 2000,
  })
  const answered = performance.now()
  const arrived = await countUntil(join(root, 'home/carol/Maildir/new'), accepted)
  const ended = performance.now()
  const traceBytes = trace === 'on' ? sizeOf(lab.data, 'trace.jsonl') : 0
  await lab.stop()
  removeFolder(lab.data)
  const rate = (count: number, until: number) => Math.round((count * 1000) / (until - began))
  console.log(
    `trace ${trace}, ${mode === 'kept' ? 'kept connections' : 'a connection a message'}: ` +
      `${accepted} accepted at ${rate(accepted, answered)}/s, ${arrived} in the second office's Maildir at ${rate(arrived, ended)}/s` +
      (trace === 'on' ? `, ${Math.round(traceBytes / accepted)} bytes of trace a message` : ''),
  )
}

/** Counts files until all are there, or none has come for ten seconds. */
async function countUntil(folder: string, wanted: number): Promise<number> {
  let seen = 0
  for (let quiet = 0; quiet < 200;) {
    const now = list(folder)
    if (now >= wanted) return now
    quiet = now === seen ? quiet + 1 : 0
    seen = now
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return seen
}

function list(folder: string): number {
  try {
    return readdirSync(folder).length
  } catch {
    return 0
  }
}

function sizeOf(folder: string, name: string): number {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith(name),
  )
  return found.reduce((sum, path) => sum + statSync(join(folder, path)).size, 0)
}
