// Dialogues with the ManageSieve server that no recording shows.
import { expect, test } from 'vitest'
import type { MailboxCase } from '../../truth/mailbox-case.ts'
import { playMailboxCase } from '../../truth/mailbox-runner.ts'
import { manageSieveDaemons } from '../../truth/sieve-daemons.ts'

const login = 'AUTHENTICATE "PLAIN" "{B64:\\0alice\\0wonderland}"'

function talk(lines: readonly string[]) {
  const recorded: MailboxCase = {
    id: 'talk',
    about: 'talk',
    protocol: 'managesieve',
    store: 'maildir',
    settings: ['disable_plaintext_auth = no'],
    accounts: { alice: 'wonderland' },
    dialogue: [{ connect: 'a' }, ...lines.map((send) => ({ send }))],
    replies: [],
    outcome: {},
  }
  return playMailboxCase(recorded, manageSieveDaemons)
}

test('a script that is stored, put in force and fetched is the same to the byte', async () => {
  const script = 'keep; # caf\xc3\xa9\r\n'
  const { replies, outcome } = await talk([
    login,
    `PUTSCRIPT "main" {${script.length}+}\r\n${script}`,
    'SETACTIVE "main"',
    'GETSCRIPT "main"',
  ])
  expect(replies.at(-1)).toEqual([
    `{${script.length}}`,
    'keep; # caf\xc3\xa9',
    '',
    'OK "Getscript completed."',
  ])
  expect(outcome['alice']).toMatchObject({ scripts: ['main.sieve'], active: 'main.sieve' })
})

test('the trace has the commands, and never the password', async () => {
  const { facts } = await talk([login, 'LISTSCRIPTS'])
  const told = JSON.stringify(facts)
  expect(told).not.toContain(Buffer.from('\0alice\0wonderland').toString('base64'))
  expect(facts).toContainEqual(expect.objectContaining({ type: 'sieved.auth', user: 'alice', outcome: 'ok' }))
  expect(facts).toContainEqual(expect.objectContaining({ type: 'sieved.command', verb: 'LISTSCRIPTS' }))
  expect(facts).toContainEqual(
    expect.objectContaining({ type: 'sieved.state', from: 'sasl', to: 'authenticated' }),
  )
})

test('a name cannot lead out of the folder', async () => {
  const { replies } = await talk([login, 'PUTSCRIPT "../../etc/passwd" "keep;"', 'GETSCRIPT "../.dovecot"'])
  expect(replies[2]).toEqual(['NO "Invalid Sieve script name `../../etc/passwd\'."'])
  expect(replies[3]).toEqual(['NO "Invalid script name `../.dovecot\'."'])
})

test('random lines bring it neither down nor out of step', async () => {
  let seed = 5
  const random = (limit: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % limit
  const words = [
    'PUTSCRIPT',
    'SETACTIVE',
    '"a"',
    '"',
    '{3+}',
    '{99999999999}',
    'NOOP',
    'LISTSCRIPTS',
    '\\',
    '\0',
    '\xff',
    '(',
    '3',
    'CHECKSCRIPT',
    'keep;',
  ]
  for (let round = 0; round < 20; round++) {
    const lines = Array.from({ length: 15 }, () =>
      Array.from({ length: random(5) }, () => words[random(words.length)]).join(' '),
    )
    const { facts } = await talk([login, ...lines])
    expect(facts.filter(({ type }) => type === 'engine.fault')).toEqual([])
  }
})
