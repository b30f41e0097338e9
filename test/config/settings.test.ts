import { describe, expect, test } from 'vitest'
import { createSettings } from '#config/create-settings.ts'
import { parseMainCf } from '#config/main-cf.ts'
import { parameters } from '#config/parameters.ts'
import { honoured } from '#config/parameters/honoured.ts'
import { SettingError } from '#config/settings.ts'

const machine = { hostname: 'mail.example.com', addresses: ['192.0.2.10', '2001:db8::10'] }
const settings = (text: string, overrides: readonly (readonly [string, string])[] = []) =>
  createSettings({ mainCf: parseMainCf(text, '/etc/postfix/main.cf'), machine, overrides })

describe('the settings of a service', () => {
  test('take the name of the host, and build on it', () => {
    const it = settings('')
    expect(it.text('myhostname')).toBe('mail.example.com')
    expect(it.text('mydomain')).toBe('example.com')
    expect(it.list('mydestination')).toEqual(['mail.example.com', 'localhost.example.com', 'localhost'])
  })

  test.each([
    ['', '127.0.0.0/8 192.0.2.0/24 [::1]/128 [2001:db8::]/64'],
    ['mynetworks_style = host\ninet_protocols = ipv4\n', '127.0.0.1/32 192.0.2.10/32'],
    ['inet_interfaces = loopback-only\n', '127.0.0.0/8 [::1]/128'],
    ['inet_interfaces = 192.0.2.10\n', '192.0.2.0/24'],
    ['mynetworks = 10.0.0.0/8\n', '10.0.0.0/8'],
  ])('trust the networks that %j gives', (text, networks) => {
    expect(settings(text).text('mynetworks')).toBe(networks)
  })

  test('follow the compatibility level', () => {
    expect(settings('').list('smtpd_relay_restrictions')).toEqual([])
    expect(settings('compatibility_level = 3.6\n').list('smtpd_relay_restrictions')).toEqual([
      'permit_mynetworks',
      'permit_sasl_authenticated',
      'defer_unauth_destination',
    ])
  })

  test('let -o of master.cf come before main.cf', () => {
    const it = settings('smtpd_tls_auth_only = no\n', [['smtpd_tls_auth_only', 'yes']])
    expect(it.flag('smtpd_tls_auth_only')).toBe(true)
    expect(it.isSet('smtpd_tls_auth_only')).toBe(true)
    expect(it.where('smtpd_tls_auth_only')).toBeNull()
  })

  test('read times with the unit of their default', () => {
    const it = settings('smtpd_timeout = 10\nbounce_queue_lifetime = 2\nqueue_run_delay = 5m\n')
    expect(it.time('smtpd_timeout')).toBe(10_000)
    expect(it.time('bounce_queue_lifetime')).toBe(2 * 86_400_000)
    expect(it.time('queue_run_delay')).toBe(300_000)
    expect(it.time('delay_warning_time')).toBe(0)
  })

  test('keep what stands in braces together', () => {
    const it = settings('smtpd_client_restrictions = check_client_access { inline:{a=b, c=d} }, permit\n')
    expect(it.list('smtpd_client_restrictions')).toEqual([
      'check_client_access',
      '{ inline:{a=b, c=d} }',
      'permit',
    ])
  })

  test('leave to the daemon what it expands itself', () => {
    expect(settings('forward_path = $home/.forward\n').text('forward_path')).toBe('$home/.forward')
  })

  test('know the parameters of any transport', () => {
    const it = settings('')
    expect(it.number('slow_destination_concurrency_limit')).toBe(20)
    expect(it.number('local_destination_recipient_limit')).toBe(1)
    expect(it.text('no_such_parameter')).toBe('')
  })

  test.each([
    [
      'smtpd_helo_required = maybe\n',
      'flag',
      'smtpd_helo_required',
      'bad boolean configuration: smtpd_helo_required = maybe',
    ],
    [
      'smtpd_recipient_limit = many\n',
      'number',
      'smtpd_recipient_limit',
      'bad numerical configuration: smtpd_recipient_limit = many',
    ],
    ['smtpd_timeout = 5x\n', 'time', 'smtpd_timeout', 'parameter smtpd_timeout: bad time value or unit: 5x'],
    [
      'inet_interfaces = 203.0.113.1\n',
      'text',
      'mynetworks',
      'parameter inet_interfaces: no local interface found for 203.0.113.1',
    ],
  ] as const)('refuse %j in the words of Postfix', (text, reader, name, message) => {
    expect(() => settings(text)[reader](name)).toThrow(new SettingError(message))
  })

  test('can read the default of every parameter as its type', () => {
    const it = settings('')
    for (const { name, type } of parameters) {
      if (type.kind === 'bool') it.flag(name)
      else if (type.kind === 'int' || type.kind === 'size') it.number(name)
      else if (type.kind === 'time') it.time(name)
      else it.list(name)
    }
  })
})

describe('the table of parameters', () => {
  test('says in a sentence each what a parameter is for, in English and Chinese', () => {
    expect(parameters).toHaveLength(829)
    expect(parameters.filter(({ en, zh }) => !en.endsWith('.') || !zh.endsWith('。'))).toEqual([])
  })

  test('has every parameter that the engine honours', () => {
    const known = new Set(parameters.map(({ name }) => name))
    expect([...honoured].filter((name) => !known.has(name))).toEqual([])
  })
})
