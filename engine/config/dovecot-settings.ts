/**
 * What dovecot.conf says, for one protocol and one client: `protocol imap { }`, `local { }` and `remote { }` apply where
 * they match, over what stands outside of them.
 *
 * Dovecot 2.3, "Config file syntax", filters.
 */
import type { DovecotConf, DovecotEntry, DovecotSetting } from '#config/dovecot-conf.ts'
import { dovecotDefault } from '#config/dovecot-defaults.ts'
import {
  compareFilters,
  filterMatches,
  filterTitles,
  innerFilter,
  isFilterType,
  noFilter,
  type DovecotFilter,
  type DovecotPeer,
} from '#config/dovecot-filter.ts'
import { readDovecotSize, readDovecotTime } from '#config/dovecot-values.ts'
import { expandVariables, userVariables } from '#config/dovecot-variables.ts'

export interface DovecotSettings {
  /** '' for a name that is neither set nor known. */
  text(key: string): string
  /** The same as doveconf shows it: with variables as they are written. */
  shown(key: string): string
  /** Words between white space, or commas. */
  list(key: string): readonly string[]
  flag(key: string): boolean
  number(key: string): number
  /** Milliseconds. */
  time(key: string): number
  /** Bytes; 0 means no limit. */
  size(key: string): number
  isSet(key: string): boolean
  /** A setting of `plugin { }`: quota_rule, sieve; null when it is not there. */
  plugin(key: string): string | null
  /** All sections of a type that apply, those of one name merged: service, passdb, userdb, namespace. */
  sections(type: string): readonly DovecotSectionView[]
  where(key: string): { readonly file: string; readonly line: number } | null
}

export type DovecotSectionView = {
  readonly type: string
  readonly name: string
  /** Null when the section does not give it. */
  get(key: string): string | null
  sections(type: string): readonly DovecotSectionView[]
}

export type DovecotSources = DovecotPeer & { readonly conf: DovecotConf | null }

export function createDovecotSettings(sources: DovecotSources): DovecotSettings {
  const entries = applyingEntries(sources.conf?.entries ?? [], sources)
  const settings = new Map<string, DovecotSetting>()
  for (const entry of entries) if (entry.kind === 'setting') settings.set(entry.key, entry)
  const plugins = mergedSections(entries, 'plugin')[0]
  const text = (key: string): string => settings.get(key)?.value ?? dovecotDefault(key) ?? ''

  return {
    text,
    shown: (key) => settings.get(key)?.shown ?? dovecotDefault(key) ?? '',
    list: (key) =>
      text(key)
        .split(/[\s,]+/)
        .filter((word) => word !== ''),
    flag: (key) => /^(?:yes|y|1|true)$/i.test(text(key)),
    number: (key) => (/^\d+$/.test(text(key)) ? Number(text(key)) : 0),
    time: (key) => valueOr(readDovecotTime(text(key)), 0),
    size: (key) => valueOr(readDovecotSize(text(key)), 0),
    isSet: (key) => settings.has(key),
    plugin: (key) => plugins?.get(key) ?? null,
    sections: (type) => mergedSections(entries, type),
    where(key) {
      const setting = settings.get(key)
      return setting ? { file: setting.file, line: setting.line } : null
    },
  }
}

/** The same for one user: what the user database says of settings counts more, and `%u` and its kin have a meaning. */
export function settingsOfUser(
  settings: DovecotSettings,
  { name, home, fields }: { name: string; home: string; fields?: ReadonlyMap<string, string> },
): DovecotSettings {
  const values = { ...userVariables(name), h: home }
  const own = fields ?? new Map<string, string>()
  const text = (key: string): string =>
    (dovecotDefault(key) === null ? undefined : own.get(key)) ?? settings.text(key)
  return {
    ...settings,
    text,
    list: (key) =>
      text(key)
        .split(/[\s,]+/)
        .filter((word) => word !== ''),
    flag: (key) => /^(?:yes|y|1|true)$/i.test(text(key)),
    plugin(key) {
      const value = own.get(key) ?? settings.plugin(key)
      return value === null ? null : expandVariables(value, values)
    },
  }
}

const valueOr = <T>(reading: { ok: true; value: T } | { ok: false }, otherwise: T): T =>
  reading.ok ? reading.value : otherwise

/** Entries outside of filters first, then those of the filters that match, the narrowest last: the later counts. */
export function applyingEntries(
  entries: readonly DovecotEntry[],
  peer: DovecotPeer,
): readonly DovecotEntry[] {
  const filtered = filteredParts(entries).filter(({ filter }) => filterMatches(filter, peer))
  return [...entries.filter((entry) => !isFilter(entry)), ...filtered.flatMap((part) => part.entries)]
}

export const isFilter = (entry: DovecotEntry): boolean => entry.kind === 'section' && isFilterType(entry.type)

/** What stands in filters, those of one filter together, the wider filters first. */
export function filteredParts(
  entries: readonly DovecotEntry[],
): readonly { readonly filter: DovecotFilter; readonly entries: readonly DovecotEntry[] }[] {
  const parts = new Map<string, { filter: DovecotFilter; entries: DovecotEntry[] }>()
  const walk = (inside: readonly DovecotEntry[], outer: DovecotFilter): void => {
    for (const entry of inside) {
      if (entry.kind !== 'section' || !isFilterType(entry.type)) continue
      const filter = innerFilter(outer, entry)
      if (typeof filter === 'string') continue
      const key = filterTitles(filter).join('\n')
      const part = parts.get(key) ?? { filter, entries: [] }
      parts.set(key, part)
      part.entries.push(...entry.entries.filter((inner) => !isFilter(inner)))
      walk(entry.entries, filter)
    }
  }
  walk(entries, noFilter)
  return [...parts.values()].sort((a, b) => compareFilters(a.filter, b.filter))
}

/** A section that comes again under the same name adds to the first; those without a name stand each alone. */
export function mergedSections(
  entries: readonly DovecotEntry[],
  type: string,
): readonly DovecotSectionView[] {
  const merged: { name: string; entries: DovecotEntry[] }[] = []
  for (const entry of entries) {
    if (entry.kind !== 'section' || entry.type !== type) continue
    const adds = type === 'plugin' || entry.name !== ''
    const same = adds ? merged.find(({ name }) => name === entry.name) : undefined
    if (same) same.entries.push(...entry.entries)
    else merged.push({ name: entry.name, entries: [...entry.entries] })
  }
  return merged.map(({ name, entries }) => ({
    type,
    name,
    get(key) {
      const found = entries.findLast((entry) => entry.kind === 'setting' && entry.key === key)
      return found?.kind === 'setting' ? found.value : null
    },
    sections: (inner) => mergedSections(entries, inner),
  }))
}
