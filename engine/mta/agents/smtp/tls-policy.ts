/**
 * How much TLS a destination gets: none, if offered, always, or only with a certificate that proves who it is.
 *
 * TLS_README, "Client TLS limitations", "Client TLS security levels"; smtp_tls_policy_maps.
 */
import type { TlsDetails } from './dialogue.ts'

export type TlsPolicy = {
  readonly level: 'none' | 'may' | 'encrypt' | 'verify' | 'secure'
  /** Names that the certificate may carry: `hostname`, `nexthop`, `dot-nexthop`, or a name. */
  readonly match: readonly string[]
  readonly nexthop: string
  readonly servername: string | null
}

const levels = new Set(['none', 'may', 'encrypt', 'verify', 'secure'])

export const mustHaveTls = ({ level }: TlsPolicy): boolean => level !== 'none' && level !== 'may'

/** `policy`: the row of smtp_tls_policy_maps for the next hop, `encrypt match=example.org`. */
export function tlsPolicy(input: {
  readonly level: string
  readonly policy: string | null
  readonly nexthop: string
  readonly verifyMatch: readonly string[]
  readonly secureMatch: readonly string[]
}): TlsPolicy {
  const [word = '', ...attributes] = (input.policy ?? input.level).split(/[\s,]+/)
  // DANE and fingerprints need what this client does not look at: encryption is what is left of them.
  const level = levels.has(word) ? word : word === 'dane' ? 'may' : 'encrypt'
  const match = attributes.flatMap((attribute) =>
    attribute.startsWith('match=') ? attribute.slice(6).split(':') : [],
  )
  const servername = attributes.find((attribute) => attribute.startsWith('servername='))?.slice(11) ?? null
  return {
    level: level as TlsPolicy['level'],
    match: match.length > 0 ? match : level === 'secure' ? input.secureMatch : input.verifyMatch,
    nexthop: input.nexthop,
    servername,
  }
}

/** How far the server is trusted, in Postfix's words, and why that is not enough. */
export function tlsProblem(
  policy: TlsPolicy,
  details: TlsDetails,
  hostname: string,
): { readonly trust: string; readonly problem: string | null } {
  const named = certificateNames(details).some((name) => matches(name, policy, hostname))
  const trust = details.trusted ? (named ? 'Verified' : 'Trusted') : 'Untrusted'
  if (policy.level !== 'verify' && policy.level !== 'secure') {
    return { trust: details.trusted ? 'Trusted' : 'Untrusted', problem: null }
  }
  const problem = !details.trusted
    ? 'Server certificate not trusted'
    : named
      ? null
      : 'Server certificate not verified'
  return { trust, problem }
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
