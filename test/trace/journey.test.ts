// One letter, followed to every end.
import { describe, expect, test } from 'vitest'
import type { TraceEvent, TraceFact } from '#trace/events.ts'
import { fold } from '#trace/fold.ts'
import { journeyOf } from '#trace/journey.ts'
import { letters } from './sample.ts'

const mail = 'mail.example.com'

const journey = (...facts: TraceFact[]) => {
  const events = facts.map((fact, i): TraceEvent => ({
    seq: i + 1,
    at: 1000 + i,
    host: mail,
    journey: 'J',
    ...fact,
  }))
  return journeyOf(fold(events), 'J')
}

const created = (queueId: string, more: object = {}): TraceFact => ({
  type: 'queue.created',
  queueId,
  origin: 'smtpd',
  sender: 'alice@example.com',
  size: 1,
  ...more,
})
const recipient = (queueId: string, address: string, original = address): TraceFact => ({
  type: 'queue.recipient',
  queueId,
  recipient: address,
  original,
})
const result = (
  queueId: string,
  address: string,
  outcome: 'sent' | 'deferred' | 'bounced',
  text: string,
): TraceFact => ({
  type: 'delivery.result',
  queueId,
  agent: 'local',
  recipient: address,
  original: address,
  outcome,
  status: '2.0.0',
  relay: 'local',
  text,
  delays: [0, 0, 0, 0],
})

describe('a journey', () => {
  test('ends in the mailbox of carol, two queues later', () => {
    expect(journeyOf(fold(letters(1)), 'J1')).toMatchObject({
      sender: 'alice@example.com',
      subject: 'hello',
      ends: [
        {
          recipient: 'carol@example.org',
          way: [
            { host: mail, queueId: '4A1' },
            { host: 'mx.example.org', queueId: '4B1' },
          ],
          fate: 'delivered',
          user: 'carol',
          mailbox: 'INBOX',
        },
      ],
    })
  })

  test('is known at every moment: there is a way for each prefix of the trace', () => {
    const events = letters(1)
    const fates = events.map((_, i) => journeyOf(fold(events.slice(0, i + 1)), 'J1')?.ends[0]?.fate ?? null)
    expect([...new Set(fates)]).toEqual([null, 'under way', 'delivered'])
  })

  test('has an end for each recipient: one bounced, one that waits, one that an alias sent on', () => {
    const told = journey(
      created('A'),
      recipient('A', 'nobody@example.com'),
      recipient('A', 'dave@example.org'),
      result('A', 'nobody@example.com', 'bounced', 'unknown user: "nobody"'),
      result('A', 'dave@example.org', 'deferred', 'connect to mx.example.org: Connection refused'),
      { type: 'queue.moved', queueId: 'A', from: 'active', to: 'deferred', nextAttemptAt: 99_000 },
      created('R', { parent: 'A', origin: 'bounce', sender: '' }),
      recipient('R', 'alice@example.com'),
    )
    expect(told?.ends).toMatchObject([
      { recipient: 'nobody@example.com', fate: 'bounced', text: 'unknown user: "nobody"' },
      { recipient: 'dave@example.org', fate: 'deferred', nextAttemptAt: 99_000 },
    ])
  })

  test('goes on in the message that a .forward made', () => {
    const told = journey(
      created('A'),
      recipient('A', 'bob@example.com'),
      created('F', { parent: 'A', origin: 'forward' }),
      recipient('F', 'carol@example.org'),
    )
    expect(told?.ends.at(-1)).toMatchObject({
      recipient: 'bob@example.com',
      way: [{ queueId: 'A' }, { queueId: 'F', address: 'carol@example.org' }],
      fate: 'under way',
    })
  })

  test('of which the world knows nothing is null', () => {
    expect(journeyOf(fold(letters(1)), 'J9')).toBeNull()
  })
})
