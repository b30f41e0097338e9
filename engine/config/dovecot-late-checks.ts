/**
 * What is wrong with a dovecot.conf in which every line is right: settings that do not fit together, words that a list
 * does not know. Dovecot's programs look when the file has been read, each at its own settings.
 *
 * doveconf(1).
 */
import type { DovecotConf, DovecotEntry } from '#config/dovecot-conf.ts'
import { filteredParts, type DovecotSettings } from '#config/dovecot-settings.ts'
import { defaultServices } from '#config/dovecot-service-defaults.ts'
import { readDovecotSize } from '#config/dovecot-values.ts'
import { named } from '#protocol/named.ts'

export type LateProblem = {
  /** `everywhere`: each program that reads the file says so; else only who looks at the whole, as doveconf does. */
  readonly seen: 'everywhere' | 'whole'
  readonly message: string
}

const facilities = new Set(
  'auth authpriv cron daemon kern lpr mail news syslog user uucp ftp local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  ),
)
const specialUses = new Set('\\All \\Archive \\Drafts \\Flagged \\Important \\Junk \\Sent \\Trash'.split(' '))
const protocols = new Set('imap pop3 lmtp sieve submission none'.split(' '))

const workarounds: Readonly<Record<string, readonly string[]>> = named({
  imap_client_workarounds: ['delay-newmail', 'tb-extra-mailbox-sep', 'tb-lsub-flags'],
  lmtp_client_workarounds: ['whitespace-before-path', 'mailbox-for-path'],
  pop3_client_workarounds: ['outlook-no-nuls', 'oe-ns-eoh'],
  submission_client_workarounds: ['whitespace-before-path', 'mailbox-for-path'],
})

export function lateProblems(
  conf: DovecotConf,
  settings: DovecotSettings,
  userExists: (name: string) => boolean,
): readonly LateProblem[] {
  const users = ['default_login_user', 'default_internal_user']
    .filter((name) => !userExists(settings.text(name)))
    .map((name) => `${name} doesn't exist: ${settings.text(name)}`)
  return [
    ...mailChecks(settings).map((message) => ({ seen: 'everywhere' as const, message })),
    ...programChecks(settings).map((message) => ({ seen: 'whole' as const, message })),
    ...[...users, ...serviceChecks(conf, settings)]
      .slice(0, 1)
      .map((message) => ({ seen: 'whole' as const, message })),
  ]
}

/** What every program that opens mailboxes looks at. */
function mailChecks(settings: DovecotSettings): readonly string[] {
  const found: string[] = []
  const facility = settings.text('syslog_facility')
  if (!facilities.has(facility)) found.push(`Unknown syslog_facility: ${facility}`)
  if (!settings.text('pop3_uidl_format').includes('%'))
    found.push("pop3_uidl_format setting doesn't contain any %% variables.")
  const namespaces = settings.sections('namespace')
  for (const namespace of namespaces) {
    const prefix = namespace.get('prefix') ?? ''
    if ((namespace.get('separator') ?? '').length > 1)
      found.push(`Namespace '${prefix}': Hierarchy separator must be only one character long`)
    const alias = namespace.get('alias_for')
    if (
      alias !== null &&
      !namespaces.some((other) => other !== namespace && (other.get('prefix') ?? '') === alias)
    )
      found.push(`Namespace '${prefix}': alias_for points to unknown namespace: ${alias}`)
    for (const mailbox of namespace.sections('mailbox')) {
      const unknown = (mailbox.get('special_use') ?? '')
        .split(' ')
        .find((use) => use !== '' && !specialUses.has(use))
      if (unknown !== undefined) found.push(`mailbox ${mailbox.name}: unknown special_use: ${unknown}`)
    }
  }
  return found
}

/** What one program each looks at, in the order of doveconf. */
function programChecks(settings: DovecotSettings): readonly string[] {
  const found: string[] = []
  const unknownWord = (name: string): void => {
    const word = settings.list(name).find((one) => workarounds[name]?.includes(one) !== true)
    if (word !== undefined) found.push(`${name}: Unknown workaround: ${word}`)
  }
  found.push(...authChecks(settings).slice(0, 1))
  unknownWord('imap_client_workarounds')
  unknownWord('lmtp_client_workarounds')
  const last = settings.number('last_valid_uid')
  if (last !== 0 && settings.number('first_valid_uid') > last)
    found.push("first_valid_uid can't be larger than last_valid_uid")
  const lastGroup = settings.number('last_valid_gid')
  if (lastGroup !== 0 && settings.number('first_valid_gid') > lastGroup)
    found.push("first_valid_gid can't be larger than last_valid_gid")
  unknownWord('pop3_client_workarounds')
  if (settings.text('pop3_delete_type') === 'flag' && settings.text('pop3_deleted_flag') === '')
    found.push('pop3_delete_type=flag, but pop3_deleted_flag not set')
  // Both of its programs look: the one at the door and the one behind.
  unknownWord('submission_client_workarounds')
  unknownWord('submission_client_workarounds')
  const strange = settings
    .text('protocols')
    .split(' ')
    .find((protocol) => protocol !== '' && !protocols.has(protocol))
  if (strange !== undefined) found.push(`protocols: Unknown protocol: ${strange}`)
  return found
}

