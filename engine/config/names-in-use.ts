/**
 * Which names of main.cf mean something: a parameter of Postfix, a restriction class, or a name of the operator's own
 * that a value mentions.
 *
 * postconf(1), "unused parameter".
 */
import type { MainCf } from '#config/main-cf.ts'
import { parameter, parameters } from '#config/parameters.ts'
import { splitList } from '#config/values.ts'

/** `others`: values that main.cf does not hold, such as those of `-o` in master.cf; `alsoKnown`: parameters of services. */
export function namesInUse(
  mainCf: MainCf | null,
  others: readonly string[],
  alsoKnown: ReadonlyMap<string, string> = new Map(),
): ReadonlySet<string> {
  const values = [...(mainCf?.values.values() ?? [])].map(({ value }) => value)
  const defaults = [...parameters.map((row) => row.default), ...alsoKnown.values()]
  const classes = splitList(mainCf?.values.get('smtpd_restriction_classes')?.value ?? '')
  const mentioned = new Set([...classes, ...[...values, ...others, ...defaults].flatMap(mentionedNames)])
  const tables = new Set([...values, ...others].flatMap(mentionedTables))

  const used = new Set<string>()
  for (const name of mentioned) if (!parameter(name) && !alsoKnown.has(name)) used.add(name)
  for (const name of mainCf?.values.keys() ?? []) {
    // `ldap:accounts` takes its settings from `accounts_server_host`: one of its prefixes is a table.
    if (prefixes(name).some((prefix) => tables.has(prefix))) used.add(name)
  }
  return used
}

const prefixes = (name: string): readonly string[] =>
  [...name.matchAll(/_/g)].slice(0, 20).map(({ index }) => name.slice(0, index))

/** Every `$name`, `${name`, `$(name`, however deep; `$$` mentions nothing. */
export function mentionedNames(text: string): readonly string[] {
  return [...text.replaceAll('$$', '').matchAll(/\$[{(]?\s*([A-Za-z0-9_]+)/g)].map((match) => match[1] ?? '')
}

/** Tables that are described in main.cf itself. */
function mentionedTables(text: string): readonly string[] {
  const found = text.matchAll(/\b(?:ldap|mysql|pgsql|sqlite|memcache):([A-Za-z0-9_]+)(?![/.\w])/g)
  return [...found].map((match) => match[1] ?? '')
}
