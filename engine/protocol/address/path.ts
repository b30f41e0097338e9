/**
 * Reads the address of MAIL, RCPT and VRFY. RFC 5321 wants `<local-part@domain>`; Postfix forgives missing brackets,
 * phrases and comments unless `strict_rfc821_envelopes = yes`, and so do we.
 *
 * RFC 5321 §4.1.2; postconf(5): strict_rfc821_envelopes.
 */
import { internalForm, parseInternal } from './address.ts'
import type { ForwardPath, ReversePath } from './address.ts'
import { isMailDomain } from './domain.ts'
import { addressTokens } from './tokens.ts'

export type PathLimits = {
  readonly strictEnvelopes: 'yes' | 'no'
  /** Whether this transaction speaks SMTPUTF8: only then may a domain have other letters than ASCII. */
  readonly smtputf8: 'yes' | 'no'
}

export type PathProblem = 'more than one address' | 'not in angle brackets' | 'empty' | 'bad domain'

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
  const bracketed = text.startsWith('<') && text.endsWith('>')
  const { addresses, others } = scan(bracketed ? text.slice(1, -1) : text)
  if (addresses.length > 1) return { ok: false, problem: 'more than one address' }
  const strict = limits.strictEnvelopes === 'yes'
  if (strict && (others > 0 || !text.startsWith('<'))) return { ok: false, problem: 'not in angle brackets' }

  const path = addresses[0] ?? emptyPath
  const { domain, localPart } = path.address
  if (strict && (path.route !== null || (localPart === '' && domain !== null))) {
    return { ok: false, problem: 'not in angle brackets' }
  }
  if (domain !== null && !isMailDomain(domain, limits)) return { ok: false, problem: 'bad domain' }
  return { ok: true, path }
}

const emptyPath: ForwardPath = { kind: 'address', address: { localPart: '', domain: null }, route: null }

/** The addresses of a text, and how much there is besides: phrases and comments. */
function scan(text: string): { addresses: readonly ForwardPath[]; others: number } {
  const tokens = addressTokens(text)
  const lastColon = tokens.findLastIndex((token) => token.kind === 'special' && token.text === ':')
  const addresses: ForwardPath[] = []
  let others = 0
  let route: string | null = null
  let words: string[] = []
  let wantsOperator = false

  const begin = () => {
    words = []
    route = null
    wantsOperator = false
  }
  const finish = () => {
    for (const [i, word] of words.entries()) addresses.push(pathOf(word, i === 0 ? route : null))
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
    } else if (token.text === ':') {
      const isRoute = words.length === 1 && words[0]?.startsWith('@') === true
      const prefix = isRoute ? `${words[0] ?? ''}:` : null
      begin()
      route = prefix
    } else if (token.text === ',' && words[0]?.startsWith('@') === true && i < lastColon) {
      append(',')
      wantsOperator = false
    } else {
      finish()
    }
  }
  finish()
  return { addresses, others }
}

const pathOf = (internal: string, route: string | null): ForwardPath => ({
  kind: 'address',
  address: parseInternal(internal),
  route,
})
