/** `mailscope up`: starts a lab, the page and the contract, and says where. Ends cleanly on SIGINT and SIGTERM. */
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { isLoopback } from '#control/http/access.ts'
import { serveHttp } from '#control/http/server.ts'
import { readLabFolder } from '#control/lab-folder.ts'
import type { LabHandle } from '#control/lab-handle.ts'
import { Labs } from '#control/labs.ts'
import { readLessons } from '#control/lesson-library.ts'
import { formatProblem } from '#config/problem.ts'
import { CommandRefused, readWords, type Command } from './command.ts'
import { buildPageIfNeeded } from './page.ts'
import { findLab, lessonsFolder, pageFolder, readFolder, shown, version } from './places.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

type Wish = {
  readonly lab: string
  readonly address: string
  readonly port: number
  readonly publish: 'fixed' | 'auto' | 'off'
  readonly data: string
  readonly output: 'json' | 'text'
  readonly trace: 'on' | 'off'
}

export const up: Command = {
  name: 'up',
  synopsis: 'up [LAB] [--http HOST:PORT] [--publish fixed|auto|off] [--data DIR] [--trace on|off] [--json]',
  summary: 'starts a lab (default: two-offices) and the page that shows it',
  async run(words) {
    const wish = readWish(words)
    const folder = findLab(wish.lab)
    const read = readLabFolder(readFolder(folder), shown(folder))
    if (!read.ok) throw new CommandRefused(read.problems.map(formatProblem).join('\n'))
    const say = (text: string) =>
      void (wish.output === 'text' ? process.stdout : process.stderr).write(`${text}\n`)
    await buildPageIfNeeded(say)
    const workshop = await openWorkshop(wish.data)
    try {
      return await serve(wish, read.definition, workshop, say)
    } finally {
      await workshop.close()
    }
  },
}

async function serve(
  wish: Wish,
  definition: Parameters<Workshop['makeLab']>[0]['definition'],
  workshop: Workshop,
  say: (text: string) => void,
): Promise<number> {
  const common = { listenOn: wish.address, trace: wish.trace }
  const first = await workshop.makeLab({ definition, id: definition.lab, publish: wish.publish, ...common })
  const labs = new Labs(
    ({ definition: asked, id }) =>
      workshop.makeLab({ definition: asked, id, publish: asked.publish ?? 'auto', ...common }),
    [first],
  )
  const token = isLoopback(wish.address) ? null : randomBytes(12).toString('base64url')
  const server = await serveHttp({
    labs,
    lessons: readLessons(lessonsFolder),
    version,
    page: pageFolder,
    address: wish.address,
    port: wish.port,
    token,
  }).catch(async (error: unknown) => {
    await labs.stop()
    throw new CommandRefused(`mailscope: ${httpProblem(error, wish)}`)
  })
  const end = asked()
  const url = token === null ? server.url : `${server.url}/?token=${token}`
  if (wish.output === 'json') process.stdout.write(`${JSON.stringify(ready(url, first))}\n`)
  else say(greeting(url, first))
  await end
  await server.close()
  await labs.stop()
  return 0
}

const ready = (url: string, lab: LabHandle) => ({
  ready: true,
  url,
  lab: lab.id,
  published: lab.published,
  roots: lab.roots,
})

function greeting(url: string, lab: LabHandle): string {
  const ports = lab.published.map(
    ({ host, service, address, port }) => `  ${`${address}:${port}`.padEnd(18)} ${service} of ${host}`,
  )
  return [
    ``,
    `Mailscope shows the lab ${lab.id}:  ${url}`,
    ``,
    ...ports,
    ...(ports.length > 0 ? [''] : []),
    `Ctrl-C stops it; the queue and the mailboxes stay.`,
    ``,
  ].join('\n')
}

function httpProblem(error: unknown, wish: Wish): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE')
    return `port ${wish.port} of ${wish.address} is in use; choose another with --http ${wish.address}:PORT`
  return error instanceof Error ? error.message : String(error)
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function asked(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })
}

function readWish(words: readonly string[]): Wish {
  const { values, positionals } = readWords({
    args: [...words],
    allowPositionals: true,
    options: {
      http: { type: 'string', default: '127.0.0.1:8025' },
      publish: { type: 'string', default: 'fixed' },
      data: { type: 'string', default: '.mailscope' },
      trace: { type: 'string', default: 'on' },
      json: { type: 'boolean', default: false },
    },
  })
  const [, address = '', port = ''] = /^\[?([^\]]*?)\]?:(\d{1,5})$/.exec(values.http) ?? []
  if (address === '' || Number(port) > 65535)
    throw new CommandRefused(`mailscope: --http wants HOST:PORT, not ${values.http}`)
  if (positionals.length > 1)
    throw new CommandRefused(`mailscope: up takes one lab, not ${positionals.length}`)
  return {
    lab: positionals[0] ?? 'two-offices',
    address,
    port: Number(port),
    publish: oneOf('--publish', values.publish, ['fixed', 'auto', 'off']),
    data: resolve(values.data),
    output: values.json ? 'json' : 'text',
    trace: oneOf('--trace', values.trace, ['on', 'off']),
  }
}

function oneOf<const T extends string>(option: string, given: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === given)
  if (found === undefined)
    throw new CommandRefused(`mailscope: ${option} is one of ${allowed.join(', ')}, not ${given}`)
  return found
}
