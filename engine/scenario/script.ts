/**
 * A scenario: what happens on a lab, line by line. One grammar for an instructor's demo, a lesson's solution and an
 * end-to-end test; `lessons/README.md` tells all of it.
 *
 * Next: engine/control/run-scenario.ts
 */
import { parseCheck, type Check } from './checks.ts'
import { readFactPattern, type FactPattern } from './fact.ts'
import { named } from '#protocol/named.ts'

export type Step = { readonly line: number; readonly text: string } & Action

export type Action =
  | {
      readonly kind: 'client'
      readonly name: string
      readonly from: string
      readonly host: string
      readonly port: number
      readonly tls: 'at once' | 'not yet'
    }
  /** `client`: null means the one that was spoken of last. */
  | { readonly kind: 'send'; readonly client: string | null; readonly sent: string }
  | { readonly kind: 'receive'; readonly client: string | null; readonly pattern: string }
  | { readonly kind: 'starttls' | 'hangup'; readonly client: string | null }
  | {
      readonly kind: 'auth'
      readonly client: string | null
      readonly mechanism: 'PLAIN' | 'LOGIN'
      readonly user: string
      readonly password: string
    }
  | { readonly kind: 'data'; readonly client: string | null; readonly lines: readonly string[] }
  | { readonly kind: 'expect'; readonly wanted: 'some' | 'none'; readonly fact: FactPattern }
  | { readonly kind: 'check'; readonly check: Check }
  | { readonly kind: 'wait'; readonly fact: FactPattern; readonly within: number }
  | { readonly kind: 'advance'; readonly by: number }
  | { readonly kind: 'narrate'; readonly en: string; readonly zh: string }
  | { readonly kind: 'run'; readonly host: string; readonly user: string; readonly command: string }
  | { readonly kind: 'file'; readonly host: string; readonly path: string; readonly content: string }
  | { readonly kind: 'fault'; readonly fault: string }
  | { readonly kind: 'mend' }
  | { readonly kind: 'restart'; readonly host: string }
  | ({ readonly kind: 'submit'; readonly message: string } & Login)
  | ({ readonly kind: 'fetch' } & Login)

type Login = {
  readonly user: string
  readonly password: string
  readonly from: string
  readonly host: string
  readonly port: number
}

export type ScriptProblem = { readonly line: number; readonly column: number; readonly message: string }
export type Script = { readonly steps: readonly Step[]; readonly problems: readonly ScriptProblem[] }

/** Lines of a scenario, and characters of a line, that are read. */
const mostLines = 5000
const longestLine = 4096

export function parseScript(text: string): Script {
  const lines = text.split(/\r?\n/)
  const steps: Step[] = []
  const problems: ScriptProblem[] = []
  const clients = new Set<string>()
  if (lines.length > mostLines) {
    problems.push({ line: mostLines + 1, column: 1, message: `a scenario has at most ${mostLines} lines` })
    return { steps, problems }
  }
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1
    const whole = lines[i] ?? ''
    const trimmed = whole.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const indent = whole.length - whole.trimStart().length
    const wrong = (message: string) => problems.push({ line, column: indent + 1, message })
    if (whole.length > longestLine) {
      wrong(`a line has at most ${longestLine} characters`)
      continue
    }
    // Trailing blanks of a C: line are part of what is sent: a learner may want to send them.
    const { client, rest } = speaker(whole.slice(indent))
    const here = heredoc(rest)
    let body: string[] | null = null
    if (here !== null) {
      const end = lines.indexOf(here.end, i + 1)
      if (end === -1) {
        wrong(`the text that begins here never ends: a line "${here.end}" is missing`)
        break
      }
      body = lines.slice(i + 1, end)
      i = end
    }
    const action = readAction(here?.before ?? rest, client, body)
    if (typeof action === 'string') {
      wrong(action)
      continue
    }
    if (action.kind === 'client') clients.add(action.name)
    if ('client' in action) {
      if (action.client === null && clients.size === 0)
        wrong('nobody is connected yet: begin with a "client" line')
      if (action.client !== null && !clients.has(action.client))
        wrong(`there is no client "${action.client}" yet`)
    }
    steps.push({ line, text: shown(action, trimmed), ...action })
  }
  return { steps, problems }
}

