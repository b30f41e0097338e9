/** The settings of the SMTP and LMTP client. `smtp_…` for one, `lmtp_…` for the other. postconf(5), smtp(8). */
import type { Settings } from '#config/settings.ts'
import { tlsLevels } from './tls-policy.ts'

export type ClientSettings = {
  readonly protocol: 'smtp' | 'lmtp'
  /** Why the daemon does not even start; null when it does. */
  readonly fatal: string | null
  readonly hostname: string
  readonly helloName: string
  readonly defaultPort: number
  readonly families: readonly ('A' | 'AAAA')[]
  /** smtp_dns_support_level; without it, disable_dns_lookups. */
  readonly dns: 'enabled' | 'disabled'
  readonly hostLookup: readonly ('dns' | 'native')[]
  readonly addressPreference: 'any' | 'A' | 'AAAA'
  readonly shuffleAddresses: 'yes' | 'no'
  readonly onMxFailure: 'stop' | 'use the host'
  readonly onNoMxAddress: 'as found' | 'defer'
  readonly relayhost: string
  /** The transport for mail whose best mail exchanger we are. */
  readonly bestMxTransport: string
  readonly addressLimit: number
  readonly sessionLimit: number
  readonly fallbackRelays: readonly string[]
  readonly bindAddress: string
  readonly lineLimit: number
  readonly skip5xxGreeting: boolean
  readonly ehlo: 'always' | 'never' | 'if greeted so'
  readonly discardedKeywords: string
  /** smtp_discard_ehlo_keyword_address_maps. */
  readonly discardedKeywordMaps: string
  readonly replyFilter: string
  readonly quoteEnvelope: boolean
  readonly dummyMailAuth: boolean
  /** Whether 8-bit mail becomes 7-bit for a server that takes no other. */
  readonly convertMime: boolean
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
    /** minimal_backoff_time: how old a letter is before it may go in clear text because TLS does not work. */
    readonly plainAfter: number
    readonly verifyMatch: readonly string[]
    readonly secureMatch: readonly string[]
    readonly fingerprints: readonly string[]
    readonly digest: string
    readonly logLevel: number
  }
  readonly sasl: {
    readonly enabled: boolean
    readonly passwordMaps: string
    readonly perSender: boolean
    /** What is forbidden: `noplaintext`, `noanonymous`. */
    readonly options: readonly string[]
    readonly tlsOptions: readonly string[]
    /** smtp_sasl_mechanism_filter: names, `!name`, tables; empty: all will do. */
    readonly mechanisms: readonly string[]
    /** A refused login is tried again later. */
    readonly softBounce: boolean
  }
  readonly genericMaps: string
  /** How deep MIME is read. */
  readonly mime: { readonly headerSize: number; readonly nesting: number; readonly boundaryLength: number }
  readonly checks: {
    readonly header_checks: readonly string[]
    readonly mime_header_checks: readonly string[]
    readonly nested_header_checks: readonly string[]
    readonly body_checks: readonly string[]
  }
}

const families: Readonly<Record<string, 'A' | 'AAAA'>> = { ipv4: 'A', ipv6: 'AAAA' }

