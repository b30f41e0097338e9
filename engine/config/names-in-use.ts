/**
 * Which names of main.cf mean something: a parameter of Postfix, a restriction class, or a name of the operator's own
 * that a value in use mentions.
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
  const values = mainCf?.values ?? new Map<string, { value: string }>()
  const used = new Set<string>()
  const toRead: string[] = [...others]
  for (const row of parameters) toRead.push(values.get(row.name)?.value ?? row.default)
  for (const [name, value] of alsoKnown) toRead.push(values.get(name)?.value ?? value)

  const use = (name: string) => {
    if (used.has(name) || parameter(name) || alsoKnown.has(name)) return
    used.add(name)
    const value = values.get(name)?.value
    if (value !== undefined) toRead.push(value)
  }
  for (const name of splitList(values.get('smtpd_restriction_classes')?.value ?? '')) use(name)
  for (let text = toRead.pop(); text !== undefined; text = toRead.pop()) {
    for (const name of mentionedNames(text)) use(name)
    for (const name of mentionedTables(text))
      for (const key of values.keys()) if (key.startsWith(name)) use(key)
  }
  return used
}

/** Every `$name`, `${name`, `$(name`, however deep; `$$` mentions nothing. */
export function mentionedNames(text: string): readonly string[] {
  return [...text.replaceAll('$$', '').matchAll(/\$[{(]?\s*([A-Za-z0-9_]+)/g)].map((match) => match[1] ?? '')
}

/** `ldap:accounts` takes its settings from `accounts_server_host` and the like. */
function mentionedTables(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:ldap|mysql|pgsql|sqlite|memcache):([A-Za-z0-9_]+)(?![/.\w])/g)].map(
    (m) => `${m[1] ?? ''}_`,
  )
}
