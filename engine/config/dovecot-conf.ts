/**
 * dovecot.conf: `key = value`, sections in braces, files included; a later value replaces an earlier one.
 *
 * Dovecot 2.3, "Config file syntax"; the messages are doveconf's.
 * Next: engine/config/dovecot-settings.ts
 */
import { checkDovecotValue, dovecotDefault } from '#config/dovecot-defaults.ts'
import { physicalLines } from '#config/logical-lines.ts'
import type { Problem } from '#config/problem.ts'
import { named } from '#protocol/named.ts'

export type DovecotSetting = {
  readonly kind: 'setting'
  readonly key: string
  /** `$name` expanded, quotes removed; `<file` as it is written. */
  readonly value: string
  readonly file: string
  readonly line: number
}

export type DovecotSection = {
  readonly kind: 'section'
  /** protocol, service, passdb, namespace, mailbox, inet_listener, local … */
  readonly type: string
  /** `imap` of `protocol imap { }`; '' when it has none. */
  readonly name: string
  readonly entries: readonly DovecotEntry[]
  readonly file: string
  readonly line: number
}

export type DovecotEntry = DovecotSetting | DovecotSection

export type DovecotConf = {
  readonly file: string
  readonly entries: readonly DovecotEntry[]
  /** Nothing is read after a fatal one. */
  readonly problems: readonly Problem[]
}

/** The files that a pattern names, in order: `conf.d/*.conf` relative to the folder of the including file. */
export type Include = (
  pattern: string,
  from: string,
) => readonly { readonly file: string; readonly text: string }[]

const noIncludes: Include = () => []
const maximumIncludeDepth = 32
const maximumSections = 16

type OpenSection = { type: string; name: string; entries: DovecotEntry[]; file: string; line: number }

export function parseDovecotConf(text: string, file: string, include: Include = noIncludes): DovecotConf {
  const problems: Problem[] = []
  const root: OpenSection = { type: '', name: '', entries: [], file, line: 1 }
  const open: OpenSection[] = [root]
  readFile({ text, file, include, problems, open, inSections: new Map() }, 0)
  return { file, entries: root.entries, problems }
}

export const checkDovecotConf = (text: string, file: string, include?: Include): readonly Problem[] =>
  parseDovecotConf(text, file, include ?? anyInclude).problems

/** A file is checked alone: what it includes is not there, and no fault of it. */
const anyInclude: Include = (pattern) => [{ file: pattern, text: '' }]

type Reader = {
  readonly text: string
  readonly file: string
  readonly include: Include
  readonly problems: Problem[]
  readonly open: OpenSection[]
  /** Where a setting was first written inside a section: a later one outside does not reach in there. */
  readonly inSections: Map<string, string>
}

/** False: a fatal problem; nothing more is read. */
function readFile(reader: Reader, depth: number): boolean {
  const { file, problems, open } = reader
  const level = open.length
  for (const line of joinedLines(reader.text)) {
    const at = { file, line: line.number, column: line.column }
    const outcome = readLine(reader, line, depth)
    if (line.ambiguous) {
      const message =
        "Ambiguous '#' character in line, treating it as comment. Add a space before it to remove this warning."
      problems.push({ ...at, severity: 'warning', message })
    }
    if (outcome === 'stop') return false
    if (outcome !== null) {
      problems.push({ ...at, severity: 'fatal', message: outcome })
      return false
    }
  }
  const unclosed = open.length > level ? open.at(-1) : undefined
  if (!unclosed) return true
  const message = `Missing '}' (section started at ${unclosed.file}:${unclosed.line})`
  problems.push({ file, line: unclosed.line, column: 1, severity: 'fatal', message })
  return false
}

