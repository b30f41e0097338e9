/**
 * Which SASL mechanisms this client may use now, and why another may not.
 *
 * postconf(5): smtpd_sasl_security_options, smtpd_sasl_tls_security_options, smtpd_tls_auth_only.
 */
import { SettingError } from '#config/settings.ts'
import type { SmtpdSession } from './handler.ts'
import { hasWord } from './lists.ts'

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

/** What the back end has and the security options allow: what AUTH takes. EHLO may show less. */
export function usableMechanisms(session: Asked): readonly string[] {
  const { sasl, saslContext } = session
  if (sasl === null) return []
  const options = securityOptions(session)
  return sasl.mechanisms(saslContext).filter((mechanism) => isAllowed(session, mechanism, options))
}

/** Of those, what EHLO shows: smtpd_sasl_mechanism_filter. */
export async function shownMechanisms(
  session: Asked & Pick<SmtpdSession, 'postfix'>,
): Promise<readonly string[]> {
  const { postfix, settings } = session
  const shown: string[] = []
  for (const mechanism of usableMechanisms(session)) {
    if (await hasWord(postfix, settings.sasl.filter, mechanism)) shown.push(mechanism)
  }
  return shown
}

/** An smtpd whose client could not authenticate at all does not go on. */
export async function requireMechanisms(session: Asked & Pick<SmtpdSession, 'postfix'>): Promise<void> {
  const { settings, sasl, now } = session
  const active = settings.sasl.enabled === 'yes' && (settings.tls.authOnly === 'no' || now.tls !== null)
  if (!active || sasl === null) return
  if (securityOptions(session).some((option) => !knownOptions.has(option))) {
    throw new SettingError('SASL per-connection initialization failed')
  }
  const shown = await shownMechanisms(session)
  if (shown.length === 0) throw new SettingError('no SASL authentication mechanisms')
}

/** Whether a mechanism is there but would show the password: Cyrus says so. */
export function needsEncryption(session: Asked, mechanism: string): boolean {
  const { sasl, saslContext, settings } = session
  if (settings.sasl.type === 'dovecot' || !securityOptions(session).includes('noplaintext')) return false
  const here = sasl?.mechanisms(saslContext).includes(mechanism) === true
  return here && cyrusProperties[mechanism]?.includes('noplaintext') === false
}

function securityOptions({ settings, now }: Pick<Asked, 'settings' | 'now'>): readonly string[] {
  const { type, options, tlsOptions } = settings.sasl
  const given = now.tls === null ? options : tlsOptions
  return type === 'dovecot' ? given.map((option) => option.toLowerCase()) : given
}

const knownOptions: ReadonlySet<string> = new Set([
  'noplaintext',
  'noactive',
  'nodictionary',
  'noanonymous',
  'forward_secrecy',
  'mutual_auth',
])

function isAllowed({ settings }: Asked, mechanism: string, options: readonly string[]): boolean {
  const properties = settings.sasl.type === 'dovecot' ? dovecotProperties : cyrusProperties
  const has = properties[mechanism] ?? []
  return options.every((option) => has.includes(option))
}

const cyrusScram = ['noplaintext', 'noactive', 'noanonymous', 'mutual_auth']
const dovecotScram = ['noplaintext', 'noactive', 'nodictionary', 'noanonymous', 'mutual_auth']

/** What each plugin says of itself. */
const cyrusProperties: Readonly<Record<string, readonly string[]>> = {
  ANONYMOUS: ['noplaintext'],
  PLAIN: ['noanonymous'],
  LOGIN: ['noanonymous'],
  'CRAM-MD5': ['noplaintext', 'noanonymous'],
  'DIGEST-MD5': ['noplaintext', 'noanonymous', 'mutual_auth'],
  'SCRAM-SHA-1': cyrusScram,
  'SCRAM-SHA-256': cyrusScram,
}

const dovecotProperties: Readonly<Record<string, readonly string[]>> = {
  ANONYMOUS: ['noplaintext', 'noactive', 'nodictionary'],
  PLAIN: ['noactive', 'nodictionary', 'noanonymous'],
  LOGIN: ['noactive', 'nodictionary', 'noanonymous'],
  'CRAM-MD5': ['noplaintext', 'noanonymous'],
  'DIGEST-MD5': ['noplaintext', 'noanonymous', 'mutual_auth'],
  'SCRAM-SHA-1': dovecotScram,
  'SCRAM-SHA-256': dovecotScram,
}
