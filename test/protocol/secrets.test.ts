// A password that is typed at the wrong door is in no line that is kept.
import { expect, test } from 'vitest'
import { withoutSecrets } from '#protocol/secrets.ts'
import { dialogue, logIn } from '../mra/imapd/dialogue.ts'
import { talk } from '../truth/mailbox-talk.ts'

test.each([
  ['PASS builder', 'PASS {secret}'],
  ['pass my builder', 'pass {secret}'],
  ['a1 LOGIN bob builder', 'a1 LOGIN {secret}'],
  ['LOGIN bob builder', 'LOGIN {secret}'],
  ['AUTH PLAIN AGJvYgBidWlsZGVy', 'AUTH PLAIN {secret}'],
  ['a AUTHENTICATE PLAIN AGJvYgBidWlsZGVy', 'a AUTHENTICATE PLAIN {secret}'],
  ['APOP bob c4c9334bac560ecc979e58001b3e22fb', 'APOP bob {secret}'],
])('%s', (line, kept) => {
  expect(withoutSecrets(line)).toBe(kept)
  expect(withoutSecrets(kept)).toBe(kept)
})

test.each(['PASS', 'AUTH PLAIN', 'MAIL FROM:<pass@login.example>', 'a SEARCH SUBJECT login', 'USER bob', ''])(
  'leaves as it is: %s',
  (line) => expect(withoutSecrets(line)).toBe(line),
)

test('who logs in a second time, or at a door of another protocol, tells the trace no password', async () => {
  const told = [
    await dialogue([logIn, 'b LOGIN alice wonderland', 'LOGIN alice wonderland', 'c LOGOUT']),
    await talk('pop3', [
      'a LOGIN alice wonderland',
      'USER alice',
      'PASS wonderland',
      'PASS wonderland',
      'QUIT',
    ]),
    await talk('lmtp', ['LHLO x', 'PASS wonderland', 'a LOGIN alice wonderland', 'QUIT']),
  ]
  for (const { facts } of told) {
    expect(JSON.stringify(facts)).toContain('{secret}')
    expect(JSON.stringify(facts)).not.toContain('wonderland')
  }
})
