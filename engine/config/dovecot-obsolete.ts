/**
 * Settings of Dovecot 1.x that 2.3 still understands: what it says of each, and what it reads in its place.
 *
 * Dovecot 2.3, "Upgrading Dovecot v1.2 to v2.0" and "v2.2 to v2.3".
 */
import { named } from '#protocol/named.ts'

export type Obsolete = {
  /** What doveconf warns of. */
  readonly told: readonly string[]
  /** Said as an error, without an end to the reading. */
  readonly wrong?: string
  /** `service/auth/user`, `ssl`: these stand there instead. */
  readonly instead: readonly { readonly path: string; readonly value: string }[]
}

const removed = new Set([
  'dbox_rotate_days',
  'dbox_rotate_min_size',
  'login_dir',
  'mail_log_max_lines_per_sec',
  'maildir_copy_preserve_filename',
])
const notNeeded = new Set(['ssl_dh_parameters_length', 'ssl_parameters_regenerate'])

type Renamed = { readonly to: string; readonly value: (old: string) => string }

const same = (value: string): string => value
const isYes = (value: string): boolean => /^(?:yes|y|1)$/i.test(value)
const megabytes = (value: string): string => (/^\d+$/.test(value) ? `${value}M` : value)

const renamed: Readonly<Record<string, Renamed>> = named({
  dbox_rotate_size: { to: 'mdbox_rotate_size', value: same },
  fsync_disable: { to: 'mail_fsync', value: (old) => (isYes(old) ? 'never' : 'optimized') },
  ssl_disable: { to: 'ssl', value: (old) => (isYes(old) ? 'no' : 'yes') },
})

const ofLogin: Readonly<Record<string, Renamed>> = named({
  login_chroot: { to: 'chroot', value: (old) => (isYes(old) ? 'login' : '') },
  login_executable: { to: 'executable', value: same },
  login_max_connections: { to: 'client_limit', value: same },
  login_max_processes_count: { to: 'process_limit', value: same },
  login_process_per_connection: { to: 'service_count', value: (old) => (isYes(old) ? '1' : '0') },
  login_process_size: { to: 'vsz_limit', value: megabytes },
  login_processes_count: { to: 'process_min_avail', value: same },
  login_user: { to: 'user', value: same },
})
const ofMail: Readonly<Record<string, Renamed>> = named({
  mail_drop_priv_before_exec: { to: 'drop_priv_before_exec', value: same },
  mail_executable: { to: 'executable', value: same },
  mail_process_size: { to: 'vsz_limit', value: megabytes },
  max_mail_processes: { to: 'process_limit', value: same },
})
const ofAuth: Readonly<Record<string, Renamed>> = named({
  auth_chroot: { to: 'chroot', value: same },
  auth_executable: { to: 'executable', value: same },
  auth_process_size: { to: 'vsz_limit', value: megabytes },
  auth_user: { to: 'user', value: same },
})

/** Those of one protocol, or of all. */
function servicesOf(what: 'login' | 'mail', protocol: string | null): readonly string[] {
  const all = what === 'login' ? loginServices : mailServices
  const own = protocol === 'sieve' ? 'managesieve' : protocol
  return own === null ? all : all.filter((name) => name === own || name === `${own}-login`)
}

const loginServices = ['imap-login', 'managesieve-login', 'pop3-login']
const mailServices = ['imap', 'managesieve', 'pop3']

/** Null for a setting that is as it should be. `protocol` is the block around it. */
export function obsoleteSetting(key: string, value: string, protocol: string | null): Obsolete | null {
  if (removed.has(key)) return { told: [`${key} has been removed`], instead: [] }
  if (notNeeded.has(key)) return { told: [`${key} is no longer needed`], instead: [] }
  if (key === 'auth_count')
    return { told: ['auth_count has been removed, and its value must be 1'], instead: [] }
  const other = renamed[key]
  if (other) {
    return {
      told: [`${key} has been renamed to ${other.to}`],
      instead: [{ path: other.to, value: other.value(value) }],
    }
  }
  const ofService = inServices(key, value, protocol)
  if (ofService) return ofService
  switch (key) {
    case 'ssl_cert_file':
    case 'ssl_key_file':
    case 'ssl_ca_file': {
      const now = key.replace('_file', '')
      return {
        told: [`${key} has been replaced by ${now} = <file`],
        instead: [{ path: now, value: `<${value}` }],
      }
    }
    case 'ssl_protocols':
      return fromProtocols(value)
    case 'sieve':
      return {
        told: ['sieve has been moved into plugin {} section'],
        instead: [{ path: 'plugin/sieve', value }],
      }
    case 'sieve_storage':
      return {
        told: ['sieve_storage has been moved into plugin { sieve_dir }'],
        instead: [{ path: 'plugin/sieve_storage', value }],
      }
    case 'auth_cache_size':
      if (!/^[1-9]\d*$/.test(value)) return null
      return {
        told: [`auth_cache_size value no longer defaults to megabytes. Use ${value}M`],
        instead: [{ path: key, value: `${value}M` }],
      }
    case 'imap_client_workarounds':
      return withoutOldWorkarounds(value)
    case 'protocols':
      return withoutOldProtocols(value)
    case 'listen':
    case 'ssl_listen':
      return listenWithPort(key, value, protocol)
    default:
      return null
  }
}

