/**
 * Where a user's scripts are, by `plugin { sieve = file:~/sieve;active=~/.dovecot.sieve }` and its kin.
 *
 * Pigeonhole 0.5, "Script location".
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'

export type UserPlace = { readonly name: string; readonly home: string }

export type ScriptPlaces = {
  /** The folder with all scripts of the user; null: there is only the one. */
  readonly folder: string | null
  readonly active: string
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** For a user who has none active. */
  readonly standard: string | null
  readonly global: string | null
}

export function scriptPlaces(settings: DovecotSettings, user: UserPlace): ScriptPlaces {
  const expanded = (text: string | null) => (text === null || text === '' ? null : expand(text, user))
  const numbered = (name: string) => {
    const found: string[] = []
    for (let i = 1; i < 100; i++) {
      const path = expanded(settings.plugin(i === 1 ? name : `${name}${i}`))
      if (path !== null) found.push(pathOf(path))
      else if (i > 1) break
    }
    return found
  }
  const [first = '', ...options] = (settings.plugin('sieve') ?? 'file:~/sieve;active=~/.dovecot.sieve').split(
    ';',
  )
  const active = options.find((option) => option.startsWith('active='))?.slice('active='.length)
  const path = pathOf(expand(first, user))
  const legacy = expanded(settings.plugin('sieve_dir'))
  const single = active === undefined && path.endsWith('.sieve')
  return {
    folder: single ? legacy : path,
    active: single ? path : expand(active ?? '~/.dovecot.sieve', user),
    before: numbered('sieve_before'),
    after: numbered('sieve_after'),
    standard: expanded(settings.plugin('sieve_default')),
    global: expanded(settings.plugin('sieve_global') ?? settings.plugin('sieve_global_dir')),
  }
}

const pathOf = (location: string): string =>
  location
    .replace(/^file:/, '')
    .replace(/;.*$/, '')
    .replace(/\/+$/, '')

function expand(text: string, { name, home }: UserPlace): string {
  const at = name.lastIndexOf('@')
  const values: { readonly [letter: string]: string } = {
    u: name,
    n: at < 0 ? name : name.slice(0, at),
    d: at < 0 ? '' : name.slice(at + 1),
    h: home,
    '%': '%',
  }
  const filled = text.replace(/%L?([undh%])/g, (_all, letter: string) => values[letter] ?? '')
  return filled.replace(/^(file:)?~(?=\/|$)/, (_all, kind: string | undefined) => `${kind ?? ''}${home}`)
}
