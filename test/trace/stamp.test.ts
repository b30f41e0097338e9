// One letter keeps one journey across hosts: the stamp is made from the facts alone.
import { describe, expect, test } from 'vitest'
import { createStamper } from '#trace/stamp.ts'
import type { TraceFact } from '#trace/events.ts'
import { letters } from './sample.ts'

const client = { name: 'laptop.example.com', address: '192.0.2.50', port: 40000 }
const mail = 'mail.example.com'

describe('the journey of a letter', () => {
  test('is one from the submission to the mailbox at the other office', () => {
    const stamp = createStamper()
    const events = letters(2)
    const stamped = events.map(({ seq: _seq, at: _at, host, journey, ...fact }) => ({
      type: fact.type,
      wanted: journey,
      got: stamp(host, fact as TraceFact),
    }))
    const delivered = stamped.filter(({ type }) => type === 'mailbox.delivered')
    expect(delivered.map(({ wanted, got }) => [wanted, got])).toEqual([
      ['J1', 'j1'],
      ['J2', 'j2'],
    ])
  })

  test('begins anew with the second letter on one connection', () => {
    const stamp = createStamper()
    stamp(mail, { type: 'smtpd.opened', session: 's', connection: 'c', service: 'smtp', port: 25, client })
    const transaction: TraceFact = { type: 'smtpd.transaction', session: 's', sender: 'alice@example.com' }
    const done: TraceFact = { type: 'smtpd.state', session: 's', from: 'data', to: 'ready' }
    expect(stamp(mail, transaction)).toBe('j1')
    expect(stamp(mail, done)).toBe('j1')
    expect(stamp(mail, { type: 'smtpd.command', session: 's', line: 'NOOP', verb: 'NOOP' })).toBeUndefined()
    expect(stamp(mail, transaction)).toBe('j2')
  })

  test('goes on in the bounce that tells of it', () => {
    const stamp = createStamper(40)
    const created = (queueId: string, from: object): TraceFact => ({
      type: 'queue.created',
      queueId,
      origin: 'pickup',
      sender: '',
      size: 1,
      ...from,
    })
    expect(stamp(mail, created('A', {}))).toBe('j41')
    expect(stamp(mail, created('B', { parent: 'A', origin: 'bounce' }))).toBe('j41')
    expect(stamp('mx.example.org', created('A', {}))).toBe('j42')
  })
})
