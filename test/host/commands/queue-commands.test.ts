// postqueue, postsuper, postcat and sendmail print what the real ones print.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mailq } from '#host/commands/mailq.ts'
import { postcat } from '#host/commands/postcat.ts'
import { postfix } from '#host/commands/postfix.ts'
import { postqueue } from '#host/commands/postqueue.ts'
import { postsuper } from '#host/commands/postsuper.ts'
import { sendmail } from '#host/commands/sendmail.ts'
import type { Box, HostCommand } from '#host/command.ts'
import { openHouse, type House } from '../../mta/mta-house.ts'

const commands: readonly HostCommand[] = [mailq, postcat, postfix, postqueue, postsuper, sendmail]
const recorded = (name: string) => readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8')

function boxOf(house: House): Box {
  let up = true
  return {
    machine: house.machine,
    postfix: house.postfix,
    queue: house.mta.control,
    stores: null,
    sasl: null,
    async control(_daemon, action) {
      up = action !== 'stop'
      return null
    },
    running: () => up,
  }
}

async function run(box: Box, line: string, stdin = '', user = 'root') {
  const words = line.split(' ')
  const command = commands.find(({ name }) => name === words[0])
  if (!command) throw new Error(line)
  return command.run({ box, user, words, stdin, directory: '/' })
}

/** As in the recordings: `$ command`, what it printed, its exit status. */
async function session(box: Box, lines: readonly string[]): Promise<string> {
  let text = ''
  for (const line of lines) {
    const { stdout, stderr, exit } = await run(box, line)
    text += `$ ${line}\n${stdout}${stderr}[exit status ${exit}]\n`
  }
  return text
    .replace(/\b[0-9A-F]{8,12}(?=[*! ])/g, '{QUEUEID}')
    .replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ [\d:]{8}/g, '{DATE}')
    .replace(/"queue_id": "\w+"/g, '"queue_id": "{QUEUEID}"')
    .replace(/"arrival_time": \d+/g, '"arrival_time": {TIME}')
    .replace(/postsuper: [0-9A-F]{8,12}/g, 'postsuper: {QUEUEID}')
}

async function filledQueue(): Promise<House> {
  const house = await openHouse({
    hostname: 'mx.example.com',
    zone: ['slow.example. MX 10 mx.slow.example.', 'mx.slow.example. A 203.0.113.13'],
    others: { '203.0.113.13': () => undefined },
  })
  house.network.addFault({ kind: 'refuse', to: '203.0.113.13' })
  const letter = { helo: 'c.example', lines: ['Subject: q', '', 'x'.repeat(60)] }
  await house.submit({ ...letter, from: '', to: ['two@slow.example'] })
  await house.rest()
  await house.submit({
    ...letter,
    from: 'hold@example.org',
    to: ['alice@example.com'],
    actions: [{ kind: 'hold', reason: '' }],
  })
  await house.rest()
  return house
}