export function readClientSettings(settings: Settings, protocol: 'smtp' | 'lmtp'): ClientSettings {
  const name = (rest: string) => `${protocol}_${rest}`
  const text = (rest: string) => settings.text(name(rest))
  const protocols = settings.list('inet_protocols').map((word) => word.toLowerCase())
  const all = protocols.includes('all')
  const level = text('tls_security_level')
  const support = text('dns_support_level') || (settings.flag('disable_dns_lookups') ? 'disabled' : 'enabled')
  const dns = support === 'disabled' ? 'disabled' : 'enabled'
  return {
    protocol,
    fatal: mistakeIn(settings, protocol, level),
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
    dns,
    hostLookup:
      dns === 'disabled'
        ? ['native']
        : (['dns', 'native'] as const).filter((way) => settings.list(name('host_lookup')).includes(way)),
    addressPreference: families[text('address_preference')] ?? 'any',
    shuffleAddresses: settings.flag(name('randomize_addresses')) ? 'yes' : 'no',
    onMxFailure: settings.flag('ignore_mx_lookup_error') ? 'use the host' : 'stop',
    onNoMxAddress: settings.flag(name('defer_if_no_mx_address_found')) ? 'defer' : 'as found',
    relayhost: settings.text('relayhost'),
    bestMxTransport: protocol === 'smtp' ? settings.text('best_mx_transport') : '',
    addressLimit: settings.number(name('mx_address_limit')),
    sessionLimit: settings.number(name('mx_session_limit')),
    fallbackRelays: protocol === 'smtp' ? settings.list('smtp_fallback_relay') : [],
    bindAddress: text('bind_address'),
    lineLimit: settings.number(name('line_length_limit')),
    skip5xxGreeting: settings.flag(name('skip_5xx_greeting')),
    ehlo:
      protocol === 'lmtp'
        ? 'always'
        : settings.flag('smtp_never_send_ehlo')
          ? 'never'
          : settings.flag('smtp_always_send_ehlo')
            ? 'always'
            : 'if greeted so',
    discardedKeywords: text(protocol === 'smtp' ? 'discard_ehlo_keywords' : 'discard_lhlo_keywords'),
    discardedKeywordMaps: `${protocol}_discard_${protocol === 'smtp' ? 'ehlo' : 'lhlo'}_keyword_address_maps`,
    replyFilter: name('reply_filter'),
    quoteEnvelope: settings.flag(name('quote_rfc821_envelope')),
    dummyMailAuth: settings.flag(name('send_dummy_mail_auth')),
    convertMime: !settings.flag('disable_mime_output_conversion'),
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
      plainAfter: settings.time('minimal_backoff_time'),
      verifyMatch: settings.list(name('tls_verify_cert_match')),
      secureMatch: settings.list(name('tls_secure_cert_match')),
      fingerprints: settings.list(name('tls_fingerprint_cert_match')),
      digest: text('tls_fingerprint_digest'),
      logLevel: settings.number(name('tls_loglevel')),
    },
    sasl: {
      enabled: settings.flag(name('sasl_auth_enable')),
      passwordMaps: text('sasl_password_maps'),
      perSender: settings.flag(name('sender_dependent_authentication')),
      options: settings.list(name('sasl_security_options')),
      tlsOptions: settings.list(name('sasl_tls_security_options')),
      mechanisms: settings.list(name('sasl_mechanism_filter')),
      softBounce: settings.flag(name('sasl_auth_soft_bounce')),
    },
    genericMaps: text('generic_maps'),
    mime: {
      headerSize: settings.number('header_size_limit'),
      nesting: settings.number('mime_nesting_limit'),
      boundaryLength: settings.number('mime_boundary_length_limit'),
    },
    checks: {
      header_checks: settings.list(name('header_checks')),
      mime_header_checks: settings.list(name('mime_header_checks')),
      nested_header_checks: settings.list(name('nested_header_checks')),
      body_checks: settings.list(name('body_checks')),
    },
  }
}

function mistakeIn(settings: Settings, protocol: string, level: string): string | null {
  if (level !== '' && !tlsLevels.has(level)) return `Invalid TLS level "${level}"`
  const maps = `${protocol}_sasl_password_maps`
  return settings.flag(`${protocol}_sasl_auth_enable`) && settings.text(maps) === ''
    ? `specify a password table via the \`${maps}' configuration parameter`
    : null
}

/** smtp_use_tls and smtp_enforce_tls, from before there were levels. */
function olderLevel(settings: Settings, protocol: string): string {
  if (settings.flag(`${protocol}_enforce_tls`)) {
    return settings.flag(`${protocol}_tls_enforce_peername`) ? 'verify' : 'encrypt'
  }
  return settings.flag(`${protocol}_use_tls`) ? 'may' : 'none'
}

const portOf = (text: string): number => (/^\d+$/.test(text) ? Number(text) : text === '' ? 0 : 25)
