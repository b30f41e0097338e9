/** Compiles the table sources that come with a lab, as an administrator would with postmap and newaliases before the start. */
import type { Postfix } from '#mta/postfix.ts'

/** The `hash:` and `btree:` tables that main.cf and master.cf name; those of alias_maps and alias_database are aliases(5). */
export function compiledTables(
  postfix: Postfix,
  parameters: readonly string[],
): readonly { name: string; format: 'aliases' | 'map' }[] {
  const found = new Map<string, 'aliases' | 'map'>()
  const values = [postfix.settings, ...postfix.services.map((service) => postfix.settingsFor(service))]
  for (const settings of values) {
    for (const parameter of parameters) {
      const format = /^alias_(maps|database)$/.test(parameter) ? 'aliases' : 'map'
      for (const [name] of settings.text(parameter).matchAll(/\b(?:hash|btree):\/[^\s,{}\])]+/g)) {
        if (format === 'aliases' || !found.has(name)) found.set(name, format)
      }
    }
  }
  return [...found].map(([name, format]) => ({ name, format }))
}
