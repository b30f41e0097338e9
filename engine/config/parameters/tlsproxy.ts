/**
 * tlsproxy(8) speaks TLS for postscreen and smtp, and takes its settings from theirs.
 *
 * postconf(5).
 */
import type { Parameter } from '#config/parameters/parameter.ts'
import { smtpTlsParameters } from '#config/parameters/smtp-tls.ts'
import { smtpdSecurityParameters } from '#config/parameters/smtpd-security.ts'

/** Names after `smtpd_`, which follow `tlsproxy_`. */
const serverNames = `
enforce_tls tls_CAfile tls_CApath tls_always_issue_session_ids tls_ask_ccert tls_ccert_verifydepth tls_cert_file
tls_chain_files tls_ciphers tls_dcert_file tls_dh1024_param_file tls_dh512_param_file tls_dkey_file tls_eccert_file
tls_eckey_file tls_eecdh_grade tls_exclude_ciphers tls_fingerprint_digest tls_key_file tls_loglevel
tls_mandatory_ciphers tls_mandatory_exclude_ciphers tls_mandatory_protocols tls_protocols tls_req_ccert
tls_security_level use_tls
`

/** Names after `smtp_tls_`, or `smtp_` where there is none such, which follow `tlsproxy_client_`. */
const clientNames = `
CAfile CApath cert_file chain_files dcert_file dkey_file eccert_file eckey_file enforce_tls fingerprint_digest key_file
loglevel per_site policy_maps scert_verifydepth security_level use_tls
`

/** Two were named differently once, and the old name still counts. */
const olderNames: Readonly<Record<string, string>> = {
  tlsproxy_client_policy_maps: 'tlsproxy_client_policy',
  tlsproxy_client_security_level: 'tlsproxy_client_level',
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

function follow(name: string, of: readonly Parameter[], candidates: readonly string[]): Parameter {
  const followed = of.find((parameter) => candidates.includes(parameter.name))
  if (!followed) throw new Error(`parameter table: ${name}`)
  const older = olderNames[name]
  return {
    name,
    type: followed.type,
    default: older === undefined ? `$${followed.name}` : `\${${older}:$${followed.name}}`,
    daemons: ['tlsproxy'],
    en: `The value of ${followed.name} that tlsproxy uses.`,
    zh: `tlsproxy 使用的 ${followed.name} 值。`,
  }
}

export const tlsproxyParameters: readonly Parameter[] = [
  ...words(serverNames).map((name) => follow(`tlsproxy_${name}`, smtpdSecurityParameters, [`smtpd_${name}`])),
  ...words(clientNames).map((name) =>
    follow(`tlsproxy_client_${name}`, smtpTlsParameters, [`smtp_tls_${name}`, `smtp_${name}`]),
  ),
]
