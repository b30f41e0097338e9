// Why a reply came out as it did: read from a trace, said in both languages.
import { describe, expect, test } from 'vitest'
import { restrictions } from '#mta/smtpd/restrictions/index.ts'
import { isSession, type TraceEvent } from '#trace/events.ts'
import { explain, sayStep, sayWhy } from '#trace/explain.ts'
import { fold } from '#trace/fold.ts'
import { meaningOf, readReply } from '#trace/meaning.ts'
import { trailOf } from '#trace/trail.ts'
import { en } from '#trace/words/en.ts'
import { zh } from '#trace/words/zh.ts'
import { fixture } from '../web/fixtures.ts'

const events = fixture()
const world = fold(events)

describe('the trail of a refused recipient', () => {
  test('shows the decisive step of a list and those that were not reached', () => {
    const exchange = world.sessions.get('s1')?.exchanges.find(({ verdicts }) => verdicts.length > 0)
    const [list] = exchange ? trailOf(exchange) : []
    expect(list?.steps.map(({ name, decisive }) => [name, decisive])).toEqual([
      ['permit_mynetworks', false],
      ['permit_sasl_authenticated', false],
      ['reject_unauth_destination', true],
    ])
  })

  test('takes an argument for what it is, reached or not', () => {
    const items = ['check_client_access', 'hash:/etc/postfix/a', 'reject_rbl_client', 'bl.example', 'permit']
    const [list] = trailOf({
      lists: [{ stage: 'client', list: 'smtpd_client_restrictions', items }],
      verdicts: [
        {
          seq: 9,
          stage: 'client',
          list: 'smtpd_client_restrictions',
          index: 0,
          name: 'check_client_access',
          argument: 'hash:/etc/postfix/a',
          verdict: 'reject',
          lookups: [],
        },
      ],
    })
    expect(list?.steps.map(({ name, argument, reached }) => [name, argument, reached])).toEqual([
      ['check_client_access', 'hash:/etc/postfix/a', true],
      ['reject_rbl_client', 'bl.example', false],
      ['permit', null, false],
    ])
  })

  test('is explained in both languages', () => {
    const refusal = events.find((event) => isSession(event, 'reply') && event.reply.code === '554')
    const why = explain(world, refusal as TraceEvent)
    expect(why?.cause).toMatchObject({ kind: 'relay' })
    expect(why && sayWhy(why, en).because).toMatch(/open relay/)
    expect(why && sayWhy(why, zh).because).toMatch(/开放中继/)
  })
})

describe('the words of explanations', () => {
  test('say of every restriction what it does, in both languages', () => {
    for (const name of restrictions.keys()) {
      expect(sayStep({ name }, en), name).toBeTruthy()
      expect(sayStep({ name }, zh), name).toMatch(/[\u4e00-\u9fff]/)
    }
  })

  test('do not know what an operator named', () => {
    expect(sayStep({ name: 'my_own_class' }, en)).toBeNull()
    expect(sayStep({ name: 'constructor' }, en)).toBeNull()
  })
})

describe('a reply line as it was typed back', () => {
  test.each([
    ['250-PIPELINING', { code: '250', status: null, last: false }],
    ['554 5.7.1 <a@b>: Relay access denied', { code: '554', status: '5.7.1', last: true }],
    ['-ERR [AUTH] Authentication failed.', { code: '-ERR', status: '[AUTH]', last: true }],
  ])('reads %s', (line, expected) => {
    expect(readReply(line)).toMatchObject(expected)
  })

  test('takes text of a letter for what it is', () => {
    expect(readReply('Shall we meet at noon?')).toBeNull()
  })
})

describe('what a reply means', () => {
  test('depends on the command that it answers', () => {
    const accepted = { code: '250', status: '2.1.0' }
    expect(meaningOf(accepted, 'MAIL', en)).toMatch(/RCPT names a recipient/)
    expect(meaningOf(accepted, '.', en)).toMatch(/safe/)
    expect(meaningOf({ code: '220', status: null }, null, zh)).toBe(zh.meanings.ready)
  })

  test('says of a refusal what it is about, and what to do', () => {
    expect(meaningOf({ code: '554', status: '5.7.1' }, 'RCPT', en)).toMatch(/does not relay for you/)
    expect(meaningOf({ code: '550', status: '5.1.1' }, 'RCPT', en)).toMatch(/no such mailbox/)
    expect(meaningOf({ code: '599', status: '5.9.9' }, 'RCPT', en)).toBe(en.meanings.classes['5xx'])
  })

  test('is said in both languages', () => {
    expect(Object.keys(zh.meanings.after)).toEqual(Object.keys(en.meanings.after))
    expect(Object.keys(zh.meanings.codes)).toEqual(Object.keys(en.meanings.codes))
  })
})
