/**
 * The right-hand side of an alias, of a .forward and of an :include: file: addresses, commands, files and lists.
 *
 * aliases(5): `alice, "|/usr/bin/vacation alice", /var/mail/archive, :include:/etc/list`.
 */
import { addressesIn, readAddressList } from '#protocol/message/address-list.ts'

export type Target =
  | { readonly kind: 'address'; readonly address: string }
  /** `\alice`: this user's mailbox, no aliases and no .forward. */
  | { readonly kind: 'mailbox'; readonly user: string }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'include'; readonly path: string }

/** One line or value. Parts are separated by commas; quotes keep what is in them together. */
export function readTargets(text: string): readonly Target[] {
  return splitAtCommas(text).flatMap(readTarget)
}

/** A file of them: a line each or several, `#` begins a comment, blank lines count for nothing. */
export function readTargetFile(text: string): readonly Target[] {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue
    if (/^\s/.test(line) && lines.length > 0) lines.push(`${lines.pop() ?? ''} ${line.trim()}`)
    else lines.push(line.trim())
  }
  return lines.flatMap(readTargets)
}

function readTarget(part: string): readonly Target[] {
  const bare = unquoted(part)
  if (bare.startsWith('|')) return [{ kind: 'command', command: bare.slice(1).trim() }]
  if (bare.startsWith('/')) return [{ kind: 'file', path: bare }]
  const include = /^:include:(.*)$/i.exec(bare)
  if (include) return [{ kind: 'include', path: unquoted((include[1] ?? '').trim()) }]
  if (part.startsWith('\\')) return [{ kind: 'mailbox', user: part.slice(1) }]
  return addressesIn(readAddressList(part)).map((address) => ({ kind: 'address', address }))
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text
}

function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  let quoted = false
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i)
    if (c === '\\') {
      part += c + text.charAt(++i)
      continue
    }
    if (c === '"') quoted = !quoted
    else if (!quoted && c === '(') depth++
    else if (!quoted && c === ')') depth = Math.max(0, depth - 1)
    if (c === ',' && !quoted && depth === 0) {
      parts.push(part.trim())
      part = ''
    } else {
      part += c
    }
  }
  parts.push(part.trim())
  return parts.filter((one) => one !== '')
}
