/**
 * Dovecot's settings as doveconf prints them: sorted, each value in its usual form, filters last.
 *
 * doveconf(1).
 */
import type { DovecotConf, DovecotEntry, DovecotSection } from '#config/dovecot-conf.ts'
import { dovecotDefault, dovecotSettingNames, dovecotType } from '#config/dovecot-defaults.ts'
import { sectionDefaults } from '#config/dovecot-section-defaults.ts'
import { defaultServices, listenerDefaults } from '#config/dovecot-service-defaults.ts'
import { isFilter } from '#config/dovecot-settings.ts'
import { writeDovecotSize, writeDovecotTime } from '#config/dovecot-values.ts'

/** Learned from the programs themselves, so `-n` always shows them. */
const learned = ['managesieve_notify_capability', 'managesieve_sieve_capability']
/** `-n` shows these of every namespace. */
const alwaysOfNamespace: Readonly<Record<string, string>> = { location: '', prefix: '' }

type Merged = {
  readonly settings: Map<string, string>
  readonly sections: { readonly type: string; readonly name: string; readonly merged: Merged }[]
}

/** doveconf -n: what differs from the defaults. */
export function printChanged(conf: DovecotConf, secrets: 'hidden' | 'shown' = 'hidden'): readonly string[] {
  const merged = mergeEntries(conf.entries)
  for (const name of learned)
    if (!merged.settings.has(name)) merged.settings.set(name, dovecotDefault(name) ?? '')
  const changed = [...merged.settings].filter(
    ([name, value]) => learned.includes(name) || normalValue(name, value) !== dovecotDefault(name),
  )
  return [
    ...sortedBlocks(
      changed.map(([name, value]) =>
        secrets === 'shown' ? settingLine(name, value) : visibleLine(name, value),
      ),
      merged,
      0,
      'changed',
    ),
    ...printFilters(conf.entries, [], 0),
  ]
}

/** doveconf -a, and -d with an empty configuration. */
export function printAll(conf: DovecotConf): readonly string[] {
  const merged = mergeEntries(conf.entries)
  const names = new Set([...dovecotSettingNames, ...merged.settings.keys()])
  const lines = [...names].map((name) => {
    const value = merged.settings.get(name) ?? dovecotDefault(name) ?? ''
    return visibleLine(name, value)
  })
  return [...sortedBlocks(lines, withServices(merged), 0, 'all'), ...printFilters(conf.entries, [], 0)]
}

/** doveconf NAME for a section: all of its kind, with their defaults. Null when there is none of that name. */
export function printSections(conf: DovecotConf, path: string): readonly string[] | null {
  const [type = '', name] = path.split('/')
  const merged = type === 'service' ? withServices(mergeEntries(conf.entries)) : mergeEntries(conf.entries)
  const asked = merged.sections.filter(
    (section) => section.type === type && (name === undefined || section.name === name),
  )
  if (asked.length === 0) return type in sectionDefaults || type === 'plugin' ? [] : null
  return sortedBlocks([], { settings: new Map(), sections: asked }, 0, 'all')
}

export const settingLine = (name: string, value: string): string =>
  `${name} = ${quoted(normalValue(name, value))}`

/** 90s is `90 secs`, 65536 is `64 k`. */
export function normalValue(name: string, value: string): string {
  switch (dovecotType(name)) {
    case 'time':
      return writeDovecotTime(value)
    case 'size':
      return writeDovecotSize(value)
    case 'bool':
      return /^(?:yes|y|1|true)$/i.test(value) ? 'yes' : 'no'
    case 'enum':
    case 'number':
    case 'string':
      return value
  }
}

const quoted = (value: string): string =>
  /^\s|\s$|#/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value

const secret = /^(?:ssl_key|ssl_client_key|ssl_key_password|doveadm_password)$/

const visibleLine = (name: string, value: string): string =>
  value !== '' && secret.test(name) ? `${name} = # hidden, use -P to show it` : settingLine(name, value)

