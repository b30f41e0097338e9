/**
 * Reads the address of MAIL, RCPT and VRFY. RFC 5321 wants `<local-part@domain>`; Postfix forgives missing brackets,
 * phrases and comments unless `strict_rfc821_envelopes = yes`, and so do we.
 *
 * RFC 5321 §4.1.2; postconf(5): strict_rfc821_envelopes.
 */
import { internalForm, parseInternal, writeAddress } from './address.ts'
import type { Address, ForwardPath, ReversePath } from './address.ts'
import { isMailDomain } from './domain.ts'
import { addressTokens } from './tokens.ts'

export type PathLimits = {
  readonly strictEnvelopes: 'yes' | 'no'
  /** Whether this transaction speaks SMTPUTF8: only then may a domain have other letters than ASCII. */
  readonly smtputf8: 'yes' | 'no'
  /** allow_min_user: an address that begins with `-` could be taken for an option of a command. */
  readonly leadingDash?: 'allowed' | 'refused'
}

export type PathProblem =
  'leading dash' | 'more than one address' | 'not in angle brackets' | 'empty' | 'bad domain'

export type PathResult<P> =
  { readonly ok: true; readonly path: P } | { readonly ok: false; readonly problem: PathProblem }

export function readReversePath(text: string, limits: PathLimits): PathResult<ReversePath> {
  const found = findAddress(text, limits)
  if (!found.ok) return found
  return internalForm(found.path) === '' ? { ok: true, path: { kind: 'null' } } : found
}

export function readForwardPath(text: string, limits: PathLimits): PathResult<ForwardPath> {
  const found = findAddress(text, limits)
  if (found.ok && internalForm(found.path) === '') return { ok: false, problem: 'empty' }
  return found
}

function findAddress(text: string, limits: PathLimits): PathResult<ForwardPath> {
  const { route, rest } = withoutRoute(text)
  const { addresses, others } = scan(rest)
  if (addresses.length > 1) return { ok: false, problem: 'more than one address' }
  const strict = limits.strictEnvelopes === 'yes'
  if (strict && (others > 0 || !text.startsWith('<'))) return { ok: false, problem: 'not in angle brackets' }

  const address = addresses[0] ?? nobody
  const { domain, localPart } = address
  if (strict && writeAddress(address, 'internal').startsWith('@')) {
    return { ok: false, problem: 'not in angle brackets' }
  }
  if (localPart.startsWith('-') && limits.leadingDash === 'refused')
    return { ok: false, problem: 'leading dash' }
  // `user@`, `user@host@`: what a domain without a name means, the server's settings of routing say.
  const unnamed = domain === null || domain === ''
  if (!unnamed && !isMailDomain(domain, limits)) return { ok: false, problem: 'bad domain' }
  return { ok: true, path: { kind: 'address', address, route } }
}

const nobody: Address = { localPart: '', domain: null }

/**
 * `<@relay,@other:user@domain>`: the source route comes off, and nobody follows it. It is looked for in the characters,
 * before they are words: whatever stands between the first `@` and the first colon goes. RFC 5321 appendix C.
 */
function withoutRoute(text: string): { route: string | null; rest: string } {
  const inside = text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text
  const colon = inside.startsWith('@') ? inside.indexOf(':') : -1
  return colon < 0
    ? { route: null, rest: inside }
    : { route: inside.slice(0, colon + 1), rest: inside.slice(colon + 1) }
}

/** The addresses of a text, and how much there is besides: phrases and comments. */
function scan(text: string): { addresses: readonly Address[]; others: number } {
  const tokens = addressTokens(text)
  const end = tokens.findLastIndex((token) => token.kind === 'special' && token.text === ';')
  const lastColon = tokens.findLastIndex((token) => token.kind === 'special' && token.text === ':')
  const addresses: Address[] = []
  let others = 0
  let words: string[] = []
  let wantsOperator = false

  const begin = () => {
    words = []
    wantsOperator = false
  }
  const finish = () => {
    for (const word of words) addresses.push(parseInternal(word))
    begin()
  }
  const append = (more: string) => {
    const last = words.pop() ?? ''
    words.push(last + more)
  }

  for (const [i, token] of tokens.entries()) {
    if (token.kind === 'comment') {
      others++
    } else if (token.kind !== 'special') {
      // Two words with no dot or `@` between them: a phrase if `<` follows, else two addresses.
      if (wantsOperator) words.push(token.text)
      else append(token.text)
      wantsOperator = true
    } else if (token.text === '.' || token.text === '@') {
      append(token.text)
      wantsOperator = false
    } else if (token.text === '<') {
      others += words.length
      begin()
    } else if (token.text === ':' && i < end) {
      // `friends: one, two;`: what stands before the colon is the name of a group.
      others += words.length
      begin()
    } else if (token.text === ':') {
      append(':')
      wantsOperator = false
    } else if (token.text === ',' && words[0]?.startsWith('@') === true && i < lastColon) {
      append(',')
      wantsOperator = false
    } else {
      if (token.text !== '>') others++
      finish()
    }
  }
  finish()
  return { addresses, others }
}
