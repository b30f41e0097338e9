// POP3 sessions that no recording shows: silence, secrets, locks, nonsense.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pop3Session } from '#protocol/pop3/session.machine.ts'
import { commands, pop3Verbs } from '#protocol/pop3/commands/index.ts'
import { describe as describeChart } from '#protocol/chart.ts'
import { letter, talk } from '../../truth/mailbox-talk.ts'

const login = ['USER alice', 'PASS wonderland']

test('hangs up on a client that says nothing for ten minutes, and deletes nothing', async () => {
  const { replies, outcome } = await talk('pop3', [...login, 'DELE 1', { sleep: 601 }, 'QUIT'])
  expect(replies.at(-1)).toEqual(['-ERR Disconnected for inactivity.', '{CLOSED}'])
  expect(outcome).toMatchObject({ alice: { folders: { INBOX: [{ subject: 'one' }, { subject: 'two' }] } } })
})

test('lets no password into the trace', async () => {
  const { facts } = await talk(
    'pop3',
    ['USER alice', 'PASS wrong-secret', 'AUTH PLAIN {B64:\\0alice\\0wonderland}', 'QUIT'],
    { settings: ['auth_mechanisms = plain login'] },
  )
  const told = JSON.stringify(facts)
  const coded = Buffer.from('\0alice\0wonderland').toString('base64')
  for (const secret of ['wrong-secret', 'wonderland', coded]) expect(told).not.toContain(secret)
  expect(facts.filter(({ type }) => type === 'pop3d.auth')).toMatchObject([
    { outcome: 'failed' },
    { outcome: 'ok' },
  ])
})

test('lets the answers of AUTH LOGIN into no trace either', async () => {
  const { facts } = await talk('pop3', ['AUTH LOGIN', '{B64:alice}', '{B64:wonderland}', 'QUIT'], {
    settings: ['auth_mechanisms = plain login'],
  })
  expect(JSON.stringify(facts)).not.toContain(Buffer.from('wonderland').toString('base64'))
})

test('states where each command led', async () => {
  const { facts } = await talk('pop3', [...login, 'DELE 1', 'QUIT'])
  const states = facts.flatMap((fact) => (fact.type === 'pop3d.state' ? [fact.to] : []))
  expect(states).toEqual(['named', 'proving', 'transaction', 'update', 'closed'])
  const opened = facts.find(({ type }) => type === 'mailbox.opened')
  expect(opened).toMatchObject({ user: 'alice', mailbox: 'INBOX', messages: 2 })
  const removed = facts.filter((fact) => fact.type === 'mailbox.file' && fact.change === 'removed')
  expect(removed).toMatchObject([{ command: 'DELE' }])
})

test('gives a maildrop to one session at a time when it is told to', async () => {
  const second = ['USER alice', 'PASS wonderland'].map((send) => ({ on: 'b', send }))
  const { replies } = await talk(
    'pop3',
    [...login, { connect: 'b' }, ...second, { sleep: 121 }, { on: 'b', await: 'IN-USE' }],
    { settings: ['pop3_lock_session = yes'] },
  )
  expect(replies.at(-1)?.at(-1)).toBe('-ERR [IN-USE] Mailbox is locked by another POP3 session.')
})

test('sends the dots of a letter twice, and ends with one', async () => {
  const { replies } = await talk('pop3', [...login, 'RETR 1'], {
    mailbox: { INBOX: [letter('dots', '.\n..\n.x')] },
  })
  expect(replies.at(-1)?.slice(-5)).toEqual(['', '..', '...', '..x', '.'])
})

test('waits longer after each wrong password', async () => {
  const { facts } = await talk('pop3', ['USER alice', 'PASS no', 'QUIT'], {
    settings: ['auth_failure_delay = 2 secs'],
  })
  expect(facts.some(({ type }) => type === 'pop3d.auth')).toBe(true)
})

test('draws every command on its chart', () => {
  const drawn = new Set(describeChart(pop3Session).edges.map(({ event }) => event))
  expect(pop3Verbs.filter((verb) => !drawn.has(verb))).toEqual([])
})

test('reads any argument without a throw', () => {
  fc.assert(
    fc.property(fc.constantFrom(...pop3Verbs), fc.string(), (verb, args) => {
      expect(typeof commands[verb].parse(args).ok).toBe('boolean')
    }),
    { numRuns: 300 },
  )
})

test('answers nonsense within its grammar, and never falls', async () => {
  const word = fc.constantFrom(
    'STAT',
    'LIST',
    'RETR',
    'TOP',
    'DELE',
    'UIDL',
    'NOOP',
    'RSET',
    'CAPA',
    'USER',
    'PASS',
    'AUTH PLAIN',
    'APOP',
    'LAST',
    'XYZZY',
    '',
  )
  const rest = fc.oneof(
    fc.constantFrom('', ' 1', ' 2 0', ' 9', ' alice', ' wonderland', ' =', ' *'),
    fc.string({ maxLength: 40 }),
  )
  const line = fc
    .tuple(word, rest)
    .map(([verb, args]) => `${verb}${args}`.replace(/[\r\n{]|[^\0-\xff]/g, '?'))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), async (lines, after) => {
      const { replies, facts } = await talk('pop3', [...(after ? login : []), ...lines])
      expect(facts.filter(({ type }) => type === 'engine.fault')).toEqual([])
      for (const reply of replies)
        expect(reply[0] ?? '{CLOSED}').toMatch(/^(?:\+OK(?: |$)|-ERR |\+ |\{CLOSED\})/)
    }),
    { numRuns: 25 },
  )
})