describe('the queue at the command line', () => {
  test('an empty queue says so, and bad usage is explained', async () => {
    const house = await openHouse()
    const lines = [...recorded('postqueue-empty.txt').matchAll(/^\$ (.*)$/gm)].map(([, line]) => line ?? '')
    expect(await session(boxOf(house), lines)).toBe(recorded('postqueue-empty.txt'))
  })

  test('a waiting message shows its reason, a held one its mark', async () => {
    const house = await filledQueue()
    expect(await session(boxOf(house), ['postqueue -p'])).toBe(`$ postqueue -p
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
{QUEUEID}      368 {DATE}  MAILER-DAEMON
             (connect to mx.slow.example[203.0.113.13]:25: Connection refused)
                                         two@slow.example

{QUEUEID}!     372 {DATE}  hold@example.org
                                         alice@example.com

-- 0 Kbytes in 2 Requests.
[exit status 0]
`)
    expect(await session(boxOf(house), ['postqueue -j'])).toContain(
      '{"queue_name": "hold", "queue_id": "{QUEUEID}", "arrival_time": {TIME}, "message_size": 372, "forced_expire": false, "sender": "hold@example.org", "recipients": [{"address": "alice@example.com"}]}\n',
    )
  })

  test('postsuper holds, releases, requeues and deletes, and counts what it did', async () => {
    const box = boxOf(await filledQueue())
    const held =
      (await box.queue?.list())?.find(({ queueName }) => queueName === 'hold')?.queueFile.queueId ?? ''
    expect(
      await session(box, [
        'postsuper -h ALL',
        `postsuper -H ${held}`,
        'postsuper -d NOSUCH123',
        'postsuper -h bad/id',
      ]),
    ).toBe(`$ postsuper -h ALL
postsuper: Placed on hold: 1 message
[exit status 0]
$ postsuper -H ${held}
postsuper: {QUEUEID}: released from hold
postsuper: Released from hold: 1 message
[exit status 0]
$ postsuper -d NOSUCH123
postsuper: Deleted: 0 messages
[exit status 0]
$ postsuper -h bad/id
postsuper: warning: invalid mail queue id: bad/id
postsuper: Placed on hold: 0 messages
[exit status 0]
`)
    expect((await run(box, 'postsuper -r ALL')).stderr).toMatch(/^postsuper: Requeued: \d messages?\n$/)
    expect((await run(box, 'postsuper -d ALL')).stderr).toMatch(/^postsuper: Deleted: \d messages?\n$/)
    expect((await run(box, 'postqueue -p')).stdout).toBe('Mail queue is empty\n')
    const usage = recorded('postsuper.txt').split('$ postsuper -x\n')[1] ?? ''
    expect(await session(box, ['postsuper -x'])).toBe(`$ postsuper -x\n${usage}`)
  })

  test('postcat shows envelope, header and body of a queue file', async () => {
    const box = boxOf(await filledQueue())
    const held =
      (await box.queue?.list())?.find(({ queueName }) => queueName === 'hold')?.queueFile.queueId ?? ''
    const { stdout } = await run(box, `postcat -q ${held}`)
    expect(stdout).toContain(`*** ENVELOPE RECORDS hold/${held} ***\nmessage_size:             372`)
    expect(stdout).toContain('sender: hold@example.org\n')
    expect(stdout).toContain(
      'original_recipient: alice@example.com\nrecipient: alice@example.com\n*** MESSAGE CONTENTS',
    )
    expect((await run(box, `postcat -bq ${held}`)).stdout).toBe(`\n${'x'.repeat(60)}\n`)
    expect((await run(box, `postcat -vhq ${held}`)).stdout).toContain('regular_text: Subject: q\n')
    expect(await run(box, 'postcat -q NOSUCH12')).toEqual({
      stdout: '',
      stderr: 'postcat: fatal: open queue file NOSUCH12: No such file or directory\n',
      exit: 1,
    })
  })
})

describe('sendmail', () => {
  test('takes recipients from the header with -t, and the message up to a lone dot', async () => {
    const house = await openHouse()
    const text =
      'From: Bob <bob@example.org>\nTo: alice@example.org, \n  carol@example.org\nBcc: bob@example.org\nSubject: t\n\nbody\n.\nafter\n'
    expect(await run(boxOf(house), 'sendmail -t', text, 'bob')).toEqual({ stdout: '', stderr: '', exit: 0 })
    await house.rest()
    const [letter] = await house.maildir('/home/alice/Maildir')
    expect(
      letter?.replace(/^Return-Path[^]*?\nFrom: Bob/, 'From: Bob').replace(/^(Date|Message-Id): .*\n/gm, ''),
    ).toBe('From: Bob <bob@example.org>\nTo: alice@example.org, \n  carol@example.org\nSubject: t\n\nbody\n')
    expect(letter).toContain('Received: by mail.example.org (Postfix, from userid 1001)\n')
    expect(await house.maildir('/home/bob/Maildir')).toHaveLength(1)
  })

  test('says what is missing', async () => {
    const box = boxOf(await openHouse({ users: ['root'] }))
    expect((await run(box, 'sendmail -t', 'Subject: x\n\nx\n')).stderr).toBe(
      'sendmail: fatal: root(1000): No recipient addresses found in message header\n',
    )
    expect((await run(box, 'sendmail', 'x\n')).stderr).toBe(
      'sendmail: fatal: root(1000): Recipient addresses must be specified on the command line or via the -t option\n',
    )
    expect((await run(box, 'sendmail -bz')).stderr).toBe('sendmail: fatal: unsupported: -bz\n')
  })
})

test('postfix starts once and stops once', async () => {
  const box = boxOf(await openHouse())
  expect((await run(box, 'postfix start')).stderr).toBe(
    'postfix/postfix-script: fatal: the Postfix mail system is already running\n',
  )
  expect((await run(box, 'postfix stop')).stderr).toBe(
    'postfix/postfix-script: stopping the Postfix mail system\n',
  )
  expect((await run(box, 'postfix status')).exit).toBe(1)
  expect((await run(box, 'postqueue -f')).stderr).toBe(
    'postqueue: fatal: Cannot flush mail queue - mail system is down\n',
  )
  expect((await run(box, 'postfix start')).exit).toBe(0)
})
