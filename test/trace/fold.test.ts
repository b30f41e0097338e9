// The world is its trace, folded: purely, from the start or onto what was folded before.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyWorld, fold, queueOf } from '#trace/fold.ts'
import { letters } from './sample.ts'

const events = letters(3)

describe('folding a trace', () => {
  test('gives the same world whether it is folded at once or piece by piece', () => {
    const whole = fold(events)
    fc.assert(
      fc.property(fc.array(fc.nat(events.length), { maxLength: 6 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), events.length]
        const world = places.reduce(
          (before, place, i) => fold(events.slice(places[i - 1] ?? 0, place), before),
          emptyWorld,
        )
        expect(world).toEqual(whole)
      }),
      { numRuns: 100 },
    )
  })

  test('leaves the world it began from as it was', () => {
    fc.assert(
      fc.property(fc.nat(events.length), (cut) => {
        const before = fold(events.slice(0, cut))
        const copy = structuredClone(before)
        fold(events.slice(cut), before)
        expect(before).toEqual(copy)
      }),
      { numRuns: 60 },
    )
  })

  test('passes over what it has folded already', () => {
    const world = fold(events)
    expect(fold(events, world)).toEqual(world)
  })

  test('shares what did not change', () => {
    const before = fold(events.slice(0, -1))
    const after = fold(events.slice(-1), before)
    expect(after.sessions).toBe(before.sessions)
    expect(after.mailboxes).toBe(before.mailboxes)
  })
})

describe('a letter in the world', () => {
  const world = fold(letters(1))

  test('is in the mailbox of carol, and no queue holds it any more', () => {
    const inbox = world.mailboxes.get('mx.example.org/carol/INBOX')
    expect([...(inbox?.files.values() ?? [])]).toMatchObject([
      { file: '/home/carol/Maildir/new/1.mx', journey: 'J1', queueFile: 'mx.example.org/4B1' },
    ])
    expect(world.queued.size).toBe(0)
  })

  test('was in the active queue of mail.example.com while it was delivered', () => {
    const moved = letters(1).findIndex((event) => event.type === 'queue.moved' && event.to === 'active')
    const then = fold(letters(1).slice(0, moved + 1))
    expect(queueOf(then, 'mail.example.com', 'active').map((file) => file.queueId)).toEqual(['4A1'])
  })

  test('left behind a session of turns: command, verdicts, reply, state', () => {
    const session = world.sessions.get('s1a')
    expect(session?.exchanges.map((turn) => turn.command?.verb ?? (turn.data ? 'data' : 'greeting'))).toEqual(
      ['greeting', 'EHLO', 'MAIL', 'RCPT', 'RCPT', 'DATA', 'data', 'QUIT'],
    )
    expect(session?.exchanges[3]).toMatchObject({
      command: { line: 'RCPT TO:<nobody@elsewhere.example>' },
      verdicts: [
        { name: 'permit_mynetworks', verdict: 'dunno' },
        { name: 'reject_unauth_destination', verdict: 'reject' },
      ],
      replies: [{ reply: { code: '554', status: '5.7.1' } }],
      state: null,
    })
    expect(session?.exchanges[4]?.state).toEqual({ from: 'mail', to: 'recipients' })
    expect(session?.clientHost).toBe('laptop.example.com')
  })

  test('says over which connection each recipient was reached', () => {
    const result = world.queueFiles.get('mail.example.com/4A1')?.recipients[0]?.result
    expect(result).toMatchObject({ outcome: 'sent', connection: 'c1b' })
    expect(world.connections.get('c1b')?.session).toBe('s1b')
  })

  test('keeps each refusal', () => {
    expect(world.refusals).toMatchObject([{ session: 's1a', verb: 'RCPT', reply: { code: '554' } }])
  })
})
