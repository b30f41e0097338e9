/** The table sources that come with a lab and must be compiled before the start, as an administrator would with postmap and newaliases. */
import { parameters } from '#config/parameters.ts'
import type { Settings } from '#config/settings.ts'
import type { Postfix } from '#mta/postfix.ts'

export type CompiledTable = {
  readonly kind: 'hash' | 'btree'
  readonly path: string
  readonly format: 'aliases' | 'map'
}

/** The `hash:` and `btree:` tables that main.cf and master.cf name; those of alias_maps and alias_database are aliases(5). */
export function compiledTables(postfix: Postfix): readonly CompiledTable[] {
  const found = new Map<string, CompiledTable>()
  const readers = [postfix.settings, ...postfix.services.map((service) => postfix.settingsFor(service))]
  for (const settings of readers) {
    for (const { name } of parameters) {
      if (!settings.isSet(name)) continue
      const format = /^alias_(maps|database)$/.test(name) ? 'aliases' : 'map'
      for (const [, kind, path = ''] of valueOf(settings, name).matchAll(
        /\b(hash|btree):(\/[^\s,{}\])]+)/g,
      )) {
        if (format === 'aliases' || !found.has(path))
          found.set(path, { kind: kind === 'btree' ? 'btree' : 'hash', path, format })
      }
    }
  }
  return [...found.values()]
}

/** A value that cannot be expanded names no table; whoever reads it will say what is wrong with it. */
function valueOf(settings: Settings, name: string): string {
  try {
    return settings.text(name)
  } catch {
    return ''
  }
}
