/** The SASL back end that a recorded case asks for, with its accounts. */
import { createCyrusSasl } from '#auth/cyrus.ts'
import { createDovecotAuth } from '#auth/dovecot.ts'
import { createSaslauthd } from '#auth/saslauthd.ts'
import { parseDovecotConf } from '#config/dovecot-conf.ts'
import { createDovecotSettings } from '#config/dovecot-settings.ts'
import { writeSasldb } from '#protocol/sasl/sasldb.ts'
import type { Machine } from '#engine/machine.ts'
import type { SaslServer } from '#protocol/sasl/mechanism.ts'
import type { SmtpCase } from '../../truth/smtp-case.ts'

const everyMechanism = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'DIGEST-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256']

export async function caseSasl(recorded: SmtpCase, machine: Machine): Promise<SaslServer | null> {
  if (!recorded.main_cf.some((line) => line.startsWith('smtpd_sasl'))) return null
  const accounts = Object.entries(recorded.accounts)
  if (recorded.sasl === 'dovecot') {
    const bytes = accounts.map(([user, password]) => `${user}:{PLAIN}${password}\n`).join('')
    await machine.disk.apply([{ kind: 'write', path: '/etc/dovecot/users', bytes }])
    const conf = [
      `auth_mechanisms = ${everyMechanism.join(' ')}`,
      `auth_default_realm = ${recorded.hostname}`,
      'passdb {\n driver = passwd-file\n args = username_format=%n /etc/dovecot/users\n}\n',
    ]
    const settings = createDovecotSettings({ conf: parseDovecotConf(conf.join('\n'), 'dovecot.conf') })
    return createDovecotAuth({ machine, settings: () => settings }).sasl
  }
  const bytes = writeSasldb(accounts.map(([user, password]) => ({ user, realm: null, password })))
  const mechanisms = recorded.sasl_mechanisms ?? 'PLAIN LOGIN CRAM-MD5 DIGEST-MD5'
  await machine.disk.apply([
    { kind: 'write', path: '/etc/sasldb2', bytes },
    { kind: 'write', path: '/etc/postfix/sasl/smtpd.conf', bytes: `mech_list: ${mechanisms}\n` },
  ])
  return createCyrusSasl({
    machine,
    saslauthd: createSaslauthd(machine),
    realm: () => '',
    hostname: () => recorded.hostname,
  })
}
