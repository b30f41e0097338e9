import { describe, expect, test } from 'vitest'
import { defaultMasterCf } from '#config/default-master-cf.ts'
import { editMasterCf } from '#config/master-cf-edit.ts'
import { printService } from '#config/master-cf-print.ts'
import { parseMasterCf, readServiceLine, runningService } from '#config/master-cf.ts'

describe('master.cf', () => {
  test('has the services that Debian starts', () => {
    const { services, problems } = parseMasterCf(defaultMasterCf, 'master.cf')
    expect(problems).toEqual([])
    expect(services.find(({ name }) => name === 'submissions')?.overrides[1]).toEqual([
      'smtpd_tls_wrappermode',
      'yes',
    ])
    expect(services.map(({ daemon }) => daemon)).toContain('trivial-rewrite')
  })

  test('reads -o in both its forms, and the words of a command', () => {
    const line =
      'policy unix - n n - 0 spawn -v -o a=b -o { c = d e } user=nobody argv=/bin/policy { two words }'
    const { service } = readServiceLine(line)
    expect(service && runningService(service, 100)).toEqual({
      name: 'policy',
      type: 'unix',
      daemon: 'spawn',
      arguments: ['-v', 'user=nobody', 'argv=/bin/policy', 'two words'],
      overrides: [
        ['a', 'b'],
        ['c', 'd e'],
      ],
      maxProcesses: 0,
    })
  })

  test.each([
    ['smtp inet n - n', 'bad field count', 1],
    ['smtp foo n - n - - smtpd', 'invalid type field "foo" in "smtp foo n - n - - smtpd"', 6],
    ['smtp inet n x n - - smtpd', 'invalid unprivileged field "x" in "smtp inet n x n - - smtpd"', 13],
    ['smtp inet n - n z - smtpd', 'invalid wakeup field "z" in "smtp inet n - n z - smtpd"', 17],
    ['smtp inet n - n - -5 smtpd', 'invalid process_limit field "-5" in "smtp inet n - n - -5 smtpd"', 19],
  ])('stops at %j, and says where', (line, message, column) => {
    expect(parseMasterCf(`# head\n${line}\n`, 'master.cf').problems).toEqual([
      { file: 'master.cf', line: 2, column, severity: 'fatal', message },
    ])
  })

  test.each([
    [
      'smtp inet n - n - - smtpd -v -D -vvvvvvvvvvvvvvvvvvvvv foo',
      'smtpd -v -D\n    -vvvvvvvvvvvvvvvvvvvvv foo',
    ],
    ['smtp inet n - n - - smtpd -o a=b foo bar', 'smtpd\n    -o a=b\n    foo bar'],
    ['smtp inet n - n - - smtpd 123456789012345 3', 'smtpd 123456789012345\n    3'],
    ['smtp inet n - n - - smtpd 12345678901234 3', 'smtpd 12345678901234 3'],
  ])('%s is folded as by postconf -Mf', (line, folded) => {
    const { service } = readServiceLine(line)
    expect(service && printService(service, 'folded').slice(57)).toBe(folded)
  })

  const text =
    '# head\nsmtp      inet  n       -       y       -       -       smtpd\n  # inside\n  -o a=b\n  -o { c = d e }\n\nrelay unix - - y - - smtp\n'
  const smtp = { name: 'smtp', type: 'inet' }

  test('writes a service whose field changed after the comments that stood in it', () => {
    expect(editMasterCf(text, smtp, { kind: 'set field', column: 'chroot', value: 'n' }).text).toBe(
      '# head\n  # inside\n\nsmtp       inet  n       -       n       -       -       smtpd\n    -o a=b\n    -o {c=d e}\nrelay unix - - y - - smtp\n',
    )
  })

  test('comments a service out, and removes one', () => {
    expect(editMasterCf(text, smtp, { kind: 'comment out' }).text).toContain('#smtp      inet')
    expect(editMasterCf(text, smtp, { kind: 'comment out' }).text).toContain('\n#  -o a=b\n')
    expect(editMasterCf(text, smtp, { kind: 'remove' }).text).toBe(
      '# head\n  # inside\n\nrelay unix - - y - - smtp\n',
    )
  })
})
