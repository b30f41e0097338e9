import { describe as group, expect, test } from 'vitest'
import { initialTransition, transition } from 'xstate'
import { describe, legalVerbs, stateName } from '#protocol/chart.ts'
import { smtpDelivery } from '#protocol/smtp/delivery.machine.ts'
import type { SmtpDeliveryEvent } from '#protocol/smtp/delivery.machine.ts'
import { smtpSession } from '#protocol/smtp/session.machine.ts'

const begin = (greeting: 'required' | 'optional' = 'optional') =>
  initialTransition(smtpSession, { protocol: 'smtp', greeting })[0]

group('the session chart', () => {
  test('says which verbs may come now', () => {
    const verbs = ['EHLO', 'MAIL', 'RCPT', 'DATA', 'RSET', 'QUIT'] as const
    let chart = begin()
    ;[chart] = transition(smtpSession, chart, { type: 'EHLO' })
    expect(legalVerbs(chart, verbs)).toEqual(['EHLO', 'MAIL', 'RSET', 'QUIT'])
    ;[chart] = transition(smtpSession, chart, { type: 'MAIL' })
    expect(legalVerbs(chart, verbs)).toEqual(['EHLO', 'RCPT', 'RSET', 'QUIT'])
    ;[chart] = transition(smtpSession, chart, { type: 'RCPT' })
    expect(legalVerbs(chart, verbs)).toEqual(['EHLO', 'RCPT', 'DATA', 'RSET', 'QUIT'])
  })

  test('LMTP greets with LHLO, and with nothing else', () => {
    const [chart] = initialTransition(smtpSession, { protocol: 'lmtp', greeting: 'required' })
    expect(legalVerbs(chart, ['EHLO', 'HELO', 'LHLO', 'MAIL'])).toEqual(['LHLO'])
  })

  test('can be drawn: every arrow leads from a state to a state', () => {
    for (const machine of [smtpSession, smtpDelivery]) {
      const { nodes, edges } = describe(machine)
      const ids = nodes.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const { from, to } of edges) expect(ids).toEqual(expect.arrayContaining([from, to]))
    }
  })
})

group('the delivery chart', () => {
  const walk = (
    protocol: 'smtp' | 'lmtp',
    recipients: number,
    events: readonly Exclude<SmtpDeliveryEvent['type'], 'next'>[],
  ) => {
    let [chart] = initialTransition(smtpDelivery, { protocol, recipients })
    for (const type of events) {
      const event = { type } as SmtpDeliveryEvent
      expect([type, chart.can(event)]).toEqual([type, true])
      ;[chart] = transition(smtpDelivery, chart, event)
    }
    return stateName(chart)
  }
  const hello = ['connected', 'greeting-ok', 'hello-ok', 'send', 'mail-ok'] as const

  test('one letter to two recipients, one of whom is refused', () => {
    expect(
      walk('smtp', 2, [
        ...hello,
        'recipient-ok',
        'recipient-refused',
        'data-go',
        'message-sent',
        'delivered',
        'quit',
        'bye',
      ]),
    ).toBe('closed')
  })

  test('nobody accepted: no DATA, but RSET, and the connection lives', () => {
    expect(walk('smtp', 2, [...hello, 'recipient-refused', 'recipient-refused', 'reset-ok'])).toBe('done')
  })

  test('a server that does not know EHLO is greeted with HELO', () => {
    expect(walk('smtp', 1, ['connected', 'greeting-ok', 'hello-refused', 'hello-ok'])).toBe('ready')
  })

  test('LMTP answers for each recipient by itself', () => {
    const sent = [...hello, 'recipient-ok', 'recipient-ok', 'data-go', 'message-sent'] as const
    expect(walk('lmtp', 2, [...sent, 'delivered'])).toBe('replies')
    expect(walk('lmtp', 2, [...sent, 'delivered', 'refused'])).toBe('done')
  })

  test('after STARTTLS the client greets again', () => {
    expect(
      walk('smtp', 1, [
        'connected',
        'greeting-ok',
        'hello-ok',
        'start-tls',
        'starttls-ok',
        'tls-established',
        'hello-ok',
      ]),
    ).toBe('ready')
  })
})
