/** What stands in a section of dovecot.conf when nothing is said. doveconf(1), `doveconf passdb`. */
import { named } from '#protocol/named.ts'

const lookup = {
  args: '',
  auth_verbose: 'default',
  default_fields: '',
  driver: '',
  name: '',
  override_fields: '',
  result_failure: 'continue',
  result_internalfail: 'continue',
  result_success: 'return-ok',
  skip: 'never',
}

export const sectionDefaults: Readonly<Record<string, Readonly<Record<string, string>>>> = named({
  passdb: { ...lookup, deny: 'no', master: 'no', mechanisms: '', pass: 'no', username_filter: '' },
  userdb: lookup,
  namespace: {
    disabled: 'no',
    hidden: 'no',
    ignore_on_failure: 'no',
    inbox: 'no',
    list: 'yes',
    location: '',
    order: '0',
    prefix: '',
    separator: '',
    subscriptions: 'yes',
    type: 'private',
  },
  mailbox: {
    auto: 'no',
    autoexpunge: '0',
    autoexpunge_max_mails: '0',
    comment: '',
    driver: '',
    special_use: '',
  },
})
