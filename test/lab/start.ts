/** Starts `mailscope up` as a user would, in a process of its own, and waits for its one JSON line. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export type Ready = {
  url: string
  lab: string
  published: readonly { host: string; service: string; address: string; port: number }[]
  roots: Readonly<Record<string, string>>
}

export type Running = Ready & {
  process: ChildProcess
  data: string
  port(host: string, service: string): number
  /** What it has said on standard error so far. */
  errors(): string
  /** SIGTERM, or another signal; resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const bin = resolve(import.meta.dirname, '../../bin.js')

export async function startMailscope({
  data = temporaryFolder(),
  words = [] as readonly string[],
} = {}): Promise<Running> {
  const child = spawn(
    process.execPath,
    [bin, 'up', ...words, '--json', '--publish', 'auto', '--http', '127.0.0.1:0', '--data', data],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const exited = new Promise<number | null>((done) => child.on('exit', done))
  const ready = await Promise.race([firstReady(child), exited.then((code) => code)])
  if (ready === null || typeof ready === 'number') throw new Error(`mailscope ended with ${ready}: ${errors}`)
  return {
    ...ready,
    process: child,
    data,
    errors: () => errors,
    port(host, service) {
      const found = ready.published.find((entry) => entry.host === host && entry.service === service)
      if (found === undefined) throw new Error(`${service} of ${host} is not published`)
      return found.port
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'mailscope-'))
export const removeFolder = (path: string) => rmSync(path, { recursive: true, force: true })

async function firstReady(child: ChildProcess): Promise<Ready | null> {
  if (child.stdout === null) return null
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"ready":true')) return JSON.parse(line) as Ready
  }
  return null
}
