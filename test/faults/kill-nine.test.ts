// What was answered 250 survives `kill -9` at any moment: it is in a Maildir after the next start, and nothing arrives twice unsaid.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sendLoad } from '../bench/smtp-load.ts'
import { removeFolder, startMailscope, type Running } from '../lab/start.ts'

test(
  'loses no letter that was answered 250 when the engine is killed under load',
  { timeout: 120_000 },
  async () => {
    const promised = new Set<string>()
    const first = await startMailscope()
    const load = sendLoad({
      port: first.port('mail.example.com', 'smtp'),
      connections: 8,
      messages: 4000,
      mode: 'kept',
      sender: 'alice@example.com',
      recipient: 'carol@example.org',
      size: 2000,
      accepted: (subject) => {
        promised.add(subject)
        if (promised.size === 300) first.process.kill('SIGKILL')
      },
    })
    await load
    expect(promised.size).toBeGreaterThanOrEqual(300)

    const second = await startMailscope({ data: first.data })
    const arrived = await subjectsWhenQuiet(second, promised)
    await second.stop()
    const missing = [...promised].filter((subject) => !arrived.has(subject))
    const repeated = [...arrived].filter(([, count]) => count > 1)
    const recovered = recoveredQueueIds(second)
    removeFolder(first.data)

    expect(missing).toEqual([])
    // A delivery that was under way may be made again; the trace then says for which queue files.
    expect(repeated.length).toBeLessThanOrEqual(recovered)
  },
)

async function subjectsWhenQuiet(lab: Running, promised: ReadonlySet<string>): Promise<Map<string, number>> {
  const folder = join(lab.roots['mx.example.org'] ?? '', 'home/carol/Maildir')
  for (let round = 0; round < 300; round++) {
    const found = subjects(folder)
    const queued = await queueLength(lab)
    if (queued === 0 && [...promised].every((subject) => found.has(subject))) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return subjects(folder)
}

async function queueLength(lab: Running): Promise<number> {
  const counts = await Promise.all(
    ['mail.example.com', 'mx.example.org'].map(async (host) => {
      const answer = await fetch(`${lab.url}/api/labs/${lab.lab}/hosts/${host}/run`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user: 'root', command: 'postqueue -j' }),
      })
      const { stdout } = (await answer.json()) as { stdout: string }
      return stdout.split('\n').filter((line) => line !== '').length
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

function subjects(maildir: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const tray of ['new', 'cur']) {
    const folder = join(maildir, tray)
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder)) {
      const subject = /^Subject: (.*)$/m.exec(readFileSync(join(folder, name), 'utf8'))?.[1] ?? ''
      counts.set(subject, (counts.get(subject) ?? 0) + 1)
    }
  }
  return counts
}

/** How many queue files the engine named as found in the active queue when it started again. */
function recoveredQueueIds(lab: Running): number {
  const traces = readdirSync(lab.data, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('trace.jsonl'),
  )
  return traces
    .flatMap((path) => readFileSync(join(lab.data, path), 'utf8').split('\n'))
    .filter((line) => line.includes('"queue.recovered"'))
    .reduce((sum, line) => sum + (JSON.parse(line) as { queueIds: string[] }).queueIds.length, 0)
}
