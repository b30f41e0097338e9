/**
 * Paths as Dovecot's LMTP server reads them: what is between `<` and `>`. A reverse-path may be broken in many ways,
 * it is only written down; a forward-path must be an address.
 *
 * RFC 5321 §4.1.2. The words of refusal are Dovecot's.
 */
export type LmtpPath = {
  /** Unquoted. */
  readonly localPart: string
  /** Null: none was given. */
  readonly domain: string | null
}

export type PathReading =
  | { readonly ok: true; readonly path: LmtpPath | null; readonly rest: string }
  | { readonly ok: false; readonly why: string }

const no = (why: string): PathReading => ({ ok: false, why })

const atomCharacter = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]/

export function readPath(text: string, kind: 'reverse' | 'forward'): PathReading {
  if (/^[ \t]/.test(text)) return no('Unexpected whitespace before path')
  if (text === '') return no('Path is empty string')
  if (!text.startsWith('<')) return no("Missing '<' at beginning of path")
  const route = kind === 'forward' ? sourceRoute(text) : /^<(?:@[^:<>\s]*:)?/.exec(text)?.[0].length
  if (typeof route === 'string') return no(route)
  const start = route ?? 1

  const local = readLocalPart(text, start)
  if (typeof local === 'string') return no(local)
  const reading = kind === 'reverse' ? looseDomain(text, local.end) : strictDomain(text, local.end)
  if (typeof reading === 'string') return no(reading)

  const rest = text.slice(reading.end)
  if (rest !== '' && !/^[ \t]/.test(rest)) return no('Invalid character in path')
  if (local.value === '' && reading.domain === null && start === 1) return { ok: true, path: null, rest }
  // A sender who cannot be is nobody.
  const isWhole = text[local.end] === '@' && reading.domain !== null && isDomain(reading.domain)
  if (kind === 'reverse' && !isWhole) return { ok: true, path: null, rest }
  return { ok: true, path: { localPart: local.value, domain: reading.domain }, rest }
}

/** `user@domain`, the local part quoted where it must be. */
export function writePath({ localPart, domain }: LmtpPath): string {
  const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/
  const local = atoms.test(localPart) ? localPart : `"${localPart.replace(/[\\"]/g, '\\$&')}"`
  return domain === null ? local : `${local}@${domain}`
}

/** Where the mailbox begins after `<@a,@b:`; a text says what is wrong. */
function sourceRoute(text: string): number | string {
  if (text[1] !== '@') return 1
  const found = /^<@[A-Za-z0-9.-]+(?:,@[A-Za-z0-9.-]+)*/.exec(text)
  if (found === null) return "Missing domain after '@'"
  return text[found[0].length] === ':' ? found[0].length + 1 : "Missing ':' at end of source route"
}

function readLocalPart(text: string, start: number): { value: string; end: number } | string {
  if (text[start] !== '"') {
    let end = start
    while (end < text.length && atomCharacter.test(text[end] ?? '')) end++
    return { value: text.slice(start, end), end }
  }
  let value = ''
  for (let i = start + 1; i < text.length; i++) {
    const character = text.charAt(i)
    if (character === '"') return { value, end: i + 1 }
    if (character === '\\') i++
    value += text.charAt(i)
  }
  return 'Premature end of quoted string'
}

const isDomain = (domain: string): boolean =>
  /^(?:\[[^\][\s<>]+\]|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)$/.test(domain)

/** Up to `>`, whatever stands there, but no blanks. */
function looseDomain(text: string, start: number): { domain: string | null; end: number } | string {
  const close = text.indexOf('>', start)
  if (close < 0) return "Missing '>' at end of path"
  const inner = text.slice(start, close)
  if (/[\s<]/.test(inner)) return 'Invalid character in localpart'
  const at = inner.indexOf('@')
  return { domain: at < 0 ? null : inner.slice(at + 1), end: close + 1 }
}

function strictDomain(text: string, start: number): { domain: string | null; end: number } | string {
  if (text[start] === '>') return { domain: null, end: start + 1 }
  if (text[start] !== '@') return "Missing '>' at end of path"
  const found = /^@(\[[^\][\s<>]+\]|[A-Za-z0-9._-]+)/.exec(text.slice(start))
  if (found === null) return "Missing domain after '@'"
  const domain = found[1] ?? ''
  if (domain.includes('..')) return 'Empty sub-domain'
  if (domain.endsWith('.')) return 'Invalid character in domain'
  const end = start + found[0].length
  return text[end] === '>' ? { domain, end: end + 1 } : "Missing '>' at end of path"
}
