/**
 * dovecot.conf: `key = value`, sections in braces, files included; a later value replaces an earlier one.
 *
 * Dovecot 2.3, "Config file syntax"; the messages are doveconf's.
 * Next: engine/config/dovecot-settings.ts
 */
import { dovecotDefault } from '#config/dovecot-defaults.ts'
import { innerFilter, isFilterType, noFilter, type DovecotFilter } from '#config/dovecot-filter.ts'
import { dovecotLines, unquote, type DovecotLine } from '#config/dovecot-lines.ts'
import { obsoleteSetting } from '#config/dovecot-obsolete.ts'
import { defaultServices } from '#config/dovecot-service-defaults.ts'
import { dovecotSectionType, dovecotType, takesAnyName, valueProblem } from '#config/dovecot-types.ts'
import type { Problem } from '#config/problem.ts'
import { named } from '#protocol/named.ts'

export type DovecotSetting = {
  readonly kind: 'setting'
  readonly key: string
  /** `$name` expanded, quotes removed; `<file` as it is written. */
  readonly value: string
  /** The same for doveconf, which expands no name but the setting's own. */
  readonly shown: string
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
  /** What the servers refuse beyond that, once they expand variables; doveconf goes on. */
  readonly unexpanded: readonly Problem[]
}

/** The files that a pattern names, in order: `conf.d/*.conf` relative to the folder of the including file. */
export type Include = (
  pattern: string,
  from: string,
) => readonly { readonly file: string; readonly text: string }[]

const noIncludes: Include = () => []
const maximumIncludeDepth = 32
const maximumSections = 16

type OpenSection = {
  type: string
  name: string
  entries: DovecotEntry[]
  file: string
  line: number
  /** Of it and of those around it. */
  filter: DovecotFilter
}

export function parseDovecotConf(text: string, file: string, include: Include = noIncludes): DovecotConf {
  const problems: Problem[] = []
  const unexpanded: Problem[] = []
  const root: OpenSection = { type: '', name: '', entries: [], file, line: 1, filter: noFilter }
  const open: OpenSection[] = [root]
  const files = [file]
  readFile({ text, file, files, include, problems, unexpanded, open, inSections: new Map() })
  const unclosed =
    open.length > 1 && !problems.some(({ severity }) => severity === 'fatal') ? open.at(-1) : undefined
  if (unclosed) {
    const message = `Missing '}' (section started at ${unclosed.file}:${unclosed.line})`
    problems.push({ file, line: unclosed.line, column: 1, severity: 'fatal', message })
  }
  while (open.length > 1) close(open)
  return { file, entries: root.entries, problems, unexpanded }
}

export function checkDovecotConf(text: string, file: string, include?: Include): readonly Problem[] {
  const { problems, unexpanded } = parseDovecotConf(text, file, include ?? anyInclude)
  return [...problems, ...unexpanded]
}

/** A file is checked alone: what it includes is not there, and no fault of it. */
const anyInclude: Include = (pattern) => [{ file: pattern, text: '' }]

type Reader = {
  readonly text: string
  readonly file: string
  /** It and those that include it. */
  readonly files: readonly string[]
  readonly include: Include
  readonly problems: Problem[]
  readonly unexpanded: Problem[]
  readonly open: OpenSection[]
  /** Where a setting was first written inside a section: a later one outside does not reach in there. */
  readonly inSections: Map<string, string>
}

/** False: a fatal problem; nothing more is read. */
function readFile(reader: Reader): boolean {
  const { file, problems } = reader
  for (const line of dovecotLines(reader.text)) {
    const at = { file, line: line.number, column: line.column }
    const outcome = readLine(reader, line)
    if (line.ambiguous) {
      const message =
        "Ambiguous '#' character in line, treating it as comment. Add a space before it to remove this warning."
      problems.push({
        ...at,
        severity: 'warning',
        message: `Configuration file ${file} line ${line.number}: ${message}`,
      })
    }
    if (outcome === 'stop') return false
    if (outcome !== null) {
      problems.push({ ...at, severity: 'fatal', message: outcome })
      return false
    }
  }
  return true
}