function mergeEntries(entries: readonly DovecotEntry[]): Merged {
  const merged: Merged = { settings: new Map(), sections: [] }
  for (const entry of entries) {
    if (entry.kind === 'setting') {
      merged.settings.set(entry.key, entry.value)
    } else if (!isFilter(entry)) {
      const adds = entry.type === 'plugin' || entry.name !== ''
      const same =
        adds && merged.sections.find(({ type, name }) => type === entry.type && name === entry.name)
      const inner = mergeEntries(entry.entries)
      if (!same) {
        merged.sections.push({ type: entry.type, name: entry.name, merged: inner })
        continue
      }
      for (const [key, value] of inner.settings) same.merged.settings.set(key, value)
      addSections(same.merged, inner)
    }
  }
  return merged
}

function addSections(target: Merged, added: Merged): void {
  for (const section of added.sections) {
    const same = target.sections.find(({ type, name }) => type === section.type && name === section.name)
    if (!same) target.sections.push(section)
    else {
      for (const [key, value] of section.merged.settings) same.merged.settings.set(key, value)
      addSections(same.merged, section.merged)
    }
  }
}

/** The services that are always there, with what the configuration says of them on top. */
function withServices(configured: Merged): Merged {
  const whole: Merged = { settings: configured.settings, sections: [] }
  for (const { name, settings, listeners } of defaultServices) {
    const sections = listeners.map((listener) => ({
      type: listener.type,
      name: listener.name,
      merged: { settings: new Map(Object.entries(listener.settings)), sections: [] },
    }))
    const merged = { settings: new Map(Object.entries(settings)), sections }
    whole.sections.push({ type: 'service', name, merged })
  }
  addSections(whole, configured)
  return whole
}

/** Settings and sections in one alphabet. */
function sortedBlocks(
  lines: readonly string[],
  merged: Merged,
  depth: number,
  what: 'changed' | 'all',
): readonly string[] {
  const indent = '  '.repeat(depth)
  const blocks = [
    ...lines.map((line) => ({ key: `${line.split(' ')[0] ?? ''}/`, text: [indent + line] })),
    ...merged.sections.map((section) => ({
      // As a path: `auth-worker` stands before `auth`.
      key: `${section.type}/${section.name === '' ? '' : `${section.name}/`}`,
      text: printSection(section, depth, what),
    })),
  ]
  return blocks.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).flatMap(({ text }) => text)
}

function printSection(
  section: Merged['sections'][number],
  depth: number,
  what: 'changed' | 'all',
): readonly string[] {
  const { type, name, merged } = section
  const isListener = what === 'all' && type.endsWith('_listener')
  const defaults = sectionDefaults[type] ?? (isListener ? listenerDefaults(type) : {})
  const shown = new Map<string, string>()
  if (what === 'all') for (const [key, value] of Object.entries(defaults)) shown.set(key, value)
  else if (type === 'namespace')
    for (const [key, value] of Object.entries(alwaysOfNamespace)) shown.set(key, value)
  for (const [key, value] of merged.settings)
    if (what === 'all' || defaults[key] !== value || shown.has(key)) shown.set(key, value)

  const indent = '  '.repeat(depth)
  const lines = [...shown].map(([key, value]) => `${key} = ${quoted(value)}`)
  const inside = sortedBlocks(lines, merged, depth + 1, what)
  // A listener or passdb that changes nothing is not worth a line.
  if (inside.length === 0 && what === 'changed') return []
  const title = name === '' ? type : `${type} ${/\s/.test(name) ? `"${name}"` : name}`
  return [`${indent}${title} {`, ...inside, `${indent}}`]
}

/** Each filter stands by itself, those around it repeated. */
function printFilters(
  entries: readonly DovecotEntry[],
  around: readonly DovecotSection[],
  depth: number,
): readonly string[] {
  if (depth > 8) return []
  const filters = entries.filter((entry) => entry.kind === 'section').filter(isFilter)
  return filters.flatMap((filter) => {
    const path = [...around, filter]
    const merged = mergeEntries(filter.entries)
    const lines = [...merged.settings].map(([name, value]) => visibleLine(name, value))
    const inside = sortedBlocks(lines, merged, path.length, 'changed')
    const open = path.map(({ type, name }, i) => `${'  '.repeat(i)}${type} ${name} {`)
    const close = path.map((_, i) => `${'  '.repeat(path.length - 1 - i)}}`)
    const own = inside.length > 0 ? [...open, ...inside, ...close] : []
    return [...own, ...printFilters(filter.entries, path, depth + 1)]
  })
}
