/**
 * What dovecot.conf says, for one protocol and one client: `protocol imap { }`, `local { }` and `remote { }` apply where
 * they match, over what stands outside of them.
 *
 * Dovecot 2.3, "Config file syntax", filters.
 */
import type { DovecotConf, DovecotEntry, DovecotSection, DovecotSetting } from '#config/dovecot-conf.ts'
import { dovecotDefault } from '#config/dovecot-defaults.ts'
import { readDovecotSize, readDovecotTime } from '#config/dovecot-values.ts'
import { expandVariables, userVariables } from '#config/dovecot-variables.ts'
import { inNetwork } from '#config/network.ts'

export interface DovecotSettings {
  /** '' for a name that is neither set nor known. */
  text(key: string): string
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

export type DovecotSources = {
  readonly conf: DovecotConf | null
  /** imap, pop3, lmtp, lda, sieve. */
  readonly protocol?: string
  readonly local?: string
  readonly remote?: string
}

export function createDovecotSettings(sources: DovecotSources): DovecotSettings {
  const entries = applying(sources.conf?.entries ?? [], sources)
  const settings = new Map<string, DovecotSetting>()
  for (const entry of entries) if (entry.kind === 'setting') settings.set(entry.key, entry)
  const plugins = mergedSections(entries, 'plugin')[0]
  const text = (key: string): string => settings.get(key)?.value ?? dovecotDefault(key) ?? ''

  return {
    text,
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

/** Entries outside of filters first, then those of the filters that match: the later counts. */
function applying(entries: readonly DovecotEntry[], sources: DovecotSources): readonly DovecotEntry[] {
  const plain: DovecotEntry[] = []
  const filtered: DovecotEntry[] = []
  for (const entry of entries) {
    if (entry.kind === 'setting' || !isFilter(entry)) plain.push(entry)
    else if (filterMatches(entry, sources)) filtered.push(...applying(entry.entries, sources))
  }
  return [...plain, ...filtered]
}

export const isFilter = (section: DovecotSection): boolean =>
  ['protocol', 'local', 'remote', 'local_name'].includes(section.type)

function filterMatches(section: DovecotSection, sources: DovecotSources): boolean {
  switch (section.type) {
    case 'protocol':
      return section.name.startsWith('!')
        ? sources.protocol !== section.name.slice(1)
        : sources.protocol === section.name
    case 'local':
      return sources.local !== undefined && inNetwork(sources.local, section.name)
    case 'remote':
      return sources.remote !== undefined && inNetwork(sources.remote, section.name)
    default:
      return false
  }
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
