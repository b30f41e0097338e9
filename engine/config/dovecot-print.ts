/**
 * Dovecot's settings as doveconf prints them: sorted, each value in its usual form, filters last.
 *
 * doveconf(1).
 */
import type { DovecotConf, DovecotEntry } from '#config/dovecot-conf.ts'
import { dovecotDefault, dovecotSettingNames, unlistedSettingNames } from '#config/dovecot-defaults.ts'
import { filterTitles, type DovecotPeer } from '#config/dovecot-filter.ts'
import { hideSecrets, isSecret } from '#config/dovecot-secrets.ts'
import { sectionDefaults } from '#config/dovecot-section-defaults.ts'
import { defaultServices, listenerDefaults } from '#config/dovecot-service-defaults.ts'
import { applyingEntries, filteredParts, isFilter } from '#config/dovecot-settings.ts'
import { dovecotSectionType, dovecotType, type DovecotType } from '#config/dovecot-types.ts'
import { writeDovecotSize, writeDovecotTime } from '#config/dovecot-values.ts'

/** Learned from the programs themselves, so `-n` always shows them. */
const learned = ['managesieve_notify_capability', 'managesieve_sieve_capability']
/** `-n` shows these of every namespace. */
const alwaysOfNamespace: Readonly<Record<string, string>> = { location: '', prefix: '' }

/** -n: what differs from the defaults; -N: what is set; -a: everything; -s: and the rarely used. */
export type Scope = 'changed' | 'set' | 'all' | 'hidden'

export type Printing = {
  readonly scope: Scope
  readonly secrets: 'hidden' | 'shown'
  readonly peer: DovecotPeer
  /** Which settings the asked-for module knows; null: all do. */
  readonly module: ((name: string) => boolean) | null
  /** managesieve_sieve_capability, as Pigeonhole itself told it; null: it could not be asked. */
  readonly capability: string | null
}

type Merged = {
  readonly settings: Map<string, string>
  readonly sections: { readonly type: string; readonly name: string; readonly merged: Merged }[]
}

/** doveconf -n, -N, -a, and -d with an empty configuration. */
export function printConf(conf: DovecotConf, printing: Printing): readonly string[] {
  const { scope, module } = printing
  const merged = mergeEntries(applyingEntries(conf.entries, printing.peer))
  const names = new Set([...listedNames(scope), ...merged.settings.keys()])
  const { capability } = printing
  if (capability !== null) for (const name of learned) names.add(name)
  if (capability?.split(' ').includes('enotify') !== true) names.delete('managesieve_notify_capability')
  const lines = [...names].flatMap((name) => {
    const usual = name === 'managesieve_sieve_capability' ? (capability ?? '') : (dovecotDefault(name) ?? '')
    const value = normalValue(name, merged.settings.get(name) ?? usual)
    if (module !== null && !module(name)) return []
    const same = scope === 'changed' && !learned.includes(name) && value === dovecotDefault(name)
    return same ? [] : [visibleLine(name, value, printing)]
  })
  const whole = isWhole(scope) ? withServices(merged) : merged
  return [
    ...sortedBlocks(lines, inModule(whole, module), 0, printing),
    ...printFilters(conf.entries, printing),
  ]
}

const isWhole = (scope: Scope): boolean => scope === 'all' || scope === 'hidden'

function listedNames(scope: Scope): readonly string[] {
  if (scope === 'hidden') return [...dovecotSettingNames, ...unlistedSettingNames]
  return scope === 'all' ? dovecotSettingNames : []
}

const inModule = (merged: Merged, module: Printing['module']): Merged =>
  module === null
    ? merged
    : { settings: merged.settings, sections: merged.sections.filter(({ type }) => module(type)) }

/** doveconf NAME for a section: all of its kind, with their defaults. Null when there is none of that name. */
export function printSections(conf: DovecotConf, type: string, peer: DovecotPeer): readonly string[] | null {
  const configured = mergeEntries(applyingEntries(conf.entries, peer))
  const merged = type === 'service' ? withServices(configured) : configured
  const asked = merged.sections.filter((section) => section.type === type)
  if (asked.length === 0) return type in sectionDefaults || type === 'plugin' ? [] : null
  const printing: Printing = { scope: 'all', secrets: 'shown', peer, module: null, capability: null }
  return sortedBlocks([], { settings: new Map(), sections: asked }, 0, printing)
}

/** `service/imap/process_limit`: null when there is no such section or setting. */
export function valueAtPath(conf: DovecotConf, path: string, peer: DovecotPeer): string | null {
  const words = path.split('/')
  const key = words.pop() ?? ''
  let here: Merged | undefined = withServices(mergeEntries(applyingEntries(conf.entries, peer)))
  let inner = ''
  while (words.length > 0) {
    const type = words.shift() ?? ''
    const name = type === 'plugin' ? '' : (words.shift() ?? '')
    here = here?.sections.find((section) => section.type === type && section.name === name)?.merged
    inner = type
  }
  const value: string | undefined = here?.settings.get(key) ?? sectionDefaults[inner]?.[key]
  return here === undefined || value === undefined ? null : normalOf(dovecotSectionType(inner, key), value)
}

