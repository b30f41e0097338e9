// The mail log reads as Postfix writes it.
import { expect, test } from 'vitest'
import type { TraceFact } from '#trace/events.ts'
import { mailLogLine, seconds } from '#trace/maillog.ts'

const line = (fact: TraceFact) =>
  mailLogLine({ seq: 1, at: Date.UTC(2026, 10, 24, 8, 35, 58), host: 'mail.example.org', ...fact })?.replace(
    /\[\d+\]:/,
    '[1]:',
  )

test('the way of one letter', () => {
  const queueId = '1377E3E'
  expect(
    line({
      type: 'daemon.logged',
      daemon: 'smtpd',
      level: 'info',
      text: 'client=localhost[127.0.0.1]',
      queueId,
    }),
  ).toBe('Nov 24 08:35:58 mail postfix/smtpd[1]: 1377E3E: client=localhost[127.0.0.1]')
  expect(
    line({ type: 'cleanup.message', queueId, messageId: '<a@b>', subject: '', size: 1, content: '' }),
  ).toBe('Nov 24 08:35:58 mail postfix/cleanup[1]: 1377E3E: message-id=<a@b>')
  expect(line({ type: 'qmgr.active', queueId, sender: 'carol@example.org', size: 348, recipients: 3 })).toBe(
    'Nov 24 08:35:58 mail postfix/qmgr[1]: 1377E3E: from=<carol@example.org>, size=348, nrcpt=3 (queue active)',
  )
  expect(
    line({
      type: 'delivery.result',
      queueId,
      agent: 'local',
      recipient: 'bob@mail.example.org',
      original: 'team@example.org',
      outcome: 'sent',
      status: '2.0.0',
      relay: 'local',
      text: 'delivered to maildir',
      delays: [0.004, 0.011, 0, 0.002],
    }),
  ).toBe(
    'Nov 24 08:35:58 mail postfix/local[1]: 1377E3E: to=<bob@mail.example.org>, orig_to=<team@example.org>, relay=local, delay=0.02, delays=0/0.01/0/0, dsn=2.0.0, status=sent (delivered to maildir)',
  )
  expect(line({ type: 'queue.removed', queueId })).toBe(
    'Nov 24 08:35:58 mail postfix/qmgr[1]: 1377E3E: removed',
  )
  expect(line({ type: 'queue.moved', queueId, from: null, to: 'incoming' })).toBeUndefined()
})

test('warnings say so, and delays keep two digits', () => {
  expect(line({ type: 'daemon.logged', daemon: 'qmgr', level: 'warning', text: 'x\ny' })).toBe(
    'Nov 24 08:35:58 mail postfix/qmgr[1]: warning: x?y',
  )
  expect([0.004, 0.016, 0.5, 1.234, 12.3, 345.6].map(seconds)).toEqual([
    '0',
    '0.02',
    '0.5',
    '1.2',
    '12',
    '346',
  ])
})