/** `alice> C: NOOP`: one of several clients. */
function speaker(text: string): { client: string | null; rest: string } {
  const match = /^([a-z][a-z0-9_-]{0,31})>\s+/i.exec(text)
  if (!match) return { client: null, rest: text }
  return { client: match[1] ?? null, rest: text.slice(match[0].length) }
}

/** `file HOST PATH <<EOF`. A C: line may hold `<<` itself. */
function heredoc(text: string): { before: string; end: string } | null {
  if (/^[CS]:/.test(text)) return null
  const match = /\s*<<(\S{1,32})\s*$/.exec(text)
  return match ? { before: text.slice(0, match.index), end: match[1] ?? '' } : null
}

/** The action, or one sentence about what is wrong. */
function readAction(text: string, client: string | null, body: readonly string[] | null): Action | string {
  const said = /^([CS]):(?: (.*))?$/s.exec(text)
  if (said?.[1] === 'C') return { kind: 'send', client, sent: said[2] ?? '' }
  if (said?.[1] === 'S') return { kind: 'receive', client, pattern: (said[2] ?? '').trimEnd() }

  const [, word = '', rest = ''] = /^(\S+)\s*(.*?)\s*$/s.exec(text) ?? []
  const read = grammar[word]
  if (read === undefined) {
    const near = Object.keys(grammar).find((known) => known.startsWith(word.slice(0, 3)) && word.length >= 3)
    return `"${word}" begins no line of a scenario${near === undefined ? '' : `: did you mean "${near}"?`}`
  }
  if (body !== null && !withText.has(word)) return `"${word}" takes no text`
  if (body === null && withText.has(word))
    return `"${word}" takes a text: end the line with <<. and close it with a line "."`
  return read(rest, client, body ?? [])
}

const withText = new Set(['data', 'file', 'submit'])

type Reader = (rest: string, client: string | null, body: readonly string[]) => Action | string