/** Null: fine; 'stop': an included file was fatal; else what is wrong. */
function readLine(reader: Reader, line: Line, depth: number): string | null {
  const { open, file } = reader
  const here = open.at(-1)
  if (!here) return "Unexpected '}'"
  const { text } = line

  const include = /^!(include|include_try)\s+(\S+)$/.exec(text)
  if (include) return readInclude(reader, include[2] ?? '', include[1] === 'include_try', depth)

  if (text === '}') {
    if (open.length === 1) return "Unexpected '}'"
    const closed = open.pop()
    const outer = open.at(-1)
    if (closed && outer) outer.entries.push({ kind: 'section', ...closed })
    return null
  }

  const setting = /^([^\s={}]+)\s*=\s*(.*)$/.exec(text)
  if (setting) {
    const [, key = '', value = ''] = setting
    warnOfEarlier(reader, line, key)
    return readSetting(here, open, { ...line, file, key, value })
  }

  const section = /^([^\s={}]+)(?:\s+("[^"]*"|'[^']*'|[^{}]*?))?\s*\{$/.exec(text)
  if (!section) return /^[^\s={}]+$/.test(text) ? "Expecting '{'" : "Expecting '='"
  const [, type = '', name = ''] = section
  if (!isSectionType(type, open))
    return `Unknown setting: ${[...open.slice(1).map((it) => it.type), type].join(' { ')}`
  if (open.length > maximumSections) return 'Too many nested sections'
  open.push({ type, name: unquote(name), entries: [], file, line: line.number })
  return null
}

function readInclude(reader: Reader, pattern: string, mayFail: boolean, depth: number): string | null {
  if (depth >= maximumIncludeDepth) return `Recursive include file: ${pattern}`
  const files = reader.include(pattern, reader.file)
  if (files.length === 0) return mayFail ? null : 'No matches'
  for (const { file, text } of files) {
    if (!readFile({ ...reader, file, text }, depth + 1)) return 'stop'
  }
  return null
}

const filterSections = new Set(['protocol', 'local', 'remote', 'local_name'])
const outerSections = new Set([
  ...filterSections,
  'service',
  'passdb',
  'userdb',
  'namespace',
  'plugin',
  'dict',
])
const innerSections: Readonly<Record<string, ReadonlySet<string>>> = named({
  service: new Set(['inet_listener', 'unix_listener', 'fifo_listener']),
  namespace: new Set(['mailbox']),
})

function isSectionType(type: string, open: readonly OpenSection[]): boolean {
  const here = open.at(-1)
  if (!here || here.type === '' || filterSections.has(here.type)) return outerSections.has(type)
  return innerSections[here.type]?.has(type) === true
}

function warnOfEarlier({ open, file, problems, inSections }: Reader, line: Line, key: string): void {
  const around = open.slice(1).filter(({ type }) => !filterSections.has(type))
  const path = [...around.flatMap(({ type, name }) => [type, name].filter(Boolean)), key].join('/')
  const earlier = inSections.get(path)
  if (open.length > 1) {
    if (earlier === undefined) inSections.set(path, `${file} line ${line.number}`)
  } else if (earlier !== undefined) {
    const message =
      `Global setting ${key} won't change the setting inside an earlier filter at ${earlier} ` +
      `(if this is intentional, avoid this warning by moving the global setting before ${earlier})`
    problems.push({ file, line: line.number, column: line.column, severity: 'warning', message })
  }
}

type SettingLine = { file: string; number: number; key: string; value: string }

function readSetting(here: OpenSection, open: readonly OpenSection[], line: SettingLine): string | null {
  const path = line.key.split('/')
  const key = path.pop() ?? ''
  const inner = here.type !== '' && !filterSections.has(here.type)
  const value = expandValue(line.value, (name) => knownValue(open, name))
  const setting: DovecotSetting = {
    kind: 'setting',
    key: inner ? line.key : key,
    value,
    file: line.file,
    line: line.number,
  }

  // `service/imap-login/inet_listener/imap/port = 1143` says in one line what sections say in many.
  if (!inner && path.length > 0) {
    here.entries.push(wrap(path, setting))
    return null
  }
  if (!inner) {
    const problem = checkDovecotValue(key, value)
    if (problem !== null) return problem
  }
  here.entries.push(setting)
  return null
}

function wrap(path: readonly string[], setting: DovecotSetting): DovecotEntry {
  const [type, ...rest] = path
  if (type === undefined) return setting
  const { file, line } = setting
  if (type === 'plugin')
    return { kind: 'section', type, name: '', entries: [wrap(rest, setting)], file, line }
  const [name = '', ...inner] = rest
  return { kind: 'section', type, name, entries: [wrap(inner, setting)], file, line }
}

/** The value of a key so far: of this section, of one around it, or the default. */
function knownValue(open: readonly OpenSection[], name: string): string | null {
  for (const section of [...open].reverse()) {
    const found = section.entries.findLast((entry) => entry.kind === 'setting' && entry.key === name)
    if (found?.kind === 'setting') return found.value
  }
  return dovecotDefault(name)
}

function expandValue(text: string, lookup: (name: string) => string | null): string {
  if (/^(["']).*\1$/s.test(text)) return unquote(text)
  return text.replace(/\$([A-Za-z0-9_]+)/g, (written, name: string) => lookup(name) ?? written)
}

function unquote(text: string): string {
  const quote = text.charAt(0)
  if (text.length < 2 || (quote !== '"' && quote !== "'") || !text.endsWith(quote)) return text
  const inside = text.slice(1, -1)
  return quote === '"' ? inside.replace(/\\(["'\\])/g, '$1') : inside
}

type Line = {
  readonly text: string
  readonly number: number
  readonly column: number
  /** `a#b`: was the `#` meant as a comment? */
  readonly ambiguous: boolean
}

/** Lines without comments and outer white space; one that ends in a backslash goes on in the next. */
function* joinedLines(text: string): Generator<Line> {
  let joined = ''
  let first = 0
  for (const [index, physical] of physicalLines(text).entries()) {
    const number = index + 1
    const trimmed = physical.trim()
    if (joined === '' && (trimmed === '' || trimmed.startsWith('#'))) continue
    if (joined === '') first = number
    const { code, ambiguous } = withoutComment(trimmed)
    if (code.endsWith('\\')) {
      joined += code.slice(0, -1)
      continue
    }
    const whole = (joined + code).trim()
    joined = ''
    if (whole !== '') yield { text: whole, number: first, column: physical.search(/\S/) + 1, ambiguous }
  }
  if (joined.trim() !== '') yield { text: joined.trim(), number: first, column: 1, ambiguous: false }
}

function withoutComment(text: string): { code: string; ambiguous: boolean } {
  let quote = ''
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i)
    if (quote !== '') {
      if (character === '\\') i += 1
      else if (character === quote) quote = ''
    } else if ((character === '"' || character === "'") && /[\s=]/.test(text.charAt(i - 1))) {
      quote = character
    } else if (character === '#') {
      return { code: text.slice(0, i).trimEnd(), ambiguous: !/\s/.test(text.charAt(i - 1)) }
    }
  }
  return { code: text, ambiguous: false }
}
