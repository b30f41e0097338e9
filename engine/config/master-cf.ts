/**
 * master.cf says which daemons run, on which port or socket, and with which `-o name=value` of their own.
 *
 * master(5).
 */
import { logicalLines, positionAt, startsWithSpace, type LogicalLine } from '#config/logical-lines.ts'
import { balanced } from '#config/macro-syntax.ts'
import { leadingSpace, splitNameValue } from '#config/main-cf.ts'
import type { Problem } from '#config/problem.ts'

export const serviceTypes = ['inet', 'unix', 'fifo', 'pass', 'unix-dgram'] as const
export type ServiceType = (typeof serviceTypes)[number]

/** The columns that master.cf names in its comment, before the command. */
export const columns = [
  'service',
  'type',
  'private',
  'unprivileged',
  'chroot',
  'wakeup',
  'process_limit',
] as const
export type Column = (typeof columns)[number]

export type MasterService = {
  readonly name: string
  readonly type: ServiceType
  /** All columns as they are written. */
  readonly fields: Readonly<Record<Column, string>>
  readonly daemon: string
  /** Words after the daemon's name, `-o` and its value excepted, braces removed: what the daemon gets as argv. */
  readonly arguments: readonly string[]
  readonly overrides: readonly (readonly [name: string, value: string])[]
  /** Everything after the daemon's name, as postconf -M prints it. */
  readonly words: readonly MasterWord[]
  readonly line: number
  readonly source: LogicalLine
}

export type MasterWord =
  | { readonly kind: 'option' | 'argument'; readonly text: string }
  /** `-o name=value`. */
  | { readonly kind: 'override'; readonly name: string; readonly value: string }

export type MasterCf = {
  readonly file: string
  readonly services: readonly MasterService[]
  readonly problems: readonly Problem[]
}

export function parseMasterCf(text: string, file: string): MasterCf {
  const services: MasterService[] = []
  const problems: Problem[] = []
  for (const source of logicalLines(text)) {
    if (startsWithSpace(source.text)) {
      const at = { file, ...positionAt(source, 0) }
      problems.push({ ...at, severity: 'warning', message: leadingSpace(source.text) })
      continue
    }
    const service = readService(source)
    for (const problem of service.problems) {
      problems.push({
        file,
        ...positionAt(source, problem.offset),
        severity: problem.severity,
        message: problem.message,
      })
    }
    if (service.problems.some(({ severity }) => severity === 'fatal')) break
    if (service.service) services.push(service.service)
  }
  return { file, services, problems }
}

/** One service as the operator types it after `postconf -Me smtp/inet=`. */
export function readServiceLine(text: string): ServiceReading {
  return readService({ text, line: 1, pieces: [{ line: 1, start: 0 }] })
}

export type ServiceReading = {
  readonly service: MasterService | null
  readonly problems: readonly {
    readonly offset: number
    readonly severity: 'warning' | 'fatal'
    readonly message: string
  }[]
}

const valid: Readonly<Record<Column, RegExp>> = {
  service: /./,
  type: /^(?:inet|unix|fifo|pass|unix-dgram)$/,
  private: /^[yn-]$/,
  unprivileged: /^[yn-]$/,
  chroot: /^[yn-]$/,
  wakeup: /^(?:-|\d+\??)$/,
  process_limit: /^(?:-|\d+)$/,
}

export const isValidField = (column: Column, text: string): boolean => valid[column].test(text)

function readService(source: LogicalLine): ServiceReading {
  const tokens = tokenize(source.text)
  const [daemon, ...rest] = tokens.slice(columns.length)
  if (!daemon)
    return { service: null, problems: [{ offset: 0, severity: 'fatal', message: 'bad field count' }] }

  const fields = Object.fromEntries(columns.map((column, i) => [column, tokens[i]?.text ?? '']))
  for (const [i, column] of columns.entries()) {
    const token = tokens[i]
    if (token && !isValidField(column, token.text)) {
      const message = `invalid ${column} field "${token.text}" in "${source.text}"`
      return { service: null, problems: [{ offset: token.offset, severity: 'fatal', message }] }
    }
  }
  const { words, problems } = readWords(rest)
  return { service: makeService(fields as Record<Column, string>, daemon.text, words, source), problems }
}

/** A service from its parts: those that were read, or those that `postconf -Fe` and `-Pe` have changed. */
export function makeService(
  fields: Readonly<Record<Column, string>>,
  daemon: string,
  words: readonly MasterWord[],
  source: LogicalLine,
): MasterService {
  return {
    name: fields.service,
    type: serviceTypes.find((type) => type === fields.type) ?? 'unix',
    fields,
    daemon,
    arguments: words.flatMap((word) => (word.kind === 'override' ? [] : [withoutBraces(word.text)])),
    overrides: words.flatMap((word) => (word.kind === 'override' ? [[word.name, word.value] as const] : [])),
    words,
    line: source.line,
    source,
  }
}

const withoutBraces = (text: string): string =>
  text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1).trim() : text

type Token = { readonly text: string; readonly offset: number }

/** Words between white space; what stands in braces is one. */
function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    while (at < text.length && startsWithSpace(text.charAt(at))) at += 1
    if (at >= text.length) return tokens
    const offset = at
    while (at < text.length && !startsWithSpace(text.charAt(at))) {
      at = text[at] === '{' ? (balanced(text, at) ?? text.length) : at + 1
    }
    tokens.push({ text: text.slice(offset, at), offset })
  }
}

function readWords(tokens: readonly Token[]): { words: MasterWord[]; problems: ServiceReading['problems'] } {
  const words: MasterWord[] = []
  const problems: { offset: number; severity: 'warning'; message: string }[] = []
  let options = true
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i]
    if (!token) break
    if (!token.text.startsWith('-') || token.text === '--') options = false
    if (!options || !token.text.startsWith('-o')) {
      words.push(options ? { kind: 'option', text: token.text } : { kind: 'argument', text: token.text })
      continue
    }
    const joined = token.text.length > 2
    const value = joined ? { text: token.text.slice(2), offset: token.offset + 2 } : tokens[i + 1]
    if (!value) {
      words.push({ kind: 'option', text: '-o' })
      break
    }
    if (!joined) i += 1
    const read = readOverride(value.text)
    for (const message of read.messages) problems.push({ offset: value.offset, severity: 'warning', message })
    words.push(read.word)
  }
  return { words, problems }
}

function readOverride(text: string): { word: MasterWord; messages: readonly string[] } {
  const messages: string[] = []
  let inside = text
  if (text.startsWith('{')) {
    const end = balanced(text, 0)
    if (end === null) messages.push(`missing '}' in "${text}"`)
    inside = (end === null ? text.slice(1) : text.slice(1, end - 1)).trim()
  }
  const split = splitNameValue(inside)
  if (split.ok) return { word: { kind: 'override', name: split.name, value: split.value }, messages }
  if (text.startsWith('{')) messages.push(`${split.message}: "${inside}"`)
  return { word: { kind: 'option', text: `-o ${inside}` }, messages }
}

/** What `Service` of `#mta/postfix.ts` asks: `defaultLimit` is default_process_limit; 0 means no limit. */
export const runningService = (service: MasterService, defaultLimit: number) => ({
  name: service.name,
  type: service.type,
  daemon: service.daemon.slice(service.daemon.lastIndexOf('/') + 1),
  arguments: service.arguments,
  overrides: service.overrides,
  maxProcesses: service.fields.process_limit === '-' ? defaultLimit : Number(service.fields.process_limit),
})