/** Every word that may begin a line, besides `C:` and `S:`. */
const grammar: Readonly<Record<string, Reader | undefined>> = named({
  client(rest) {
    const match = /^(\S+)\s+(\S+)\s+to\s+(\S+):(\d{1,5})(\s+tls)?$/.exec(rest)
    const port = readPort(match?.[4])
    if (!match || port === null) return 'write: client NAME HOST-OR-ADDRESS to HOST:PORT'
    const [, name = '', from = '', host = '', , tls] = match
    return { kind: 'client', name, from, host, port, tls: tls === undefined ? 'not yet' : 'at once' }
  },
  starttls: (rest, client) => (rest === '' ? { kind: 'starttls', client } : '"starttls" stands alone'),
  hangup: (rest, client) => (rest === '' ? { kind: 'hangup', client } : '"hangup" stands alone'),
  auth(rest, client) {
    const match = /^(PLAIN|LOGIN)\s+(\S+)\s+(\S+)$/.exec(rest)
    if (!match) return 'write: auth PLAIN USER PASSWORD, or auth LOGIN USER PASSWORD'
    const [, mechanism, user = '', password = ''] = match
    return { kind: 'auth', client, mechanism: mechanism === 'LOGIN' ? 'LOGIN' : 'PLAIN', user, password }
  },
  data: (rest, client, lines) => (rest === '' ? { kind: 'data', client, lines } : 'write: data <<.'),
  expect(rest) {
    const none = /^not\s+/.exec(rest)
    const fact = readFactPattern(none ? rest.slice(none[0].length) : rest)
    return typeof fact === 'string' ? fact : { kind: 'expect', wanted: none ? 'none' : 'some', fact }
  },
  mailbox: (rest) => checkOf(`mailbox ${rest}`),
  session: (rest) => checkOf(`session ${rest}`),
  queue: (rest) => checkOf(`queue ${rest}`),
  wait(rest) {
    const match = /^until\s+(.+?)\s+within\s+(\S+)$/.exec(rest)
    const within = readDuration(match?.[2] ?? '')
    if (!match || within === null) return 'write: wait until FACT key=value… within 10s'
    const fact = readFactPattern(match[1] ?? '')
    return typeof fact === 'string' ? fact : { kind: 'wait', fact, within }
  },
  advance(rest) {
    const by = readDuration(rest)
    return by === null ? 'write: advance 5m (or 30s, 2h, 1d)' : { kind: 'advance', by }
  },
  narrate(rest) {
    const match = /^en\s+"([^"]*)"\s+zh\s+"([^"]*)"$/.exec(rest)
    return match
      ? { kind: 'narrate', en: match[1] ?? '', zh: match[2] ?? '' }
      : 'write: narrate en "…" zh "…"'
  },
  run(rest) {
    const match = /^(\S+)(?:\s+as\s+([^\s:]+))?:\s+(.+)$/.exec(rest)
    if (!match) return 'write: run HOST as USER: COMMAND'
    return { kind: 'run', host: match[1] ?? '', user: match[2] ?? 'root', command: match[3] ?? '' }
  },
  file(rest, _client, body) {
    const match = /^(\S+)\s+(\/\S+)$/.exec(rest)
    if (!match) return 'write: file HOST /PATH <<EOF'
    return {
      kind: 'file',
      host: match[1] ?? '',
      path: match[2] ?? '',
      content: body.map((line) => `${line}\n`).join(''),
    }
  },
  fault: (rest) =>
    rest === ''
      ? 'write: fault refuse to HOST port 25 (or drop, delay, throttle, cut)'
      : { kind: 'fault', fault: rest },
  mend: (rest) => (rest === '' ? { kind: 'mend' } : '"mend" stands alone: it ends every fault'),
  restart: (rest) => (/^\S+$/.test(rest) ? { kind: 'restart', host: rest } : 'write: restart HOST'),
  submit(rest, _client, body) {
    const login = readLogin(rest)
    return login === null
      ? 'write: submit USER PASSWORD from HOST to HOST:587 <<.'
      : { kind: 'submit', ...login, message: body.join('\n') }
  },
  fetch(rest) {
    const login = readLogin(rest)
    return login === null ? 'write: fetch USER PASSWORD from HOST to HOST:110' : { kind: 'fetch', ...login }
  },
})

function checkOf(text: string): Action | string {
  const read = parseCheck(text)
  return typeof read === 'string' ? read : { kind: 'check', check: read }
}

function readLogin(text: string): Login | null {
  const match = /^(\S+)\s+(\S+)\s+from\s+(\S+)\s+to\s+(\S+):(\d{1,5})$/.exec(text)
  const port = readPort(match?.[5])
  if (!match || port === null) return null
  const [, user = '', password = '', from = '', host = ''] = match
  return { user, password, from, host, port }
}

function readPort(text: string | undefined): number | null {
  const port = Number(text)
  return text !== undefined && port >= 1 && port <= 65535 ? port : null
}

const units: Readonly<Record<string, number>> = named({
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
})

function readDuration(text: string): number | null {
  const match = /^(\d{1,6})(ms|s|m|h|d)$/.exec(text)
  return match ? Number(match[1]) * (units[match[2] ?? ''] ?? 0) : null
}

/** What the trace may show of a line: never a password. */
function shown(action: Action, text: string): string {
  switch (action.kind) {
    case 'auth':
      return `auth ${action.mechanism} ${action.user} ********`
    case 'submit':
    case 'fetch':
      return `${action.kind} ${action.user} ******** from ${action.from} to ${action.host}:${action.port}`
    case 'send':
      return /^(?:\S+ )?(?:PASS|LOGIN|AUTH)\b/i.test(action.sent)
        ? `${text.split(/\s+/).slice(0, 2).join(' ')} ********`
        : text
    default:
      return text
  }
}
