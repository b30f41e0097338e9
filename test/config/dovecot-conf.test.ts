import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDovecotConf, type Include } from '#config/dovecot-conf.ts'
import { createDovecotSettings } from '#config/dovecot-settings.ts'

const conf = `
protocols = imap pop3 lmtp
mail_location = maildir:~/Maildir   # the usual place
login_greeting = "Ready # now"
passdb {
  driver = passwd-file
  args = scheme=PLAIN /etc/dovecot/users
}
namespace inbox {
  inbox = yes
  mailbox "Sent Messages" {
    special_use = \\Sent
  }
}
protocol imap {
  mail_plugins = $mail_plugins quota
  mail_max_userip_connections = 20
}
service imap-login {
  inet_listener imap {
    port = 1143
  }
}
plugin {
  quota = maildir:User quota
}
plugin/sieve = ~/.dovecot.sieve
remote 10.0.0.0/8 {
  disable_plaintext_auth = no
}
`

describe('dovecot.conf', () => {
  const parsed = parseDovecotConf(conf, 'dovecot.conf')
  const settings = (sources: { protocol?: string; remote?: string }) =>
    createDovecotSettings({ conf: parsed, ...sources })

  test('is read without a problem', () => {
    expect(parsed.problems).toEqual([])
  })

  test('gives values, defaults, and where a value stands', () => {
    const it = settings({})
    expect(it.text('mail_location')).toBe('maildir:~/Maildir')
    expect(it.text('login_greeting')).toBe('Ready # now')
    expect(it.list('protocols')).toEqual(['imap', 'pop3', 'lmtp'])
    expect(it.time('imap_idle_notify_interval')).toBe(120_000)
    expect(it.size('imap_max_line_length')).toBe(65_536)
    expect(it.where('mail_location')).toEqual({ file: 'dovecot.conf', line: 3 })
    expect(it.plugin('sieve')).toBe('~/.dovecot.sieve')
    expect(it.plugin('quota')).toBe('maildir:User quota')
  })

  test('keeps the settings of a protocol and of a network to themselves', () => {
    expect(settings({ protocol: 'imap' }).number('mail_max_userip_connections')).toBe(20)
    expect(settings({ protocol: 'pop3' }).number('mail_max_userip_connections')).toBe(10)
    expect(settings({ protocol: 'imap' }).text('mail_plugins')).toBe(' quota')
    expect(settings({ remote: '10.1.2.3' }).flag('disable_plaintext_auth')).toBe(false)
    expect(settings({ remote: '192.0.2.1' }).flag('disable_plaintext_auth')).toBe(true)
  })

  test('gives sections with what is in them', () => {
    const it = settings({})
    expect(it.sections('passdb')[0]?.get('args')).toBe('scheme=PLAIN /etc/dovecot/users')
    expect(it.sections('namespace')[0]?.sections('mailbox')[0]).toMatchObject({ name: 'Sent Messages' })
    expect(it.sections('service')[0]?.sections('inet_listener')[0]?.get('port')).toBe('1143')
  })

  test.each([
    ['foo\n', 1, "Expecting '{'"],
    ['}\n', 1, "Unexpected '}'"],
    ['ssl = maybe\n', 1, 'Invalid value: maybe'],
    ['protocol imap {\n nope = 1\n}\n', 2, 'Unknown setting: nope'],
    ['passdb {\n driver = x\n', 1, "Missing '}' (section started at e.conf:1)"],
    ['pop3_lock_session = perhaps\n', 1, 'Invalid boolean value: perhaps (use yes or no)'],
    ['imap_idle_notify_interval = 5x\n', 1, 'Invalid time interval: 5x'],
    ['mail_max_userip_connections = z\n', 1, 'Invalid number z: Not a valid number'],
    ['!include nofile.conf\n', 1, 'No matches'],
  ])('%j is refused in the words of doveconf', (text, line, message) => {
    expect(parseDovecotConf(text, 'e.conf').problems).toEqual([
      { file: 'e.conf', line, column: expect.any(Number) as number, severity: 'fatal', message },
    ])
  })

  test('includes other files, and stops when they include each other', () => {
    const include: Include = (pattern) => [
      { file: pattern, text: pattern === 'loop' ? '!include loop\n' : 'ssl = no\n' },
    ]
    expect(parseDovecotConf('!include ssl.conf\n', 'a', include).entries).toMatchObject([
      { key: 'ssl', file: 'ssl.conf' },
    ])
    expect(parseDovecotConf('!include loop\n', 'a', include).problems).toMatchObject([{ severity: 'fatal' }])
  })

  test('joins a line that ends in a backslash with the next', () => {
    expect(parseDovecotConf('login_greeting = a \\\n   b\n', 'a').entries).toMatchObject([{ value: 'a b' }])
  })

  test('never throws, whatever stands in it', () => {
    const piece = fc.constantFrom(
      'ssl',
      ' = ',
      '{',
      '}',
      '\n',
      '"',
      "'",
      '#',
      '\\',
      ' ',
      '$ssl',
      'service x',
      '/',
      '!include a',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        parseDovecotConf(pieces.join(''), 'a')
      }),
      { numRuns: 300 },
    )
  })
})
