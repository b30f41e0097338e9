import { readdirSync, readFileSync } from 'node:fs'
import { describe as group, expect, test } from 'vitest'
import { initialTransition, transition } from 'xstate'
import { accepts, describe, legalVerbs, stateName } from '#protocol/chart.ts'
import { readLine } from '#protocol/smtp/parse.ts'
import { smtpDelivery } from '#protocol/smtp/delivery.machine.ts'
import type { SmtpDeliveryEvent } from '#protocol/smtp/delivery.machine.ts'
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import type { SmtpSessionStep } from '#protocol/smtp/session.machine.ts'
import type { SmtpCase } from '../../truth/smtp-case.ts'

const begin = (greeting: 'required' | 'optional' = 'optional') =>
  initialTransition(smtpSession, { protocol: 'smtp', greeting })[0]

const folder = new URL('../../truth/cases/smtp/', import.meta.url)
const recorded = readdirSync(folder).flatMap((category) =>
  readdirSync(new URL(`${category}/`, folder)).map(
    (file) => JSON.parse(readFileSync(new URL(`${category}/${file}`, folder), 'utf8')) as SmtpCase,
  ),
)

/** The steps of a dialogue whose lines are all sent one by one: what was accepted. */
function acceptedSteps({ dialogue, replies }: SmtpCase): readonly SmtpSessionStep[] | null {
  const steps: SmtpSessionStep[] = []
  for (const [i, step] of dialogue.entries()) {
    const answer = replies[i + 1]?.at(-1) ?? ''
    if ('data' in step && answer !== '{SKIPPED}') steps.push({ type: 'end-of-data' })
    if (!('send' in step) && !('data' in step)) return null
    if (!('send' in step) || !/^[23]/.test(answer)) continue
    const line = readLine(step.send)
    if (line.kind !== 'command' || line.verb === 'AUTH' || line.verb === 'BDAT') return null
    steps.push({ type: line.verb })
  }
  return steps
}

group('the session chart', () => {
  test('every recorded dialogue is a walk of it', () => {
    let walked = 0
    for (const recording of recorded) {
      const steps = acceptedSteps(recording)
      if (steps === null || recording.main_cf.some((line) => /noop_commands|command_filter/.test(line)))
        continue
      const required = recording.main_cf.some((line) => /smtpd_helo_required *= *yes/.test(line))
      let chart = begin(required ? 'required' : 'optional')
      for (const step of steps) {
        expect([recording.id, step.type, accepts(chart, step)]).toEqual([recording.id, step.type, true])
        ;[chart] = transition(smtpSession, chart, step)
      }
      walked++
    }
    expect(walked).toBeGreaterThan(100)
  })

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
