// qshape, postkick and sendmail -v: what an operator sees of the queue, and what a sender asks to be told.
import { expect, test } from 'vitest'
import { postkick } from '#host/commands/postkick.ts'
import { qshape } from '#host/commands/qshape.ts'
import { sendmail } from '#host/commands/sendmail.ts'
import type { Box, HostCommand } from '#host/command.ts'
import { openHouse, type House } from '../../mta/mta-house.ts'

function run(house: House, command: HostCommand, words: readonly string[], stdin = '') {
  const box: Box = {
    machine: house.machine,
    postfix: house.postfix,
    queue: house.mta.control,
    stores: null,
    sasl: null,
    control: async () => null,
    running: () => true,
  }
  return command.run({ box, user: 'alice', words: [command.name, ...words], stdin, directory: '/' })
}

async function houseWithWaitingMail() {
  const house = await openHouse({
    hostname: 'mx.example.com',
    zone: ['slow.example. MX 10 mx.slow.example.', 'mx.slow.example. A 203.0.113.13'],
    others: { '203.0.113.13': () => undefined },
  })
  house.network.addFault({ kind: 'refuse', to: '203.0.113.13' })
  const lines = ['Subject: q', '', 'x']
  await house.submit({
    helo: 'c.example',
    lines,
    from: 'bob@example.org',
    to: ['a@slow.example', 'b@slow.example'],
  })
  await house.rest()
  return house
}

test('qshape counts waiting recipients by domain, or waiting messages by sender', async () => {
  const house = await houseWithWaitingMail()
  const byDomain = await run(house, qshape, ['-b', '4', 'deferred'])
  const lines = byDomain.stdout.trimEnd().split('\n')
  expect(lines.map((line) => line.length)).toEqual([80, 80, 80])
  expect(lines.map((line) => line.trim())).toEqual([
    'T  5 10 20 20+',
    'TOTAL  2  2  0  0   0',
    'slow.example  2  2  0  0   0',
  ])
  const bySender = await run(house, qshape, ['-s', '-b', '4', 'deferred'])
  expect(bySender.stdout).toContain('example.org  1  1  0  0   0')
})

test('postkick knows the daemons of master.cf and no other', async () => {
  const house = await houseWithWaitingMail()
  expect(await run(house, postkick, ['public', 'qmgr', 'F'])).toEqual({ stdout: '', stderr: '', exit: 0 })
  const { stderr, exit } = await run(house, postkick, ['public', 'nosuch', 'F'])
  expect(exit).toBe(1)
  expect(stderr).toContain('unable to look up public/nosuch: No such file or directory')
})

test('sendmail -v has the sender told of a delivery that went well', async () => {
  const house = await openHouse({ hostname: 'mx.example.com' })
  const { stdout } = await run(house, sendmail, ['-v', 'alice'], 'Subject: hi\n\nyo\n')
  expect(stdout).toBe('Mail Delivery Status Report will be mailed to <alice>.\n')
  await house.rest()
  expect(house.facts.some((fact) => fact.type === 'bounce.created' && fact.kind === 'success')).toBe(true)
})