function authChecks(settings: DovecotSettings): readonly string[] {
  const found: string[] = []
  const shown = settings.text('auth_verbose_passwords')
  const [word = '', truncated] = shown.split(':')
  if (!['no', 'yes', 'plain', 'sha1'].includes(word)) found.push('auth_verbose_passwords: Invalid value')
  else if (truncated !== undefined && !/^[1-9]\d*$/.test(truncated))
    found.push(`auth_verbose_passwords: Invalid truncation number: '${truncated}'`)
  if (settings.number('auth_worker_max_count') === 0) found.push('auth_worker_max_count must be above zero')
  if (settings.text('auth_policy_server_url') !== '' && settings.text('auth_policy_hash_nonce') === '')
    found.push('auth_policy_hash_nonce must be set when policy server is used')
  for (const kind of ['passdb', 'userdb']) {
    for (const database of settings.sections(kind)) {
      if ((database.get('driver') ?? '') === '') found.push(`${kind} is missing driver`)
      else if (/^(?:yes|y|1)$/i.test(database.get('pass') ?? '') && database.get('result_success') !== null)
        found.push('Obsolete pass=yes setting mixed with non-default result_success')
    }
  }
  return found
}

/** Those of Dovecot's own, as its master counts them. */
const builtIn = 32
const onlyOne = new Set(['anvil', 'auth', 'config', 'log'])
const leastMemory = 1024 * 1024

function serviceChecks(conf: DovecotConf, settings: DovecotSettings): readonly string[] {
  const found: string[] = []
  const written = settings.sections('service')
  written.forEach((service) => {
    if (service.name === '') {
      const at = builtIn + written.filter(({ name }) => name !== '' && !isDefault(name)).length
      found.push(`Service #${at} is missing name`)
      return
    }
    const defaults = defaultServices.find(({ name }) => name === service.name)?.settings
    const limit =
      Number(service.get('process_limit') ?? defaults?.['process_limit'] ?? 0) ||
      settings.number('default_process_limit')
    const least = Number(service.get('process_min_avail') ?? defaults?.['process_min_avail'] ?? 0)
    const type = service.get('type')
    const memory = readDovecotSize(service.get('vsz_limit') ?? '')
    if (type !== null && !['', 'log', 'config', 'anvil', 'login', 'startup', 'worker'].includes(type))
      found.push(`Unknown service type: ${type}`)
    if (onlyOne.has(service.name) && service.get('process_limit') !== null && limit !== 1)
      found.push(`service(${service.name}): process_limit must be 1`)
    if (least > limit) found.push(`service(${service.name}): process_min_avail is higher than process_limit`)
    if (memory.ok && memory.value > 0 && memory.value < leastMemory)
      found.push(`service(${service.name}): vsz_limit is too low`)
  })
  found.push(...duplicateListener(settings))
  for (const name of exporterProblems(conf.entries)) found.push(name)
  return found
}

const isDefault = (name: string): boolean => defaultServices.some((service) => service.name === name)

/** Two services that would listen at one port. */
function duplicateListener(settings: DovecotSettings): readonly string[] {
  const written = settings.sections('service')
  const running = defaultServices.filter(({ name, settings: own }) => {
    const protocol = own['protocol'] ?? ''
    return name.endsWith('-login') && (protocol === '' || settings.list('protocols').includes(protocol))
  })
  const taken = new Set<string>()
  for (const { name, listeners } of running) {
    const service = written.find((one) => one.name === name)
    for (const listener of listeners.filter(({ type }) => type === 'inet_listener')) {
      const own = service?.sections('inet_listener').find((one) => one.name === listener.name)
      const port = own?.get('port') ?? listener.settings['port'] ?? ''
      const place = `${Number(port)}:${own?.get('address') ?? ''}`
      if (Number(port) === 0) continue
      if (taken.has(place)) return [`duplicate listener: ${place}`]
      taken.add(place)
    }
  }
  return []
}

function exporterProblems(entries: readonly DovecotEntry[]): readonly string[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== 'section') return []
    const has = (key: string): boolean =>
      entry.entries.some((inner) => inner.kind === 'setting' && inner.key === key)
    if (entry.type === 'event_exporter' && !has('format')) return ["Exporter format name can't be empty"]
    if (entry.type === 'event_exporter' && !has('format_args'))
      return ['json exporter format requires a time-* argument']
    if (entry.type === 'metric' && !has('filter'))
      return [`metric ${entry.name} { filter } is empty - will not match anything`]
    return []
  })
}

/** `ssl = no` for all, and yes for some. */
export function sslWarning(conf: DovecotConf, settings: DovecotSettings): string | null {
  if (settings.text('ssl') !== 'no') return null
  for (const { entries } of filteredParts(conf.entries)) {
    const ssl = entries.findLast((entry) => entry.kind === 'setting' && entry.key === 'ssl')
    if (ssl?.kind === 'setting' && ssl.value !== 'no')
      return `SSL is disabled because global ssl=no, ignoring ssl=${ssl.value} for subsection`
  }
  return null
}
