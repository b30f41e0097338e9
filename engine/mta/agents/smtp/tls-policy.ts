/**
 * How much TLS a destination gets: none, if offered, always, or only with a certificate that proves who it is.
 *
 * TLS_README, "Client TLS limitations", "Client TLS security levels"; smtp_tls_policy_maps.
 */
import { createHash } from 'node:crypto'
import type { TlsDetails } from './dialogue.ts'

export type TlsPolicy = {
  readonly level: 'none' | 'may' | 'encrypt' | 'fingerprint' | 'verify' | 'secure'
  /** Names that the certificate may carry: `hostname`, `nexthop`, `dot-nexthop`, or a name; or its fingerprints. */
  readonly match: readonly string[]
  readonly nexthop: string
  readonly servername: string | null
  /** Of the fingerprints: `sha256`. */
  readonly digest: string
  /** Why no mail can go there with this policy; null when it can. */
  readonly mistake: string | null
}

export const tlsLevels: ReadonlySet<string> = new Set([
  ...['none', 'may', 'encrypt', 'fingerprint', 'verify', 'secure'],
  ...['half-dane', 'dane', 'dane-only'],
])

export const mustHaveTls = ({ level }: TlsPolicy): boolean => level !== 'none' && level !== 'may'

/** Where TLS is no must and does not work, a letter of some age goes in clear text, but no password does. */
export const mayGoPlain = (
  {
    tls,
    sasl,
  }: { readonly tls: { readonly plainAfter: number }; readonly sasl: { readonly enabled: boolean } },
  { level }: TlsPolicy,
  age: number,
): boolean => level === 'may' && age >= tls.plainAfter && !sasl.enabled

/** `policy`: the row of smtp_tls_policy_maps for the next hop, `encrypt match=example.org`. */
export function tlsPolicy(input: {
  readonly level: string
  readonly policy: string | null
  readonly nexthop: string
  readonly verifyMatch: readonly string[]
  readonly secureMatch: readonly string[]
  readonly fingerprints: readonly string[]
  readonly digest: string
}): TlsPolicy {
  const { policy, nexthop, digest } = input
  const [word = '', ...attributes] = (policy ?? input.level).trim().split(/[\s,]+/)
  const level = levelOf(word)
  const given = attributes.flatMap((attribute) =>
    attribute.startsWith('match=') ? attribute.slice(6).split(level === 'fingerprint' ? '|' : ':') : [],
  )
  const usual = { fingerprint: input.fingerprints, secure: input.secureMatch, verify: input.verifyMatch }
  const match = given.length > 0 ? given : level in usual ? usual[level as keyof typeof usual] : []
  const servername = attributes.find((attribute) => attribute.startsWith('servername='))?.slice(11) ?? null
  const unknown = attributes.find((attribute) => !policyAttributes.has(attribute.replace(/=.*/s, '')))
  const destination = `smtp_tls_policy_maps, next-hop destination "${nexthop}":`
  const mistake = !tlsLevels.has(word.toLowerCase())
    ? `${destination} invalid security level "${word}"`
    : unknown !== undefined
      ? `${destination} invalid attribute name: "${unknown.replace(/=.*/s, '')}"`
      : level === 'fingerprint' && match.length === 0
        ? `nexthop domain ${nexthop}: configured at fingerprint security level, but with no fingerprints to match.`
        : null
  return { level, match, nexthop, servername, digest, mistake }
}

const policyAttributes = new Set([
  ...['protocols', 'ciphers', 'exclude', 'match', 'servername', 'connection_reuse'],
])

/** DANE needs records that a lab's zone does not sign: encryption, where it is offered, is what is left of it. */
function levelOf(word: string): TlsPolicy['level'] {
  switch (word.toLowerCase()) {
    case 'none':
    case 'may':
    case 'encrypt':
    case 'fingerprint':
    case 'verify':
    case 'secure':
      return word.toLowerCase() as TlsPolicy['level']
    case 'dane':
    case 'half-dane':
      return 'may'
    default:
      return 'encrypt'
  }
}

/** What the log tells of a certificate that will not do; null when it says nothing. */
export function certificateComplaint(policy: TlsPolicy, details: TlsDetails, where: string): string | null {
  if (policy.level !== 'verify' && policy.level !== 'secure') return null
  if (details.trusted) return `server certificate verification failed for ${where}: num=62:hostname mismatch`
  const issuer: unknown = (details.certificate as { issuer?: { CN?: unknown } }).issuer?.CN
  const why =
    details.reason === 'DEPTH_ZERO_SELF_SIGNED_CERT'
      ? 'self-signed certificate'
      : details.reason === 'CERT_HAS_EXPIRED'
        ? 'certificate has expired'
        : `untrusted issuer /CN=${typeof issuer === 'string' ? issuer : ''}`
  return `certificate verification failed for ${where}: ${why}`
}

/** How far the server is trusted, in Postfix's words, and why that is not enough. */
export function tlsProblem(
  policy: TlsPolicy,
  details: TlsDetails,
  hostname: string,
): { readonly trust: string; readonly problem: string | null } {
  if (policy.level === 'fingerprint') return byFingerprint(policy, details)
  const named = certificateNames(details).some((name) => matches(name, policy, hostname))
  if (policy.level !== 'verify' && policy.level !== 'secure') {
    return { trust: details.trusted ? 'Trusted' : 'Untrusted', problem: null }
  }
  const verified = details.trusted && named
  return {
    trust: verified ? 'Verified' : 'Untrusted',
    problem: verified ? null : 'Server certificate not verified',
  }
}

function byFingerprint({ match, digest }: TlsPolicy, { certificate }: TlsDetails) {
  const print = createHash(digest || 'sha256')
    .update(certificate.raw)
    .digest('hex')
  const known = match.some((one) => one.replaceAll(':', '').toLowerCase() === print)
  return {
    trust: known ? 'Verified' : 'Untrusted',
    problem: known ? null : 'Server certificate not verified',
  }
}

function certificateNames({ certificate }: TlsDetails): readonly string[] {
  const alternatives = (certificate.subjectaltname ?? '')
    .split(/,\s*/)
    .flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []))
  if (alternatives.length > 0) return alternatives
  const common: unknown = (certificate as { subject?: { CN?: unknown } }).subject?.CN
  return typeof common === 'string' ? [common] : []
}

function matches(name: string, policy: TlsPolicy, hostname: string): boolean {
  const lower = name.toLowerCase()
  return policy.match.some((pattern) => {
    switch (pattern) {
      case 'hostname':
        return covers(lower, hostname.toLowerCase())
      case 'nexthop':
        return covers(lower, policy.nexthop.toLowerCase())
      case 'dot-nexthop':
        return lower.endsWith(`.${policy.nexthop.toLowerCase()}`)
      default:
        return pattern.startsWith('.')
          ? lower.endsWith(pattern.toLowerCase())
          : covers(lower, pattern.toLowerCase())
    }
  })
}

/** RFC 6125 §6.4.3: `*.example.org` covers one more label. */
const covers = (certified: string, name: string): boolean =>
  certified === name ||
  (certified.startsWith('*.') && name.includes('.') && certified.slice(1) === name.slice(name.indexOf('.')))
