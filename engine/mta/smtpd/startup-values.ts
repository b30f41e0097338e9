/**
 * An smtpd reads all its parameters when it starts: one that is no number, or a table without a type, and it ends.
 *
 * postconf(5); smtpd(8).
 */
import { parameters, type Parameter } from '#config/parameters.ts'
import { SettingError, type Settings } from '#config/settings.ts'

const own: readonly Parameter[] = parameters.filter(({ daemons }) =>
  daemons.some((daemon) => daemon === 'smtpd' || daemon === 'postfix'),
)

/** Tables that an smtpd opens when it starts, and not when it first asks them. */
const opened = [
  'canonical_maps',
  'local_recipient_maps',
  'rbl_reply_maps',
  'recipient_canonical_maps',
  'relay_clientcerts',
  'relay_recipient_maps',
  'relocated_maps',
  'sender_canonical_maps',
  'smtpd_command_filter',
  'smtpd_discard_ehlo_keyword_address_maps',
  'smtpd_dns_reply_filter',
  'smtpd_milter_maps',
  'smtpd_reject_footer_maps',
  'smtpd_sender_login_maps',
  'virtual_alias_maps',
  'virtual_mailbox_maps',
]

const lists = ['client', 'helo', 'sender', 'relay', 'recipient', 'data', 'end_of_data', 'etrn'].map(
  (stage) => `smtpd_${stage}_restrictions`,
)

/** Throws SettingError with what the log says. */
export function checkValues(settings: Settings): void {
  for (const parameter of own) checkValue(parameter, settings)
  for (const name of opened) settings.list(name).forEach(checkTableName)
  for (const name of [...lists, ...settings.list('smtpd_restriction_classes')]) {
    checkRestrictions(settings.list(name))
  }
}

function checkValue({ name, type }: Parameter, settings: Settings): void {
  switch (type.kind) {
    case 'bool':
      settings.flag(name)
      return
    case 'int':
    case 'size':
      settings.number(name)
      return
    case 'time':
      settings.time(name)
      return
    case 'string':
    case 'list':
    case 'enum':
      settings.text(name)
  }
}

function checkTableName(name: string): void {
  if (/^[^:]+:./.test(name)) return
  throw new SettingError(`open dictionary: expecting "type:name" form instead of "${name}"`)
}

/** Whatever has a colon is a table; what follows check_policy_service is a server. */
function checkRestrictions(items: readonly string[]): void {
  for (const [i, item] of items.entries()) {
    if (items[i - 1]?.toLowerCase() === 'check_policy_service') {
      if (!/^(?:\{\s*)?(?:inet|unix):/.test(item)) {
        throw new SettingError(`need service transport:endpoint instead of "${item}"`)
      }
    } else if (item.includes(':')) checkTableName(item)
  }
}
