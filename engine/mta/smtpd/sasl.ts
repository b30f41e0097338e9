/** Which SASL mechanisms this client may use now. postconf(5): smtpd_sasl_security_options, smtpd_tls_auth_only. */
import type { SmtpdSession } from './handler.ts'

type Asked = Pick<SmtpdSession, 'settings' | 'sasl' | 'saslContext' | 'now' | 'discards'>

export function saslActive({ settings, sasl, now, discards }: Asked): boolean {
  if (settings.sasl.enabled === 'no' || sasl === null || discards.has('auth')) return false
  return settings.tls.authOnly === 'no' || now.tls !== null
}

/** The setting for want of which there is no AUTH here and now. */
export function saslBlocker({ settings, sasl, discards }: Asked): readonly [setting: string, value: string] {
  if (settings.sasl.enabled === 'no') return ['smtpd_sasl_auth_enable', 'no']
  if (sasl === null) return ['smtpd_sasl_type', settings.sasl.type]
  if (discards.has('auth')) return ['smtpd_discard_ehlo_keywords', 'auth']
  if (settings.tls.level === 'encrypt') return ['smtpd_tls_security_level', 'encrypt']
  return ['smtpd_tls_auth_only', 'yes']
}

export function offeredMechanisms(session: Asked): readonly string[] {
  const { settings, sasl, now, saslContext } = session
  if (sasl === null) return []
  const options = now.tls === null ? settings.sasl.options : settings.sasl.tlsOptions
  return sasl.mechanisms(saslContext).filter((mechanism) => allowed(mechanism, options))
}

function allowed(mechanism: string, options: ReadonlySet<string>): boolean {
  const plaintext = mechanism === 'PLAIN' || mechanism === 'LOGIN'
  const guessable = plaintext || mechanism === 'CRAM-MD5' || mechanism === 'DIGEST-MD5'
  const mutual = mechanism === 'DIGEST-MD5' || mechanism.startsWith('SCRAM-')
  if (options.has('noplaintext') && plaintext) return false
  if (options.has('noanonymous') && mechanism === 'ANONYMOUS') return false
  if (options.has('noactive') && guessable && mechanism !== 'DIGEST-MD5') return false
  if (options.has('nodictionary') && (guessable || mutual)) return false
  if (options.has('mutual_auth') && !mutual) return false
  return !options.has('forward_secrecy')
}
