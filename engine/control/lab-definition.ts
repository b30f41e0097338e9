/**
 * What a lab is, before it runs: the same content whether it came as a folder (`lab.yaml`, `zone`, `hosts/…`)
 * or as the JSON of `POST /api/labs`. Every problem names its field, and file, line and column where there is a file.
 */
import * as v from 'valibot'
import { isAddress } from '#platform/addresses.ts'

export const serviceNames = [
  'smtp',
  'submission',
  'submissions',
  'lmtp',
  'pop3',
  'pop3s',
  'imap',
  'imaps',
  'sieve',
  'dns',
] as const
export type ServiceName = (typeof serviceNames)[number]

const service = v.picklist(serviceNames)
const text = v.pipe(v.string(), v.maxLength(1_048_576))
const line = v.pipe(v.string(), v.maxLength(2048))
const hostname = v.pipe(
  v.string(),
  v.maxLength(253),
  v.regex(/^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i, 'is not a host name'),
)
const userName = v.pipe(v.string(), v.regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, 'is not a user name'))
const tcpPort = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(1, 'must be 1 to 65535'),
  v.maxValue(65535, 'must be 1 to 65535'),
)
const duration = v.pipe(v.string(), v.regex(/^\d+(ms|s|m|h|d)?$/, 'is not a duration such as 200ms, 5s, 2m'))

/** The documentation ranges (RFC 5737, RFC 3849), and loopback for tests that replay recordings made there. */
const address = v.pipe(
  v.string(),
  v.check((text) => isAddress(text), 'is not an IP address'),
  v.check(
    isLabAddress,
    'must lie in 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32 or 127.0.0.0/8: a lab has no other addresses',
  ),
)

function isLabAddress(text: string): boolean {
  return /^(192\.0\.2|198\.51\.100|203\.0\.113|127\.\d+\.\d+)\.\d+$/.test(text) || /^2001:0?db8:/i.test(text)
}

/** Glob → reply, or one reply for all. */
const scriptedReply = v.union([line, v.record(line, line)])

export const peerScript = v.strictObject({
  greeting: v.optional(line),
  helo: v.optional(scriptedReply),
  ehlo_reply: v.optional(line),
  ehlo: v.optional(v.pipe(v.array(line), v.maxLength(100))),
  auth: v.optional(v.pipe(v.array(line), v.maxLength(100))),
  mail: v.optional(scriptedReply),
  rcpt: v.optional(scriptedReply),
  /** The reply to DATA. */
  go: v.optional(line),
  /** The reply to the message itself. */
  data: v.optional(line),
  rset: v.optional(line),
  quit: v.optional(line),
  delay: v.optional(duration),
})

const host = v.strictObject({
  name: hostname,
  address,
  addresses: v.optional(v.pipe(v.array(address), v.maxLength(16))),
  services: v.optional(v.array(service), []),
  users: v.optional(v.record(userName, v.pipe(v.string(), v.maxLength(256))), {}),
  publish: v.optional(v.record(service, tcpPort), {}),
  script: v.optional(peerScript),
  files: v.optional(v.record(v.pipe(v.string(), v.maxLength(1024)), text), {}),
})

const publish = v.picklist(['fixed', 'auto', 'off'])
const storage = v.picklist(['disk', 'memory'])
const title = v.union([
  v.pipe(
    line,
    v.transform((both) => ({ en: both, zh: both })),
  ),
  v.strictObject({ en: line, zh: line }),
])

export const labSchema = v.strictObject({
  lab: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens'),
  ),
  title: v.optional(title),
  seed: v.optional(v.pipe(v.number(), v.integer()), 1),
  latency: v.optional(duration, '0ms'),
  clock: v.optional(v.picklist(['real', 'manual']), 'real'),
  hosts: v.pipe(v.array(host), v.minLength(1, 'needs at least one host'), v.maxLength(64)),
  zone: v.optional(text, ''),
  publish: v.optional(publish),
  storage: v.optional(storage),
})

export type PeerScript = v.InferOutput<typeof peerScript>
export type HostDefinition = v.InferOutput<typeof host>
export type LabDefinition = Omit<v.InferOutput<typeof labSchema>, 'title'> & {
  readonly title: { readonly en: string; readonly zh: string }
}

/** A problem of a definition: `path` is the field, as in `hosts[1].address`; `at`: whether its name is wrong or its value. */
export type DefinitionProblem = {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly at?: 'key'
}

export type ReadDefinition =
  | { readonly ok: true; readonly definition: LabDefinition }
  | { readonly ok: false; readonly problems: readonly DefinitionProblem[] }