function inServices(key: string, value: string, protocol: string | null): Obsolete | null {
  const auth = ofAuth[key]
  if (auth) {
    return {
      told: [`${key} has been replaced by service auth { ${auth.to} }`],
      instead: [{ path: `service/auth/${auth.to}`, value: auth.value(value) }],
    }
  }
  const setting = ofLogin[key] ?? ofMail[key]
  if (!setting) return null
  return {
    told: [`${key} has been replaced by service { ${setting.to} }`],
    instead: servicesOf(ofLogin[key] ? 'login' : 'mail', protocol).map((service) => ({
      path: `service/${service}/${setting.to}`,
      value: setting.value(value),
    })),
  }
}

const versions = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2']

/** The oldest version that `ssl_protocols` allows. */
function fromProtocols(value: string): Obsolete {
  const told = ['ssl_protocols has been replaced by ssl_min_protocol']
  const words = value.split(/[\s,]+/).filter((word) => word !== '')
  const unknown = words.map((word) => word.replace('!', '')).find((word) => !versions.includes(word))
  if (unknown !== undefined) {
    const wrong = `Could not find a minimum ssl_min_protocol setting from ssl_protocols = ${value}: Unrecognized protocol '${unknown}'`
    return { told, wrong, instead: [] }
  }
  const named = words.filter((word) => !word.startsWith('!'))
  const allowed = versions.filter((version) =>
    named.length > 0 ? named.includes(version) : !words.includes(`!${version}`),
  )
  const [oldest] = allowed
  return { told, instead: oldest === undefined ? [] : [{ path: 'ssl_min_protocol', value: oldest }] }
}

function withoutOldWorkarounds(value: string): Obsolete | null {
  const old = [
    ['netscape-eoh', 'supported'],
    ['outlook-idle', 'necessary'],
  ].filter(([word = '']) => value.split(' ').includes(word))
  if (old.length === 0) return null
  return {
    told: old.map(([word, what]) => `imap_client_workarounds=${word} is no longer ${what}`),
    instead: [
      {
        path: 'imap_client_workarounds',
        value: old.reduce((left, [word = '']) => left.replace(word, ''), value),
      },
    ],
  }
}

function withoutOldProtocols(value: string): Obsolete | null {
  const told: string[] = []
  const instead: { path: string; value: string }[] = []
  let protocols = value.split(/[\s,]+/).filter((word) => word !== '')
  if (protocols.includes('managesieve')) {
    told.push('protocols=managesieve has been renamed to protocols=sieve')
    protocols = protocols.map((protocol) => (protocol === 'managesieve' ? 'sieve' : protocol))
  }
  for (const protocol of ['imap', 'pop3']) {
    const secure = `${protocol}s`
    if (!protocols.includes(secure)) continue
    protocols = protocols.filter((word) => word !== secure)
    if (protocols.includes(protocol)) {
      told.push(`'${secure}' protocol is no longer necessary, remove it`)
      continue
    }
    const path = `service ${protocol}-login { inet_listener ${protocol} { port=0 } }`
    told.push(
      `'${secure}' protocol can no longer be specified (use protocols=${protocol}). to disable non-ssl ${protocol}, use ${path}`,
    )
    protocols.push(protocol)
    instead.push({ path: `service/${protocol}-login/inet_listener/${protocol}/port`, value: '0' })
  }
  if (told.length === 0) return null
  return { told, instead: [...instead, { path: 'protocols', value: protocols.join(' ') }] }
}

function listenWithPort(key: string, value: string, protocol: string | null): Obsolete | null {
  const [, address = value, port] = /^(.*):(\d+)$/.exec(value) ?? []
  const ofProtocol = key === 'ssl_listen' || protocol !== null
  const hasPort = port !== undefined && (!value.includes('::') || value.includes(']:'))
  if (!ofProtocol && !hasPort) return null
  const listeners = (protocol === null ? ['imap', 'pop3'] : [protocol]).map((name) =>
    name === 'sieve' || name === 'managesieve'
      ? 'service/managesieve-login/inet_listener/sieve'
      : `service/${name}-login/inet_listener/${name}${key === 'ssl_listen' ? 's' : ''}`,
  )
  const host = hasPort ? address : value
  return {
    told: [
      ...(hasPort ? [`${key}=..:port has been replaced by service { inet_listener { port } }`] : []),
      ...(ofProtocol
        ? [`protocol { ${key} } has been replaced by service { inet_listener { address } }`]
        : []),
    ],
    instead: [
      ...(hasPort ? listeners.map((path) => ({ path: `${path}/port`, value: port })) : []),
      ...(ofProtocol
        ? listeners.map((path) => ({ path: `${path}/address`, value: host }))
        : [{ path: 'listen', value: host }]),
    ],
  }
}
