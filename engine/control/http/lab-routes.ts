/** Labs, their hosts, files, clocks, scenarios and traces over HTTP: PRODUCT contracts, one route after the other. */
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { labSchema, pathText, readDefinition } from '#control/lab-definition.ts'
import type { LabHandle } from '#control/lab-handle.ts'
import { advanceClock } from '#control/clock.ts'
import { runScenarioText } from '#control/run-scenario.ts'
import { DiskError, type Disk } from '#platform/disk.ts'
import { parseZone } from '#platform/zone.ts'
import { writePcapng } from '#trace/export/pcapng.ts'
import { tellDoor } from './door-told.ts'
import { badField, HttpProblem, notFound } from './problem.ts'
import { json, type Answer, type Call, type Route } from './route.ts'

const smallBody = 1024 * 1024
const labBody = 16 * 1024 * 1024
const fileBody = 32 * 1024 * 1024
/** Events read at once while a trace is written out. */
const traceBatch = 2000

const runBody = v.strictObject({
  command: v.pipe(v.string(), v.maxLength(65536)),
  user: v.optional(v.string(), 'root'),
  stdin: v.optional(v.string(), ''),
})
const clockBody = v.union([
  v.strictObject({ advance: v.string() }),
  v.strictObject({ set: v.picklist(['paused', 'running']) }),
])
const scenarioBody = v.strictObject({ text: v.pipe(v.string(), v.maxLength(262144)) })

const schemaOf = (schema: v.GenericSchema) => () =>
  toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' })

export const labRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/labs',
    summary: 'Creates a lab; it answers on its ports when this returns.',
    body: schemaOf(labSchema),
    answers: { 201: 'the lab', 400: 'a field is wrong', 409: 'a port is in use, or there are too many labs' },
    handle: createLab,
  },
  {
    method: 'GET',
    path: '/api/labs',
    summary: 'The labs that run.',
    answers: { 200: 'a list of labs' },
    handle: ({ labs, url }) => json(labs.all().map((lab) => describe(lab, url))),
  },
  {
    method: 'GET',
    path: '/api/labs/:id',
    summary: 'One lab: its hosts, published ports and roots.',
    answers: { 200: 'the lab', 404: 'no such lab' },
    handle: (call) => json(describe(call.lab(), call.url)),
  },
  {
    method: 'DELETE',
    path: '/api/labs/:id',
    summary: 'Stops a lab and forgets it; its files stay.',
    answers: { 204: 'stopped', 404: 'no such lab' },
    async handle(call) {
      await call.labs.remove(call.lab().id)
      return { status: 204, body: null }
    },
  },
  {
    method: 'POST',
    path: '/api/labs/:id/hosts/:host/run',
    summary: 'Runs a command in the shell of a host.',
    body: schemaOf(runBody),
    answers: { 200: '{"stdout","stderr","exit"}', 404: 'no such host' },
    async handle(call) {
      const { host } = hostOf(call)
      const input = await readBody(call, runBody)
      return json(await call.lab().run(host, input))
    },
  },
  {
    method: 'GET',
    path: '/api/labs/:id/hosts/:host/files/*',
    summary: 'A file of a host, or the names in a folder as JSON.',
    answers: { 200: 'the bytes of the file, or {"entries":[…]}', 404: 'no such file' },
    handle: readFile,
  },
  {
    method: 'PUT',
    path: '/api/labs/:id/hosts/:host/files/*',
    summary: 'Writes a file of a host.',
    answers: { 204: 'written', 404: 'no such host' },
    handle: writeFile,
  },
  {
    method: 'POST',
    path: '/api/labs/:id/clock',
    summary: 'Moves, pauses or resumes lab time.',
    body: schemaOf(clockBody),
    answers: { 200: '{"now","running"}', 400: 'not a duration' },
    async handle(call) {
      const wish = await readBody(call, clockBody)
      const lab = call.lab()
      if ('advance' in wish) {
        if (!(await advanceClock(lab, wish.advance)))
          throw badField('advance', `${wish.advance} is not a duration such as 30s, 5m, 2h, 1d`)
      } else setClock(lab, wish.set)
      return json({ now: new Date(lab.clock.now()).toISOString(), running: lab.clock.running })
    },
  },
  {
    method: 'POST',
    path: '/api/labs/:id/scenario',
    summary: 'Plays a scenario; the body is its text, or {"text"}.',
    body: schemaOf(scenarioBody),
    answers: { 200: '{"held","expectations"}', 400: 'a line is wrong' },
    handle: playScenario,
  },
  {
    method: 'GET',
    path: '/api/labs/:id/trace',
    summary: 'The trace as JSON Lines, from seq `from` on.',
    answers: { 200: 'JSON Lines' },
    handle(call) {
      const from = wholeNumber(call.url, 'from', 1)
      return { type: 'application/jsonl; charset=utf-8', body: traceLines(call.lab(), from) }
    },
  },
  {
    method: 'GET',
    path: '/api/labs/:id/trace.pcapng',
    summary: 'What the trace tells of connections, for Wireshark.',
    answers: { 200: 'a pcapng file' },
    async handle(call) {
      const lab = call.lab()
      const events = await lab.trace.read(1, Infinity)
      return {
        type: 'application/vnd.tcpdump.pcap',
        headers: { 'content-disposition': `attachment; filename="${lab.id}.pcapng"` },
        body: writePcapng(events),
      }
    },
  },
  {
    method: 'GET',
    path: '/api/labs/:id/root.pem',
    summary: 'The root certificate that a mail client must trust.',
    answers: { 200: 'PEM' },
    handle(call) {
      const lab = call.lab()
      tellDoor(call, lab, 'root', null)
      return {
        type: 'application/x-pem-file',
        headers: { 'content-disposition': 'attachment; filename="mailscope-root.pem"' },
        body: lab.root,
      }
    },
  },
]

