import { expect, test } from 'vitest'
import { nexthopsIn, readNexthop } from '#mta/agents/smtp/nexthop.ts'
import { placeInReply, readReply } from '#mta/agents/smtp/server-reply.ts'

test.each([
  ['[192.0.2.1', 'missing "]" in server description: [192.0.2.1'],
  ['[192.0.2.1]x', 'garbage after "]" in server description: [192.0.2.1]x'],
  ['[192.0.2.1]:nosuch', 'unknown service: nosuch/tcp'],
  ['-a.test', 'valid hostname or network address required in server description: -a.test'],
])('a next hop that cannot be read ends the client: %s', (text, problem) => {
  expect(readNexthop(text, 'smtp', 25)).toEqual({ kind: 'broken', problem })
})

test('relayhost may name several next hops', () => {
  expect(nexthopsIn('mx.isp.test, [192.0.2.1]:587')).toEqual(['mx.isp.test', '[192.0.2.1]:587'])
})

test.each([
  [['550-5.1.1 first', '550 5.1.1 last'], 550, '5.1.1'],
  [['550 none'], 550, '5.0.0'],
  [['550 4.1.1 odd'], 550, '5.0.0'],
  [['354 go on'], 354, '5.5.0'],
  [['250'], 250, '2.0.0'],
])('the reply %j has a code and a status', (lines, code, status) => {
  expect(readReply(lines)).toMatchObject({ code, status, text: lines.join(' ') })
})

test('garbage between the lines of a reply is passed over', () => {
  expect(['hello', '25 ok', '250-a', '250 b', '250'].map(placeInReply)).toEqual([
    'garbage',
    'garbage',
    'more',
    'last',
    'last',
  ])
})