/** 90s is `90 secs`, 65536 is `64 k`. */
export const normalValue = (name: string, value: string): string => normalOf(dovecotType(name), value)

function normalOf(type: DovecotType | null, value: string): string {
  switch (type?.kind) {
    case 'time':
    case 'milliseconds':
      return writeDovecotTime(value)
    case 'size':
      return writeDovecotSize(value)
    case 'bool':
      return /^(?:yes|y|1)$/i.test(value) ? 'yes' : 'no'
    case 'number':
    case 'port':
      return /^\d+$/.test(value) && value.length < 15 ? String(Number(value)) : value
    default:
      return value
  }
}

const quoted = (value: string): string =>
  /^\s|\s$|#/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value

function visibleLine(name: string, value: string, { secrets }: Printing): string {
  if (secrets === 'shown' || value === '') return `${name} = ${quoted(value)}`
  if (isSecret(name)) return `${name} = # hidden, use -P to show it`
  // A hidden part is itself written with hash signs, and those are not quoted.
  const hidden = hideSecrets(value)
  return hidden === value ? `${name} = ${quoted(value)}` : `${name} = ${hidden}`
}

const nameIsSetting = (type: string): boolean => type === 'passdb' || type === 'userdb'
/** A section of these that comes again under its name adds to the first. */
const adds = (type: string, name: string): boolean =>
  type === 'plugin' || type === 'dict' || (name !== '' && !nameIsSetting(type))

function mergeEntries(entries: readonly DovecotEntry[]): Merged {
  const merged: Merged = { settings: new Map(), sections: [] }
  for (const entry of entries) {
    if (entry.kind === 'setting') {
      merged.settings.set(entry.key, entry.shown)
    } else if (!isFilter(entry)) {
      const name = entry.type === 'plugin' || entry.type === 'dict' ? '' : entry.name
      addSections(merged, {
        settings: new Map(),
        sections: [{ type: entry.type, name, merged: mergeEntries(entry.entries) }],
      })
    }
  }
  return merged
}

function addSections(target: Merged, added: Merged): void {
  for (const section of added.sections) {
    const same = adds(section.type, section.name)
      ? target.sections.find(({ type, name }) => type === section.type && name === section.name)
      : undefined
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
  printing: Printing,
): readonly string[] {
  const indent = '  '.repeat(depth)
  const blocks = [
    ...lines.map((line) => ({ key: `${line.split(' ')[0] ?? ''}/`, text: [indent + line] })),
    ...merged.sections.map((section) => ({
      // As a path: `auth-worker` stands before `auth`.
      key: `${section.type}/${section.name === '' || nameIsSetting(section.type) ? '' : `${section.name}/`}`,
      text: printSection(section, depth, printing),
    })),
  ]
  return blocks.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).flatMap(({ text }) => text)
}

function printSection(
  section: Merged['sections'][number],
  depth: number,
  printing: Printing,
): readonly string[] {
  const { type, name, merged } = section
  const { scope } = printing
  const all = isWhole(scope)
  const shown = new Map<string, string>()
  const listener = all && type.endsWith('_listener') ? listenerDefaults(type) : {}
  const defaults: Readonly<Record<string, string>> = sectionDefaults[type] ?? listener
  if (all) for (const [key, value] of Object.entries(defaults)) shown.set(key, value)
  else if (type === 'namespace')
    for (const [key, value] of Object.entries(alwaysOfNamespace)) shown.set(key, value)
  else if (nameIsSetting(type) && (scope === 'set' || depth > 0)) shown.set('name', '')
  if (nameIsSetting(type) && name !== '') shown.set('name', name)
  for (const [key, written] of merged.settings) {
    const value = normalOf(dovecotSectionType(type, key), written)
    // A lookup at the top is compared with its defaults; of other sections everything that is written is shown.
    const same = scope === 'changed' && depth === 0 && nameIsSetting(type) && defaults[key] === value
    if (!same) shown.set(key, value)
  }

  const indent = '  '.repeat(depth)
  const lines = [...shown].map(([key, value]) => visibleLine(key, value, printing))
  const inside = sortedBlocks(lines, merged, depth + 1, printing)
  // A listener or passdb that changes nothing is not worth a line.
  if (inside.length === 0 && !all) return []
  const title = name === '' || nameIsSetting(type) ? type : `${type} ${/\s/.test(name) ? `"${name}"` : name}`
  return [`${indent}${title} {`, ...inside, `${indent}}`]
}

/** Each filter stands by itself, those around it repeated. */
function printFilters(entries: readonly DovecotEntry[], printing: Printing): readonly string[] {
  const { module } = printing
  return filteredParts(entries).flatMap(({ filter, entries }) => {
    const titles = filterTitles(filter)
    const merged = inModule(mergeEntries(entries), module)
    const lines = [...merged.settings]
      .filter(([name]) => module === null || module(name))
      .map(([name, value]) => visibleLine(name, normalValue(name, value), printing))
    const inside = sortedBlocks(lines, merged, titles.length, printing)
    if (inside.length === 0) return []
    const open = titles.map((title, i) => `${'  '.repeat(i)}${title} {`)
    return [...open, ...inside, ...titles.map((_, i) => `${'  '.repeat(titles.length - 1 - i)}}`)]
  })
}
