/**
 * Dovecot's variables in the text of a setting: `%u`, `%Ln`, `%{user}`, `%2.1Mn`. Width and modifiers stand between the
 * percent sign and the name.
 *
 * Dovecot 2.3, "Variables".
 */
export type DovecotVariables = Readonly<Record<string, string | undefined>>

/** `key` → the name by which the values are given; a letter stands for itself. */
const longNames: Readonly<Record<string, string>> = {
  user: 'u',
  username: 'n',
  domain: 'd',
  home: 'h',
  service: 's',
  protocol: 's',
  lip: 'l',
  local_ip: 'l',
  rip: 'r',
  remote_ip: 'r',
  pid: 'p',
  uid: 'i',
  mech: 'm',
  password: 'w',
  lport: 'a',
  rport: 'b',
  secured: 'c',
  cert: 'k',
}

const pattern = /%(?:(\d+)\.)?(-?\d+)?([A-Z]*)(\{[^}]*\}|[a-z%!$])/g

export function expandVariables(text: string, values: DovecotVariables): string {
  if (!text.includes('%')) return text
  // One at the very end names nothing, and is dropped.
  return text
    .replace(/(?<!%)%$/, '')
    .replace(
      pattern,
      (
        _all: string,
        offset: string | undefined,
        width: string | undefined,
        modifiers: string,
        key: string,
      ) => {
        if (key === '%') return '%'
        const name = key.startsWith('{') ? key.slice(1, -1) : key
        const value = of(values, name) ?? of(values, of(longNames, name) ?? name)
        if (value === undefined) return `UNSUPPORTED_VARIABLE_${name}`
        return cut(modified(value, modifiers), offset, width)
      },
    )
}

const of = (values: DovecotVariables, name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined

function modified(value: string, modifiers: string): string {
  let text = value
  for (const modifier of modifiers) {
    if (modifier === 'L') text = text.toLowerCase()
    else if (modifier === 'U') text = text.toUpperCase()
    else if (modifier === 'R') text = Array.from(text).reverse().join('')
    else if (modifier === 'X') text = Number.isFinite(Number(text)) ? Number(text).toString(16) : text
    else if (modifier === 'T') text = text.trim()
    else if (modifier === 'D') text = text.split('.').join(',dc=')
    else if (modifier === 'E') text = text.replace(/[\\'"]/g, '\\$&')
  }
  return text
}

function cut(text: string, offset: string | undefined, width: string | undefined): string {
  const from = Number(offset ?? 0)
  if (width === undefined) return text.slice(from)
  if (width.startsWith('0')) return text.slice(from).padStart(Number(width), '0')
  const length = Number(width)
  return length < 0 ? text.slice(from).slice(0, length) : text.slice(from, from + length)
}

/** What a user's name gives: `%u`, `%n`, `%d`. */
export function userVariables(user: string): DovecotVariables {
  const at = user.indexOf('@')
  return { u: user, n: at < 0 ? user : user.slice(0, at), d: at < 0 ? '' : user.slice(at + 1) }
}
