// Where a user's scripts are, as plugin { sieve = … } says it.
import { expect, test } from 'vitest'
import { parseDovecotConf } from '#config/dovecot-conf.ts'
import { createDovecotSettings } from '#config/dovecot-settings.ts'
import { scriptPlaces } from '#mailbox/scripts/places.ts'

const places = (plugin: string) => {
  const conf = parseDovecotConf(`plugin {\n${plugin}\n}\n`, '/etc/dovecot/dovecot.conf')
  return scriptPlaces(createDovecotSettings({ conf }), { name: 'alice@example.org', home: '/home/alice' })
}

test('they are in ~/sieve when nothing is said', () => {
  expect(places('')).toMatchObject({ folder: '/home/alice/sieve', active: '/home/alice/.dovecot.sieve' })
})

test('a folder and a link, or a single file', () => {
  expect(places('sieve = file:/var/sieve/%d/%n;active=~/.active')).toMatchObject({
    folder: '/var/sieve/example.org/alice',
    active: '/home/alice/.active',
  })
  expect(places('sieve = ~/my.sieve')).toMatchObject({ folder: null, active: '/home/alice/my.sieve' })
})

test('scripts before and after it, and one for those who have none', () => {
  expect(
    places(
      'sieve_before = /etc/a.sieve\nsieve_before2 = /etc/b.sieve\nsieve_after = ~/c.sieve\nsieve_default = /etc/d.sieve',
    ),
  ).toMatchObject({
    before: ['/etc/a.sieve', '/etc/b.sieve'],
    after: ['/home/alice/c.sieve'],
    standard: '/etc/d.sieve',
  })
})
