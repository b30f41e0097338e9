import { beforeEach, describe, expect, test } from 'vitest'
import { createSaslauthd } from '#auth/saslauthd.ts'
import { shadowLine } from '#auth/shadow.ts'
import type { Machine } from '#engine/machine.ts'
import type { Box, HostCommand } from '#host/command.ts'
import { saslauthd } from '#host/commands/saslauthd.ts'
import { sasldblistusers2 } from '#host/commands/sasldblistusers2.ts'
import { saslpasswd2 } from '#host/commands/saslpasswd2.ts'
import { initScripts, service, systemctl } from '#host/commands/service.ts'
import { testsaslauthd } from '#host/commands/testsaslauthd.ts'
import { memoryDisk } from '#platform/memory/disk.ts'

let box: Box
const commands: readonly HostCommand[] = [
  saslauthd,
  testsaslauthd,
  saslpasswd2,
  sasldblistusers2,
  service,
  systemctl,
  ...initScripts,
]

beforeEach(async () => {
  const machine = {
    name: 'mail.example.com',
    disk: memoryDisk(),
    emit: () => undefined,
  } as unknown as Machine
  await machine.disk.apply([
    { kind: 'write', path: '/etc/shadow', bytes: shadowLine('alice', 'wonderland', 20_000) },
  ])
  const daemon = createSaslauthd(machine)
  box = {
    machine,
    postfix: null,
    queue: null,
    stores: null,
    sasl: null,
    async control(_daemon, action) {
      if (action === 'start') return daemon.start()
      if (action === 'stop') daemon.stop()
      return null
    },
    running: (name) => name === 'saslauthd' && daemon.running,
    saslauthd: (account) => daemon.check(account),
  }
})

async function run(line: string, stdin = ''): Promise<string> {
  const words = line.split(' ')
  const command = commands.find(({ name }) => name === words[0])
  const result = await command?.run({ box, user: 'root', words, stdin, directory: '/' })
  return `${result?.stdout ?? ''}${result?.stderr ?? ''}${result?.exit ?? ''}`
}

describe('saslauthd and who asks it', () => {
  test('a stopped daemon answers nobody; a started one knows the users of the system', async () => {
    expect(await run('testsaslauthd -u alice -p wonderland')).toBe(
      '0: connect() : No such file or directory\n255',
    )
    expect(await run('service saslauthd status')).toBe(
      'Checking SASL Authentication Daemon: saslauthd (not running) failed!\n3',
    )
    expect(await run('service saslauthd start')).toBe('Starting SASL Authentication Daemon: saslauthd.\n0')
    expect(await run('/etc/init.d/saslauthd start')).toBe(
      'Starting SASL Authentication Daemon: saslauthd (already running).\n0',
    )
    expect(await run('testsaslauthd -u alice -p wonderland')).toBe('0: OK "Success."\n0')
    expect(await run('testsaslauthd -u alice -p x -s smtp')).toBe('0: NO "authentication failed"\n255')
    expect(await run('systemctl is-active saslauthd')).toBe('active\n0')
    expect(await run('systemctl stop saslauthd.service')).toBe('0')
    expect(await run('testsaslauthd -u alice -p wonderland')).toContain('connect()')
  })

  test('says what it was built with', async () => {
    expect(await run('saslauthd -v')).toBe(
      'saslauthd 2.1.28\nauthentication mechanisms: sasldb getpwent kerberos5 pam rimap shadow ldap\n\n0',
    )
  })

  test('no other service is known', async () => {
    expect(await run('service cron start')).toBe('cron: unrecognized service\n1')
  })
})

describe('sasldb', () => {
  test('accounts are made, listed and deleted; passwords are not shown', async () => {
    expect(await run('sasldblistusers2')).toBe('listusers failed\n0')
    expect(await run('saslpasswd2 -p -c bob', 'builder')).toBe('0')
    expect(await run('saslpasswd2 -p -c -u ex.org amy', 'secret')).toBe('0')
    expect(await run('sasldblistusers2')).toBe(
      'amy@ex.org: userPassword\nbob@mail.example.com: userPassword\n0',
    )
    expect(await run('saslpasswd2 -c bob', 'one\ntwo\n')).toContain("passwords don't match")
    expect(await run('saslpasswd2 -d bob')).toBe('0')
    expect(await run('sasldblistusers2')).toBe('amy@ex.org: userPassword\n0')
    expect(await run('saslpasswd2 -p -c e', '')).toBe('saslpasswd2: invalid parameter supplied\n7')
  })
})
