import { beforeEach, describe, expect, test } from 'vitest'
import { createCyrusSasl, smtpdConfPath } from '#auth/cyrus.ts'
import { createDovecotAuth } from '#auth/dovecot.ts'
import { createSaslauthd } from '#auth/saslauthd.ts'
import type { Saslauthd } from '#auth/saslauthd.ts'
import { shadowLine } from '#auth/shadow.ts'
import { parseDovecotConf } from '#config/dovecot-conf.ts'
import { createDovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { latin1 } from '#protocol/bytes/text.ts'
import type { SaslContext, SaslServer, SaslStep } from '#protocol/sasl/mechanism.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'

const context: SaslContext = {
  service: 'smtp',
  tls: false,
  client: '192.0.2.7',
  local: 'mail.example.com',
  session: 's',
}

let machine: Machine
let saslauthd: Saslauthd
let sasl: SaslServer
let realm = ''

const write = (path: string, bytes: string) => machine.disk.apply([{ kind: 'write', path, bytes }])

beforeEach(async () => {
  realm = ''
  machine = {
    name: 'mail.example.com',
    clock: createClock({ source: 'manual' }),
    disk: memoryDisk(),
    emit: () => undefined,
  } as unknown as Machine
  saslauthd = createSaslauthd(machine)
  sasl = createCyrusSasl({ machine, saslauthd, realm: () => realm, hostname: () => machine.name })
  await write('/etc/shadow', shadowLine('alice', 'wonderland', 20_000))
  await write('/etc/sasldb2', 'bob@mail.example.com:userPassword:builder\ncarol:userPassword:c4:rol\n')
})

const plain = async (server: SaslServer, user: string, password: string): Promise<SaslStep | undefined> => {
  await server.prepare?.()
  return server.begin('PLAIN', context)?.start(latin1(`\0${user}\0${password}`))
}

describe('Cyrus SASL', () => {
  test('asks sasldb when smtpd.conf says nothing', async () => {
    expect(await plain(sasl, 'bob', 'builder')).toEqual({ kind: 'ok', username: 'bob' })
    expect(await plain(sasl, 'carol', 'c4:rol')).toEqual({ kind: 'ok', username: 'carol' })
    expect(await plain(sasl, 'bob@elsewhere.example', 'builder')).toMatchObject({ failure: 'credentials' })
    expect(await plain(sasl, 'alice', 'wonderland')).toMatchObject({ reason: 'authentication failure' })
  })

  test('asks saslauthd, which knows the users of the system', async () => {
    await write(smtpdConfPath, 'pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n')
    await saslauthd.start()
    expect(await plain(sasl, 'alice', 'wonderland')).toEqual({ kind: 'ok', username: 'alice' })
    expect(await plain(sasl, 'alice', 'Wonderland')).toMatchObject({ failure: 'credentials' })
    expect(sasl.mechanisms(context)).toEqual(['PLAIN', 'LOGIN'])
  })

  test('says generic failure, for a while only, when saslauthd is stopped', async () => {
    await write(smtpdConfPath, 'pwcheck_method: saslauthd\n')
    expect(await plain(sasl, 'alice', 'wonderland')).toMatchObject({
      failure: 'unavailable',
      reason: 'generic failure',
    })
  })

  test('a realm that is set becomes part of the name', async () => {
    realm = 'example.com'
    expect(await plain(sasl, 'carol', 'c4:rol')).toEqual({ kind: 'ok', username: 'carol@example.com' })
  })

  test('a new password in sasldb counts at the next login', async () => {
    await write('/etc/sasldb2', 'bob:userPassword:changed\n')
    expect(await plain(sasl, 'bob', 'changed')).toMatchObject({ kind: 'ok' })
  })

  test('nobody may act for another', async () => {
    const step = await sasl.begin('PLAIN', context)?.start(latin1('carol\0bob\0builder'))
    expect(step).toMatchObject({ failure: 'credentials', username: 'carol' })
  })
})

describe('Dovecot', () => {
  const server = (text: string): SaslServer => {
    const settings = createDovecotSettings({ conf: parseDovecotConf(text, '/etc/dovecot/dovecot.conf') })
    return createDovecotAuth({ machine, settings: () => settings }).sasl
  }

  test('asks its passdbs in order, names in lower case', async () => {
    await write('/etc/dovecot/users', '# comment\ndave:{PLAIN}d4ve:1000:1000::/home/dave\n')
    const auth = server(`
      auth_mechanisms = plain cram-md5
      passdb {
        driver = passwd-file
        args = /etc/dovecot/users
      }
      passdb {
        driver = pam
      }
    `)
    expect(await plain(auth, 'Dave', 'd4ve')).toEqual({ kind: 'ok', username: 'dave' })
    expect(await plain(auth, 'alice', 'wonderland')).toEqual({ kind: 'ok', username: 'alice' })
    expect(await plain(auth, 'alice', 'd4ve')).toMatchObject({ failure: 'credentials', reason: '' })
    expect(auth.mechanisms(context)).toEqual(['PLAIN', 'CRAM-MD5'])
  })

  test('knows the users of a lab when no passdb is named, and a password for all', async () => {
    expect(await plain(server(''), 'alice', 'wonderland')).toEqual({ kind: 'ok', username: 'alice' })
    const same = server('passdb {\n driver = static\n args = password=same\n}\n')
    expect(await plain(same, 'anyone', 'same')).toEqual({ kind: 'ok', username: 'anyone' })
  })
})
