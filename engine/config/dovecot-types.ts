/**
 * What kind of value each setting of Dovecot takes, and what doveconf says of one that is not of that kind.
 *
 * doveconf(1); Dovecot 2.3, "Settings types".
 */
import { dovecotDefault } from '#config/dovecot-defaults.ts'
import { readDovecotSize, readDovecotTime } from '#config/dovecot-values.ts'
import { named } from '#protocol/named.ts'

export type DovecotType =
  | { readonly kind: 'bool' | 'time' | 'milliseconds' | 'size' | 'number' | 'octal' | 'port' | 'string' }
  | { readonly kind: 'enum'; readonly words: readonly string[] }

const oneOf = (words: string): DovecotType => ({ kind: 'enum', words: words.split(' ') })

const enums: Readonly<Record<string, DovecotType>> = named({
  doveadm_ssl: oneOf('no ssl starttls'),
  imap_fetch_failure: oneOf('disconnect-immediately disconnect-after no-after'),
  imapc_ssl: oneOf('no imaps starttls'),
  lmtp_hdr_delivery_address: oneOf('none final original'),
  lock_method: oneOf('fcntl flock dotlock'),
  mail_fsync: oneOf('optimized never always'),
  pop3_delete_type: oneOf('default expunge flag'),
  pop3_uidl_duplicates: oneOf('allow rename'),
  pop3c_ssl: oneOf('no pop3s starttls'),
  ssl: oneOf('no yes required'),
  submission_relay_ssl: oneOf('no smtps starttls'),
  submission_ssl: oneOf('no yes required'),
})

const milliseconds = new Set([
  'imapc_connection_retry_interval',
  'login_proxy_timeout',
  'submission_relay_command_timeout',
  'submission_relay_connect_timeout',
])
/** Times and sizes whose default, 0, does not tell what they are. */
const times = new Set([
  'imap_hibernate_timeout',
  'login_proxy_max_disconnect_delay',
  'mail_max_lock_timeout',
  'mdbox_rotate_interval',
])
const sizes = new Set([
  'auth_cache_size',
  'imapc_max_line_length',
  'mbox_min_index_size',
  'submission_max_mail_size',
])
/** Words, though by default one says no or names a number. */
const words = new Set(['auth_verbose_passwords', 'mail_uid', 'mail_gid'])

const string: DovecotType = { kind: 'string' }

/** Of a setting outside of sections. */
export function dovecotType(name: string): DovecotType {
  const known = enums[name]
  if (known !== undefined) return known
  const value = dovecotDefault(name) ?? ''
  if (words.has(name)) return string
  if (milliseconds.has(name)) return { kind: 'milliseconds' }
  if (times.has(name) || /^\d+ (?:secs|mins|hours|days|weeks)$/.test(value)) return { kind: 'time' }
  if (sizes.has(name) || /^\d+ [BkMGT]$/.test(value)) return { kind: 'size' }
  if (value === 'yes' || value === 'no') return { kind: 'bool' }
  if (!/^\d+$/.test(value)) return string
  return { kind: name.endsWith('_port') ? 'port' : 'number' }
}

const bool: DovecotType = { kind: 'bool' }
const number: DovecotType = { kind: 'number' }
const results = oneOf('return-ok return return-fail continue continue-ok continue-fail')

const lookup = {
  args: string,
  auth_verbose: oneOf('default yes no'),
  default_fields: string,
  driver: string,
  name: string,
  override_fields: string,
  result_failure: results,
  result_internalfail: results,
  result_success: results,
  skip: oneOf('never authenticated unauthenticated'),
}
const file = { group: string, mode: { kind: 'octal' }, path: string, user: string } as const

const ofSections: Readonly<Record<string, Readonly<Record<string, DovecotType>>>> = named({
  service: {
    chroot: string,
    client_limit: number,
    drop_priv_before_exec: bool,
    executable: string,
    extra_groups: string,
    group: string,
    idle_kill: { kind: 'time' },
    name: string,
    privileged_group: string,
    process_limit: number,
    process_min_avail: number,
    protocol: string,
    service_count: number,
    type: string,
    user: string,
    vsz_limit: { kind: 'size' },
  },
  inet_listener: {
    address: string,
    haproxy: bool,
    name: string,
    port: { kind: 'port' },
    reuse_port: bool,
    ssl: bool,
  },
  unix_listener: file,
  fifo_listener: file,
  passdb: { ...lookup, deny: bool, master: bool, mechanisms: string, pass: bool, username_filter: string },
  userdb: lookup,
  namespace: {
    alias_for: string,
    disabled: bool,
    hidden: bool,
    ignore_on_failure: bool,
    inbox: bool,
    list: oneOf('yes no children'),
    location: string,
    name: string,
    order: number,
    prefix: string,
    separator: string,
    subscriptions: bool,
    type: oneOf('private shared public'),
  },
  mailbox: {
    auto: oneOf('no create subscribe'),
    autoexpunge: { kind: 'time' },
    autoexpunge_max_mails: number,
    comment: string,
    driver: string,
    name: string,
    special_use: string,
  },
  event_exporter: {
    driver: string,
    format: string,
    format_args: string,
    name: string,
    transport: string,
    transport_args: string,
    transport_timeout: { kind: 'milliseconds' },
  },
  metric: {
    description: string,
    exporter: string,
    exporter_include: string,
    fields: string,
    filter: string,
    group_by: string,
    name: string,
  },
})

/** Sections in which any name is right: `plugin { sieve = … }`. */
export const takesAnyName = (section: string): boolean => section === 'plugin' || section === 'dict'

/** Of a setting in a section that is no filter; null for a name that the section does not know. */
export function dovecotSectionType(section: string, name: string): DovecotType | null {
  return takesAnyName(section) ? string : (ofSections[section]?.[name] ?? null)
}

/** What doveconf says of a value at its line; null when it is right. */
export function valueProblem(type: DovecotType, value: string): string | null {
  switch (type.kind) {
    case 'bool':
      return /^(?:yes|y|1|no)$/i.test(value) ? null : `Invalid boolean value: ${value} (use yes or no)`
    case 'time':
      if (/^\d+\s*(?:ms|msecs?)$/i.test(value)) return `Milliseconds not supported for this setting: ${value}`
      return timeProblem(value)
    case 'milliseconds':
      return timeProblem(value)
    case 'size': {
      const size = readDovecotSize(value)
      return size.ok ? null : size.message
    }
    case 'number':
      return numberProblem(value)
    case 'octal':
      return octalProblem(value)
    case 'port':
      return /^\d+$/.test(value) && Number(value) <= 65_535 ? null : `Invalid port number ${value}`
    case 'enum':
      return type.words.includes(value) ? null : `Invalid value: ${value}`
    case 'string':
      return null
  }
}

function timeProblem(value: string): string | null {
  const time = readDovecotTime(value)
  return time.ok ? null : time.message
}

const largestNumber = 4_294_967_295

function numberProblem(value: string): string | null {
  if (/^-\d+$/.test(value)) return `Invalid number ${value}: Number too small`
  if (!/^\d+$/.test(value)) return `Invalid number ${value}: Not a valid number`
  return Number(value) > largestNumber ? `Invalid number ${value}: Number too large` : null
}

function octalProblem(value: string): string | null {
  if (!value.startsWith('0')) return numberProblem(value)
  return /^[0-7]+$/.test(value) ? null : `Invalid number: ${value}`
}