/** Checks the JSON form. `lab` may be left out there: `fallbackName` stands in. */
export function readDefinition(input: unknown, fallbackName: string): ReadDefinition {
  const named = isRecord(input) && input.lab === undefined ? { ...input, lab: fallbackName } : input
  const parsed = v.safeParse(labSchema, named)
  if (!parsed.success)
    return { ok: false, problems: unknownKeysFirst(parsed.issues.map((issue) => problemOf(issue))) }
  const problems = [...contradictions(parsed.output.hosts)]
  if (problems.length > 0) return { ok: false, problems }
  const { title: given, ...rest } = parsed.output
  return { ok: true, definition: { ...rest, title: given ?? { en: rest.lab, zh: rest.lab } } }
}

/** A misspelt key is also a missing one: the cause is said first. */
const unknownKeysFirst = (problems: readonly DefinitionProblem[]) =>
  problems.toSorted((a, b) => Number(b.at === 'key') - Number(a.at === 'key'))

export const pathText = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  )

function problemOf(issue: v.BaseIssue<unknown>): DefinitionProblem {
  const path = (issue.path ?? []).map((step) => step.key as string | number)
  const field = path.at(-1)
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return { path, at: 'key', message: `unknown key "${String(field)}"${suggestion(String(field), path)}` }
  }
  if (issue.received === 'undefined') return { path, message: `"${String(field)}" is missing` }
  if (issue.type === 'picklist') {
    return {
      path,
      message: `${issue.received} is none of ${issue.expected?.replaceAll(' | ', ', ').replace(/^\(|\)$/g, '') ?? ''}`,
    }
  }
  if (issue.kind === 'schema')
    return { path, message: `${label(path)} must be ${expected(issue)}, not ${issue.received}` }
  return { path, message: `${label(path)} ${issue.message}: ${issue.received}` }
}

const label = (path: readonly (string | number)[]) => (path.length === 0 ? 'the lab' : pathText(path))
const expected = (issue: v.BaseIssue<unknown>) =>
  ({
    string: 'text',
    number: 'a number',
    array: 'a list',
    strict_object: 'a map',
    record: 'a map',
    boolean: 'true or false',
  })[issue.type] ??
  issue.expected ??
  'something else'

const knownKeys: readonly string[] = [
  ...['lab', 'title', 'seed', 'latency', 'clock', 'hosts', 'zone', 'publish', 'storage'],
  ...['name', 'address', 'addresses', 'services', 'users', 'script', 'files'],
  ...['greeting', 'helo', 'mail', 'rcpt', 'data', 'quit', 'delay'],
]

/** The known key that is one slip of the finger away. */
function suggestion(key: string, _path: readonly (string | number)[]): string {
  const near = knownKeys.find((known) => distance(known, key.toLowerCase()) <= (known.length > 4 ? 2 : 1))
  return near === undefined ? '' : `: did you mean "${near}"?`
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** What no single field shows: names and addresses that two hosts share, ports published twice, scripts beside daemons. */
function* contradictions(hosts: readonly HostDefinition[]): Generator<DefinitionProblem> {
  const names = new Map<string, number>()
  const addresses = new Map<string, string>()
  const ports = new Map<number, string>()
  for (const [i, one] of hosts.entries()) {
    const name = one.name.toLowerCase()
    if (names.has(name)) yield { path: ['hosts', i, 'name'], message: `two hosts are called ${one.name}` }
    names.set(name, i)
    for (const own of [one.address, ...(one.addresses ?? [])]) {
      const other = addresses.get(own)
      if (other !== undefined && other !== one.name)
        yield { path: ['hosts', i, 'address'], message: `${own} is the address of ${other} already` }
      addresses.set(own, one.name)
    }
    for (const [published, port] of Object.entries(one.publish)) {
      const other = ports.get(port)
      if (other !== undefined)
        yield {
          path: ['hosts', i, 'publish', published],
          message: `port ${port} is published for ${other} already`,
        }
      ports.set(port, `${published} of ${one.name}`)
      const served = (one.services as readonly string[]).includes(published) || one.script !== undefined
      if (!served)
        yield {
          path: ['hosts', i, 'publish', published],
          message: `${one.name} has no service ${published} to publish`,
        }
    }
    if (one.script !== undefined && one.services.length > 0) {
      yield { path: ['hosts', i, 'script'], message: `${one.name} is a scripted peer: it runs no services` }
    }
    for (const path of Object.keys(one.files)) {
      if (path.split('/').includes('..') || path.includes('\0')) {
        yield { path: ['hosts', i, 'files', path], message: `${path} leads outside the host` }
      }
    }
  }
}

const isRecord = (input: unknown): input is Record<string, unknown> =>
  typeof input === 'object' && input !== null && !Array.isArray(input)
