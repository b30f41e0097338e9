/** What main.cf and master.cf say to one smtpd service, read once for each reload. postconf(5), smtpd(8). */
import type { Settings } from '#config/settings.ts'
import { readTime } from '#config/values.ts'
import { checkStartup } from './startup.ts'
import { readTlsTerms } from './tls-terms.ts'

export type SmtpdSettings = ReturnType<typeof readSmtpdSettings>

export type TlsLevel = 'none' | 'may' | 'encrypt'

/** Throws SettingError when smtpd will not run with them. */
export function readSmtpdSettings(settings: Settings) {
  checkStartup(settings)
  const verpDelimiters = settings.text('default_verp_delimiters') || '+='
  return {
    all: settings,
    myhostname: settings.text('myhostname'),
    mailName: settings.text('mail_name') || 'Postfix',
    banner: settings.text('smtpd_banner'),
    timeout: settings.time('smtpd_timeout') || 300_000,
    lineLimit: settings.number('line_length_limit') || 2048,
    saslLineLimit: settings.number('smtpd_sasl_response_limit') || 12288,
    messageSizeLimit: settings.number('message_size_limit'),
    strictEnvelopes: yesNo(settings.flag('strict_rfc821_envelopes')),
    smtputf8: yesNo(settings.flag('smtputf8_enable')),
    ipv6: yesNo(/ipv6|all/.test(settings.text('inet_protocols'))),
    forbidsPipelining: settings.flag('smtpd_forbid_unauth_pipelining'),
    strictSmtputf8: settings.flag('strict_smtputf8'),
    heloRequired: yesNo(settings.flag('smtpd_helo_required')),
    delayReject: yesNo(settings.flag('smtpd_delay_reject')),
    disableVrfy: yesNo(settings.flag('disable_vrfy_command')),
    peernameLookup: yesNo(settings.flag('smtpd_peername_lookup')),
    softBounce: yesNo(settings.flag('soft_bounce')),
    forbidBareNewline: settings.text('smtpd_forbid_bare_newline').toLowerCase(),
    forbiddenCommands: settings.list('smtpd_forbidden_commands'),
    noopCommands: settings.list('smtpd_noop_commands'),
    commandFilter: settings.text('smtpd_command_filter'),
    discardKeywords: settings.list('smtpd_discard_ehlo_keywords'),
    discardMaps: settings.list('smtpd_discard_ehlo_keyword_address_maps'),
    rejectFooter: settings.text('smtpd_reject_footer'),
    rejectFooterMaps: settings.list('smtpd_reject_footer_maps'),
    fastFlushDomains: settings.list('fast_flush_domains'),
    verp: {
      defaults: verpDelimiters,
      allowed: settings.text('verp_delimiter_filter') || '-=+',
    },
    errors: {
      sleep: settings.time('smtpd_error_sleep_time'),
      soft: settings.number('smtpd_soft_error_limit'),
      hard: settings.number('smtpd_hard_error_limit'),
      junk: settings.number('smtpd_junk_command_limit'),
    },
    historyLimit: settings.number('smtpd_history_flush_threshold'),
    recipients: {
      limit: settings.number('smtpd_recipient_limit'),
      overshoot: settings.number('smtpd_recipient_overshoot_limit'),
    },
    limits: {
      unit: anvilUnit(settings),
      connections: settings.number('smtpd_client_connection_count_limit'),
      connection: settings.number('smtpd_client_connection_rate_limit'),
      message: settings.number('smtpd_client_message_rate_limit'),
      recipient: settings.number('smtpd_client_recipient_rate_limit'),
      tls: settings.number('smtpd_client_new_tls_session_rate_limit'),
      auth: settings.number('smtpd_client_auth_rate_limit'),
    },
    tls: {
      level: tlsLevel(settings),
      wrapper: yesNo(settings.flag('smtpd_tls_wrappermode')),
      // Where TLS is required, no password goes without it.
      authOnly: yesNo(settings.flag('smtpd_tls_auth_only') || tlsLevel(settings) === 'encrypt'),
      receivedHeader: yesNo(settings.flag('smtpd_tls_received_header')),
      agreement: readTlsTerms(settings, tlsLevel(settings)),
      startTimeout: settings.time('smtpd_starttls_timeout') || 300_000,
      certificate: settings.text('smtpd_tls_chain_files') || settings.text('smtpd_tls_cert_file'),
      key:
        settings.text('smtpd_tls_chain_files') ||
        settings.text('smtpd_tls_key_file') ||
        settings.text('smtpd_tls_cert_file'),
    },
    sasl: {
      enabled: yesNo(settings.flag('smtpd_sasl_auth_enable')),
      type: settings.text('smtpd_sasl_type') === 'dovecot' ? ('dovecot' as const) : ('cyrus' as const),
      brokenClients: yesNo(settings.flag('broken_sasl_auth_clients')),
      authenticatedHeader: yesNo(settings.flag('smtpd_sasl_authenticated_header')),
      options: settings.list('smtpd_sasl_security_options'),
      tlsOptions: settings.list('smtpd_sasl_tls_security_options'),
      filter: settings.list('smtpd_sasl_mechanism_filter'),
      exceptions: settings.list('smtpd_sasl_exceptions_networks'),
    },
    clients: {
      limitExceptions: settings.list('smtpd_client_event_limit_exceptions'),
      xclient: settings.list('smtpd_authorized_xclient_hosts'),
      xforward: settings.list('smtpd_authorized_xforward_hosts'),
      verp: settings.list('smtpd_authorized_verp_clients'),
      bareNewlineExclusions: settings.list('smtpd_forbid_bare_newline_exclusions'),
    },
    overrides: settings.list('receive_override_options'),
  }
}

/** anvil is a program of its own: with a unit that it cannot read it ends, and nobody is counted for long. */
function anvilUnit(settings: Settings): number {
  const reading = readTime('anvil_rate_time_unit', settings.text('anvil_rate_time_unit'), 's')
  return reading.ok ? reading.value || 1 : 1
}

const yesNo = (flag: boolean): 'yes' | 'no' => (flag ? 'yes' : 'no')

function tlsLevel(settings: Settings): TlsLevel {
  const level = settings.text('smtpd_tls_security_level').toLowerCase()
  if (level === 'may' || level === 'none') return level
  // `verify` and `secure` are for clients; a server takes the next best.
  if (level !== '') return 'encrypt'
  // The older parameters still count where the newer one is empty.
  if (settings.flag('smtpd_enforce_tls')) return 'encrypt'
  return settings.flag('smtpd_use_tls') ? 'may' : 'none'
}
