/**
 * On what smtpd lets itself in for TLS: versions, ciphers, curves, and whether the client is asked for a certificate.
 *
 * TLS_README; postconf(5): smtpd_tls_protocols, smtpd_tls_ciphers, smtpd_tls_exclude_ciphers, smtpd_tls_ask_ccert.
 */
import type { Settings } from '#config/settings.ts'
import type { TlsTerms, TlsVersion } from '#engine/machine.ts'

export type SmtpdTlsTerms = {
  readonly terms: TlsTerms
  readonly certificates: 'not asked for' | 'asked for' | 'required'
  readonly authorities: string | null
  /** How fingerprints of certificates are made. */
  readonly digest: string
}

/** Why there is no TLS at all, or why each handshake fails, in the words of the log. */
export type SmtpdTls =
  | ({ readonly kind: 'ready' } & SmtpdTlsTerms)
  | { readonly kind: 'disabled' | 'no handshake'; readonly why: string }

const versions: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']
/** Their names are known, and none of them is to be had any more. */
const older = ['SSLv2', 'SSLv3']
const digests = /^(?:md5|sha1|sha224|sha256|sha384|sha512|ripemd160)$/i
/** TLS 1.3 has ciphers of its own, which no grade takes away. */
const newest = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256'

export function readTlsTerms(settings: Settings, level: 'none' | 'may' | 'encrypt'): SmtpdTls {
  const mandatory = level === 'encrypt'
  const list = settings.text(mandatory ? 'smtpd_tls_mandatory_protocols' : 'smtpd_tls_protocols')
  const allowed = readVersions(list)
  if (allowed === null) {
    return { kind: 'disabled', why: `Invalid TLS protocol list "${list}": disabling TLS support` }
  }
  const digest = settings.text('smtpd_tls_fingerprint_digest')
  if (!digests.test(digest)) return { kind: 'disabled', why: `Digest algorithm "${digest}" not found` }

  const grade = settings.text(mandatory ? 'smtpd_tls_mandatory_ciphers' : 'smtpd_tls_ciphers').toLowerCase()
  const ciphers = cipherList(settings, grade)
  if (ciphers === null) return { kind: 'no handshake', why: `invalid cipher grade: "${grade}"` }
  const excluded = [
    ...settings.list('smtpd_tls_exclude_ciphers'),
    ...(mandatory ? settings.list('smtpd_tls_mandatory_exclude_ciphers') : []),
  ]
  const asked = settings.flag('smtpd_tls_ask_ccert')
  const required = mandatory && settings.flag('smtpd_tls_req_ccert')
  return {
    kind: 'ready',
    terms: {
      versions: allowed,
      ciphers: [newest, ciphers, ...excluded.map((cipher) => `!${cipher}`)].join(':'),
      curves: settings.list('tls_eecdh_auto_curves'),
    },
    certificates: required ? 'required' : asked ? 'asked for' : 'not asked for',
    authorities: settings.text('smtpd_tls_CAfile') || null,
    digest,
  }
}

/** `>=TLSv1.2`, `!TLSv1.3`, `TLSv1.2 TLSv1.3`; null when a name is none. */
export function readVersions(text: string): readonly TlsVersion[] | null {
  const wanted = new Set<string>()
  const unwanted = new Set<string>()
  for (const word of text.split(/[\s,:]+/).filter((part) => part !== '')) {
    const [, operator = '', name = ''] = /^(!|>=|<=)?(.*)$/.exec(word) ?? []
    const known = [...older, ...versions].find((version) => version.toLowerCase() === name.toLowerCase())
    if (known === undefined) return null
    const at = [...older, ...versions].indexOf(known)
    if (operator === '') wanted.add(known)
    else if (operator === '!') unwanted.add(known)
    else {
      const outside =
        operator === '>=' ? [...older, ...versions].slice(0, at) : [...older, ...versions].slice(at + 1)
      for (const version of outside) unwanted.add(version)
    }
  }
  return versions.filter((version) => (wanted.size === 0 || wanted.has(version)) && !unwanted.has(version))
}

function cipherList(settings: Settings, grade: string): string | null {
  switch (grade) {
    case 'high':
      return settings.text('tls_high_cipherlist')
    // The weaker grades are all called medium now.
    case 'medium':
    case 'low':
    case 'export':
      return settings.text('tls_medium_cipherlist')
    case 'null':
      return settings.text('tls_null_cipherlist')
    default:
      return null
  }
}
