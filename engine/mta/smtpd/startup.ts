/**
 * What an smtpd will not run with: it says so in the log and ends, again and again, and the client waits for a greeting.
 *
 * smtpd(8); postconf(5).
 */
import { SettingError } from '#config/settings.ts'
import type { Settings } from '#config/settings.ts'
import { checkValues } from './startup-values.ts'

const atLeast: Readonly<Record<string, number>> = {
  line_length_limit: 512,
  header_size_limit: 1,
  smtpd_recipient_limit: 1,
  smtpd_recipient_overshoot_limit: 1,
  smtpd_soft_error_limit: 1,
  smtpd_hard_error_limit: 1,
  smtpd_junk_command_limit: 1,
  smtpd_history_flush_threshold: 1,
  smtpd_sasl_response_limit: 12_288,
  smtpd_min_data_rate: 1,
}

const notEmpty = ['smtpd_banner', 'myhostname', 'mail_name', 'smtpd_sasl_type'] as const
const atLeastOneSecond = ['smtpd_timeout', 'smtpd_starttls_timeout'] as const

const tempfailActions = [
  'unknown_helo_hostname_tempfail_action',
  'unknown_address_tempfail_action',
  'unverified_recipient_tempfail_action',
  'unverified_sender_tempfail_action',
] as const

const receiveOverrides = new Set([
  'no_unknown_recipient_checks',
  'no_address_mappings',
  'no_header_body_checks',
  'no_milters',
])

/** Throws SettingError with what the log says. */
export function checkStartup(settings: Settings): void {
  checkValues(settings)
  for (const [name, minimum] of Object.entries(atLeast)) {
    const value = settings.number(name)
    if (value < minimum) throw new SettingError(`invalid ${name} parameter value ${value} < ${minimum}`)
  }
  for (const name of notEmpty) {
    if (settings.text(name) === '') throw new SettingError(`bad string length 0 < 1: ${name} = `)
  }
  if (settings.text('smtpd_expansion_filter') === '') {
    throw new SettingError('bad string length (0 < 1): smtpd_expansion_filter = ')
  }
  for (const name of atLeastOneSecond) {
    if (settings.time(name) < 1000) throw new SettingError(`invalid ${name}: ${settings.text(name)} (min 1)`)
  }
  const bareNewline = settings.text('smtpd_forbid_bare_newline')
  if (!/^(?:|no|yes|normalize|reject)$/i.test(bareNewline)) {
    throw new SettingError(`bad parameter value: 'smtpd_forbid_bare_newline = ${bareNewline}'`)
  }
  if (
    settings.flag('smtpd_sasl_auth_enable') &&
    !/^(?:cyrus|dovecot)$/.test(settings.text('smtpd_sasl_type'))
  ) {
    throw new SettingError('SASL per-process initialization failed')
  }
  for (const name of tempfailActions) {
    const action = settings.text(name)
    if (!/^(?:defer|defer_if_permit)$/i.test(action))
      throw new SettingError(`bad configuration: ${name} = ${action}`)
  }
  for (const option of settings.list('receive_override_options')) {
    if (receiveOverrides.has(option)) continue
    const whole = settings.text('receive_override_options')
    throw new SettingError(`unknown receive_override_options value "${option}" in "${whole}"`)
  }
  for (const name of settings.list('smtpd_restriction_classes')) {
    if (settings.text(name) === '') throw new SettingError(`restriction class \`${name}' needs a definition`)
  }
  const level = settings.text('smtpd_tls_security_level')
  if (!/^(?:|none|may|encrypt|fingerprint|verify|secure)$/i.test(level)) {
    throw new SettingError(`Invalid TLS level "${level}"`)
  }
}
