/** The settings of the SMTP and LMTP client. `smtp_…` for one, `lmtp_…` for the other. postconf(5), smtp(8). */
import type { Settings } from '#config/settings.ts'

export type ClientSettings = {
  readonly protocol: 'smtp' | 'lmtp'
  readonly hostname: string
  readonly helloName: string
  readonly defaultPort: number
  readonly families: readonly ('A' | 'AAAA')[]
  readonly dns: 'enabled' | 'disabled'
  readonly addressLimit: number
  readonly sessionLimit: number
  readonly fallbackRelays: readonly string[]
  readonly bindAddress: string
  readonly lineLimit: number
  readonly skip5xxGreeting: boolean
  readonly alwaysSendEhlo: boolean
  readonly discardedKeywords: ReadonlySet<string>
  readonly cacheOnDemand: boolean
  readonly cacheDestinations: readonly string[]
  readonly cacheTime: number
  readonly reuseTime: number
  readonly reuseCount: number
  readonly timeouts: {
    readonly connect: number
    readonly hello: number
    readonly starttls: number
    readonly mail: number
    readonly recipient: number
    readonly dataInit: number
    readonly dataDone: number
    readonly reset: number
  }
  readonly tls: {
    readonly level: string
    readonly policyMaps: string
    readonly authorityFile: string
    readonly wrapper: boolean
    readonly verifyMatch: readonly string[]
    readonly secureMatch: readonly string[]
  }
  readonly sasl: {
    readonly enabled: boolean
    readonly passwordMaps: string
    readonly perSender: boolean
    readonly plaintextAllowed: boolean
    readonly plaintextAllowedWithTls: boolean
    readonly mechanisms: readonly string[]
  }
  readonly genericMaps: string
  /** `mime_` and `nested_` checks are those of the header unless given: header_checks(5). */
  readonly checks: {
    readonly header_checks: readonly string[]
    readonly mime_header_checks: readonly string[]
    readonly body_checks: readonly string[]
  }
}

export function readClientSettings(settings: Settings, protocol: 'smtp' | 'lmtp'): ClientSettings {
  const name = (rest: string) => `${protocol}_${rest}`
  const text = (rest: string) => settings.text(name(rest))
  const protocols = settings.list('inet_protocols').map((word) => word.toLowerCase())
  const all = protocols.includes('all')
  const plainOk = (options: string) => !settings.list(options).includes('noplaintext')
  const level = text('tls_security_level')
  return {
    protocol,
    hostname: settings.text('myhostname'),
    helloName: text(protocol === 'smtp' ? 'helo_name' : 'lhlo_name'),
    defaultPort:
      protocol === 'smtp'
        ? portOf(settings.text('smtp_tcp_port'))
        : portOf(settings.text('lmtp_tcp_port')) || 24,
    families: [
      ...(all || protocols.includes('ipv4') ? (['A'] as const) : []),
      ...(all || protocols.includes('ipv6') ? (['AAAA'] as const) : []),
    ],
    dns:
      settings.flag('disable_dns_lookups') || text('dns_support_level') === 'disabled'
        ? 'disabled'
        : 'enabled',
    addressLimit: settings.number(name('mx_address_limit')),
    sessionLimit: settings.number(name('mx_session_limit')),
    fallbackRelays: protocol === 'smtp' ? settings.list('smtp_fallback_relay') : [],
    bindAddress: text('bind_address'),
    lineLimit: settings.number(name('line_length_limit')),
    skip5xxGreeting: settings.flag(name('skip_5xx_greeting')),
    alwaysSendEhlo: protocol === 'lmtp' || settings.flag('smtp_always_send_ehlo'),
    discardedKeywords: new Set(
      settings
        .list(name(protocol === 'smtp' ? 'discard_ehlo_keywords' : 'discard_lhlo_keywords'))
        .map((word) => word.toUpperCase()),
    ),
    cacheOnDemand: settings.flag(name('connection_cache_on_demand')),
    cacheDestinations: settings.list(name('connection_cache_destinations')),
    cacheTime: settings.time(name('connection_cache_time_limit')),
    reuseTime: settings.time(name('connection_reuse_time_limit')),
    reuseCount: settings.number(name('connection_reuse_count_limit')),
    timeouts: {
      connect: settings.time(name('connect_timeout')),
      hello: settings.time(name(protocol === 'smtp' ? 'helo_timeout' : 'lhlo_timeout')),
      starttls: settings.time(name('starttls_timeout')),
      mail: settings.time(name('mail_timeout')),
      recipient: settings.time(name('rcpt_timeout')),
      dataInit: settings.time(name('data_init_timeout')),
      dataDone: settings.time(name('data_done_timeout')),
      reset: settings.time(name('rset_timeout')),
    },
    tls: {
      level: level === '' ? olderLevel(settings, protocol) : level,
      policyMaps: text('tls_policy_maps'),
      authorityFile: text('tls_CAfile'),
      wrapper: settings.flag(name('tls_wrappermode')),
      verifyMatch: settings.list(name('tls_verify_cert_match')),
      secureMatch: settings.list(name('tls_secure_cert_match')),
    },
    sasl: {
      enabled: settings.flag(name('sasl_auth_enable')),
      passwordMaps: text('sasl_password_maps'),
      perSender: settings.flag(name('sender_dependent_authentication')),
      plaintextAllowed: plainOk(name('sasl_security_options')),
      plaintextAllowedWithTls: plainOk(name('sasl_tls_security_options')),
      mechanisms: settings.list(name('sasl_mechanism_filter')).map((word) => word.toUpperCase()),
    },
    genericMaps: text('generic_maps'),
    checks: {
      header_checks: settings.list(name('header_checks')),
      mime_header_checks: settings.list(name('mime_header_checks')),
      body_checks: settings.list(name('body_checks')),
    },
  }
}

/** smtp_use_tls and smtp_enforce_tls, from before there were levels. */
function olderLevel(settings: Settings, protocol: string): string {
  if (settings.flag(`${protocol}_enforce_tls`)) return 'verify'
  return settings.flag(`${protocol}_use_tls`) ? 'may' : 'none'
}

const portOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) : text === '' ? 0 : 25)