/** Null: fine; 'stop': an included file was fatal; else what is wrong. */
function readLine(reader: Reader, line: DovecotLine): string | null {
  const { open, file } = reader
  const { text } = line

  const include = /^!(include|include_try)(?:\s+(.*))?$/.exec(text)
  if (include) return readInclude(reader, include[2] ?? '', include[1] === 'include_try')

  if (text === '}') {
    if (open.length === 1) return "Unexpected '}'"
    close(open)
    return null
  }

  const setting = /^([^\s=]*)\s*=\s*(.*)$/s.exec(text)
  if (setting) {
    const [, key = '', value = ''] = setting
    if (key === '') return "Missing key name ('=' at the beginning of line)"
    return readSetting(reader, { file, line, key, value })
  }

  const section = /^([^\s]+)(?:\s+("[^"]*"|'[^']*'|[^\s{]+))?\s+\{(.*)$/.exec(text)
  if (!section) return "Expecting '{'"
  const [, type = '', name = '', after = ''] = section
  if (after !== '') return "Garbage after '{'"
  return openSection(reader, line, { type, name: unquote(name) })
}

function close(open: OpenSection[]): void {
  const closed = open.pop()
  const outer = open.at(-1)
  if (!closed || !outer) return
  const { type, name, entries, file, line } = closed
  outer.entries.push({ kind: 'section', type, name, entries, file, line })
}

function readInclude(reader: Reader, pattern: string, mayFail: boolean): string | null {
  const files = reader.include(pattern, reader.file)
  if (files.length === 0) return mayFail ? null : 'No matches'
  for (const { file, text } of files) {
    if (reader.files.includes(file) || reader.files.length > maximumIncludeDepth)
      return `Recursive include file: ${file}`
    if (!readFile({ ...reader, file, text, files: [...reader.files, file] })) return 'stop'
  }
  return null
}

const outerSections = new Set([
  'dict',
  'event_exporter',
  'metric',
  'namespace',
  'passdb',
  'plugin',
  'service',
  'userdb',
])
const innerSections: Readonly<Record<string, ReadonlySet<string>>> = named({
  service: new Set(['inet_listener', 'unix_listener', 'fifo_listener']),
  namespace: new Set(['mailbox']),
})

/** Null when the section is open. */
function openSection(
  reader: Reader,
  line: DovecotLine,
  written: { readonly type: string; readonly name: string },
): string | null {
  const { open, file } = reader
  const here = open.at(-1)
  if (!here) return "Unexpected '}'"
  if (open.length > maximumSections) return 'Too many nested sections'
  const section = modernSection(reader, line, written)
  const { type, name } = section
  let { filter } = here
  if (isFilterType(type)) {
    const inner = innerFilter(filter, section)
    if (typeof inner === 'string') return inner
    filter = inner
  } else {
    const around = sectionPath(open)
    const within = around.at(-1)
    if (within !== undefined && takesAnyName(within)) return 'Section not allowed here'
    const known = within === undefined ? outerSections.has(type) : innerSections[within]?.has(type) === true
    if (!known) return `Unknown setting: ${[...around, type, type].join(' { ')}`
    if ((type === 'passdb' || type === 'userdb') && isOfClient(filter)) return authInside(type)
  }
  open.push({ type, name, entries: [], file, line: line.number, filter })
  return null
}

/** `protocol managesieve { }` of Pigeonhole's first days. */
function modernSection(
  { problems, file }: Reader,
  line: DovecotLine,
  { type, name }: { readonly type: string; readonly name: string },
): { readonly type: string; readonly name: string } {
  if (type !== 'protocol' || name !== 'managesieve') return { type, name }
  const told = 'protocol managesieve {} has been replaced by protocol sieve { }'
  warnOfObsolete(problems, { file, line }, told)
  return { type, name: 'sieve' }
}

const sectionPath = (open: readonly OpenSection[]): readonly string[] =>
  open
    .slice(1)
    .map(({ type }) => type)
    .filter((type) => !isFilterType(type))

const isOfClient = ({ local, localName, remote }: DovecotFilter): boolean =>
  local !== null || localName !== null || remote !== null

const authInside = (key: string): string => `Auth settings not supported inside local/remote blocks: ${key}`

type Place = { readonly file: string; readonly line: DovecotLine }

function warnOfObsolete(problems: Problem[], { file, line }: Place, told: string): void {
  const at = { file, line: line.number, column: line.column, severity: 'warning' } as const
  const note = 'NOTE: You can get a new clean config file with: doveconf -Pn > dovecot-new.conf'
  if (!problems.some(({ message }) => message === note)) problems.push({ ...at, message: note })
  problems.push({ ...at, message: `Obsolete setting in ${file}:${line.number}: ${told}` })
}

function warnOfEarlier({ open, problems, inSections }: Reader, { file, line }: Place, key: string): void {
  const around = open.slice(1).filter(({ type }) => !isFilterType(type))
  const path = [...around.flatMap(({ type, name }) => [type, name].filter(Boolean)), key].join('/')
  const earlier = inSections.get(path)
  if (open.length > 1) {
    if (earlier === undefined) inSections.set(path, `${file} line ${line.number}`)
  } else if (earlier !== undefined) {
    const message =
      `${file} line ${line.number}: Global setting ${key} won't change the setting inside an earlier filter at ${earlier} ` +
      `(if this is intentional, avoid this warning by moving the global setting before ${earlier})`
    problems.push({ file, line: line.number, column: line.column, severity: 'warning', message })
  }
}

type WrittenSetting = Place & { readonly key: string; readonly value: string }

function readSetting(reader: Reader, written: WrittenSetting): string | null {
  const { open, problems } = reader
  const { key, line, file } = written
  const here = open.at(-1)
  if (!here) return "Unexpected '}'"
  const [section] = sectionPath(open)
  if (section === undefined) {
    const known = expandOwn(written.value, key, open)
    const old = obsoleteSetting(key, known, here.type === 'protocol' ? here.name : null)
    if (old) {
      for (const told of old.told) warnOfObsolete(problems, written, told)
      if (old.wrong !== undefined)
        problems.push({ file, line: line.number, column: line.column, severity: 'error', message: old.wrong })
      for (const { path, value } of old.instead) {
        const inner = { ...reader, open: path.includes('/') ? open.slice(0, 1) : open }
        const problem = addSetting(inner, { ...written, key: path, value })
        if (problem !== null) return problem
      }
      return null
    }
  }
  warnOfEarlier(reader, written, key)
  return addSetting(reader, written)
}

function addSetting(
  reader: Reader,
  { key: written, value: text, line, file }: WrittenSetting,
): string | null {
  const { open, unexpanded } = reader
  const here = open.at(-1)
  if (!here) return "Unexpected '}'"
  const around = sectionPath(open)
  const path = written.split('/')
  const key = path.at(-1) ?? ''
  const shown = expandOwn(text, key, open)
  const expanded = expandValue(text, (name) => knownValue(open, name))
  const at = { file, line: line.number, column: line.column, severity: 'fatal' } as const
  if (expanded.unknown !== null) unexpanded.push({ ...at, message: `Unknown variable: $${expanded.unknown}` })
  const inner = around.length > 0
  const setting: DovecotSetting = {
    kind: 'setting',
    key: inner ? written : key,
    value: expanded.value,
    shown,
    file,
    line: line.number,
  }

  // `service/imap-login/inet_listener/imap/port = 1143` says in one line what sections say in many.
  if (!inner && path.length > 1) {
    const type = pathType(path, open)
    if (type === null) return `Unknown setting: ${written}`
    here.entries.push(wrap(path.slice(0, -1), setting))
    return valueProblem(type, shown)
  }
  const within = around.at(-1)
  const type =
    within !== undefined
      ? dovecotSectionType(within, key)
      : dovecotDefault(key) === null
        ? null
        : dovecotType(key)
  if (type === null) return `Unknown setting: ${[...around, inner ? written : key].join(' { ')}`
  if (!inner && key.startsWith('auth_') && isOfClient(here.filter)) return authInside(key)
  here.entries.push(setting)
  return shown.startsWith('<') && type.kind === 'string' ? null : valueProblem(type, shown)
}

/** A path names a section that is there. */
function pathType(
  path: readonly string[],
  open: readonly OpenSection[],
): ReturnType<typeof dovecotSectionType> {
  const [outer = '', name = '', ...rest] = path
  if (outer === 'plugin') return path.length === 2 ? dovecotSectionType(outer, name) : null
  const there =
    (outer === 'service' && defaultServices.some((service) => service.name === name)) ||
    open[0]?.entries.some(
      (entry) => entry.kind === 'section' && entry.type === outer && entry.name === name,
    ) === true
  if (!there) return null
  if (rest.length === 1) return dovecotSectionType(outer, rest[0] ?? '')
  const [inner = '', , key = ''] = rest
  return rest.length === 3 && innerSections[outer]?.has(inner) === true
    ? dovecotSectionType(inner, key)
    : null
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

/** A value is made of words; `$name` is one of them. */
function expandValue(
  text: string,
  lookup: (name: string) => string | null,
): { readonly value: string; readonly unknown: string | null } {
  if (isQuoted(text)) return { value: unquote(text), unknown: null }
  let unknown: string | null = null
  const value = text.replace(/(?<=^|\s)\$(\S+)/g, (written, name: string) => {
    const found = lookup(name)
    if (found === null) unknown ??= name
    return found ?? written
  })
  return { value, unknown }
}

const isQuoted = (text: string): boolean => /^(["']).*\1$/s.test(text)

/** `mail_plugins = $mail_plugins quota`. */
function expandOwn(text: string, key: string, open: readonly OpenSection[]): string {
  const joined = text.startsWith('<') ? text.replace(/^<\s+/, '<') : text
  return expandValue(joined, (name) => (name === key ? knownValue(open, name) : null)).value
}