async function createLab(call: Call): Promise<Answer> {
  const input = await call.json(labBody)
  const read = readDefinition(input, 'lab')
  if (!read.ok) throw invalid(read.problems.map(({ path, message }) => ({ field: pathText(path), message })))
  const zone = parseZone(read.definition.zone).problems.map(({ line, column, message }) => ({
    field: 'zone',
    message: `zone:${line}:${column}: ${message}`,
  }))
  if (zone.length > 0) throw invalid(zone)
  const lab = await call.labs.create(read.definition).catch((error: unknown) => {
    throw new HttpProblem(
      409,
      'The lab could not start',
      error instanceof Error ? error.message : String(error),
    )
  })
  if (lab === null) throw new HttpProblem(409, 'Too many labs', 'delete a lab first')
  return { ...json(describe(lab, call.url), 201), headers: { location: `/api/labs/${lab.id}` } }
}

function invalid(problems: readonly { field: string; message: string }[]): HttpProblem {
  const first = problems[0] ?? { field: '', message: 'the lab is not valid' }
  return new HttpProblem(400, 'The lab is not valid', first.message, { field: first.field, problems })
}

const describe = (lab: LabHandle, url: URL) => ({
  id: lab.id,
  url: `${url.origin}/?lab=${encodeURIComponent(lab.id)}`,
  title: lab.definition.title,
  published: lab.published,
  roots: lab.roots,
  hosts: lab.definition.hosts.map(({ name, address, services, users }) => ({
    name,
    address,
    services,
    users: Object.keys(users),
  })),
})

function hostOf(call: Call): { host: string; disk: Disk } {
  const host = call.parameters.host ?? ''
  const disk = call.lab().disk(host)
  if (disk === null) throw notFound(`the lab has no host ${host}`)
  return { host, disk }
}

async function readFile(call: Call): Promise<Answer> {
  const { disk } = hostOf(call)
  const path = `/${call.parameters['*'] ?? ''}`
  try {
    const stat = await disk.stat(path)
    if (stat === null) throw notFound(`there is no ${path}`)
    if (stat.kind === 'folder') return json({ entries: [...(await disk.list(path))].sort() })
    return { type: 'application/octet-stream', body: await disk.read(path) }
  } catch (error) {
    throw fileProblem(error, path)
  }
}

async function writeFile(call: Call): Promise<Answer> {
  const { host, disk } = hostOf(call)
  const path = `/${call.parameters['*'] ?? ''}`
  const bytes = await call.bytes(fileBody)
  try {
    await disk.commit([{ kind: 'write', path, bytes }])
  } catch (error) {
    throw fileProblem(error, path)
  }
  call.lab().emit({ type: 'host.file', path, change: 'written', by: 'http' }, host)
  return { status: 204, body: null }
}

function fileProblem(error: unknown, path: string): unknown {
  if (!(error instanceof DiskError)) return error
  if (error.code === 'ENOENT') return notFound(`there is no ${path}`)
  return new HttpProblem(400, 'The file could not be used', `${path}: ${error.code}`, { field: 'path' })
}

function setClock(lab: LabHandle, to: 'paused' | 'running'): void {
  if (to === 'paused') lab.clock.pause()
  else lab.clock.resume()
  lab.emit({ type: 'clock.changed', change: to === 'paused' ? 'paused' : 'resumed' })
}

async function playScenario(call: Call): Promise<Answer> {
  const bytes = await call.bytes(smallBody)
  const isJson = (call.request.headers['content-type'] ?? '').includes('json')
  const text = isJson ? check(scenarioBody, parse(bytes.toString('utf8'))).text : bytes.toString('utf8')
  const result = await runScenarioText(call.lab(), text, 'scenario')
  if (!result.ok) {
    throw new HttpProblem(400, 'The scenario is not valid', result.problems[0] ?? '', {
      field: 'text',
      problems: result.problems.map((message) => ({ field: 'text', message })),
    })
  }
  return json({ held: result.held, expectations: result.expectations })
}

async function* traceLines(lab: LabHandle, from: number): AsyncGenerator<string> {
  const { head } = lab.trace
  for (let next = from; next <= head;) {
    const events = await lab.trace.read(next, traceBatch)
    const last = events.at(-1)
    if (last === undefined) return
    yield events.map((event) => `${JSON.stringify(event)}\n`).join('')
    next = last.seq + 1
  }
}

export function wholeNumber(url: URL, name: string, fallback: number): number {
  const given = url.searchParams.get(name)
  if (given === null) return fallback
  if (!/^\d{1,15}$/.test(given)) throw badField(name, `${name} must be a whole number`)
  return Number(given)
}

async function readBody<T>(call: Call, schema: v.GenericSchema<unknown, T>): Promise<T> {
  return check(schema, await call.json(smallBody))
}

function check<T>(schema: v.GenericSchema<unknown, T>, input: unknown): T {
  const parsed = v.safeParse(schema, input)
  if (parsed.success) return parsed.output
  const issue = parsed.issues[0]
  const field = pathText((issue.path ?? []).map((step) => step.key as string | number))
  throw badField(field, `${field === '' ? 'the body' : field}: ${issue.message}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badField('', 'the body is not JSON')
  }
}
