/**
 * lmtp(8) is smtp(8) with another greeting: nearly every smtp_ parameter has its twin.
 *
 * postconf(5).
 */
import { parameterRows, type Parameter } from '#config/parameters/parameter.ts'
import { smtpParameters } from '#config/parameters/smtp.ts'
import { smtpTlsParameters } from '#config/parameters/smtp-tls.ts'

const onlySmtp = new Set([
  'smtp_always_send_ehlo',
  'smtp_never_send_ehlo',
  'smtp_tls_dane_insecure_mx_policy',
])

/** Where the twins differ. */
const otherDefaults: Readonly<Record<string, string>> = {
  lmtp_connect_timeout: '0s',
  lmtp_fallback_relay: '',
  lmtp_skip_quit_response: 'no',
  lmtp_tcp_port: '24',
  lmtp_tls_secure_cert_match: 'nexthop',
}

const own = parameterRows(`
@ lmtp
lmtp_assume_final bool = no
  Whether delivery by LMTP is reported as delivered rather than passed on.
  经 LMTP 的投递是否报告为已送达而非已转交。
`)

const twin = (text: string): string =>
  text
    .replace(/\bsmtp_/g, 'lmtp_')
    .replace(/_(?:helo|ehlo)_/g, '_lhlo_')
    .replace(/HELO 或 EHLO|HELO or EHLO|EHLO/g, 'LHLO')
    .replace(/\bSMTP\b|SMTP(?= )/g, 'LMTP')

function lmtpTwin(parameter: Parameter): Parameter {
  const name = twin(parameter.name)
  return {
    name,
    type: parameter.type,
    default: otherDefaults[name] ?? twin(parameter.default),
    daemons: ['lmtp'],
    en: twin(parameter.en),
    zh: twin(parameter.zh),
  }
}

export const lmtpParameters: readonly Parameter[] = [
  ...own,
  ...[...smtpParameters, ...smtpTlsParameters]
    .filter(({ name }) => name.startsWith('smtp_') && !onlySmtp.has(name))
    .map(lmtpTwin),
]
