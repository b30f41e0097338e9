import { expect, test } from 'vitest'
import { initialTransition, transition } from 'xstate'
import { smtpDelivery, type SmtpDeliveryEvent } from '#protocol/smtp/delivery.machine.ts'
import { stepper } from '#protocol/step.ts'

const letter: readonly SmtpDeliveryEvent[] = [
  { type: 'connected' },
  { type: 'greeting-ok' },
  { type: 'hello-ok' },
  { type: 'send' },
  { type: 'mail-ok' },
  { type: 'recipient-ok' },
  { type: 'recipient-refused' },
  { type: 'data-go' },
  { type: 'message-sent' },
  { type: 'delivered' },
  { type: 'next', recipients: 3 },
  { type: 'lost' },
]

test('A chart that is stepped goes the way that xstate itself would take it', () => {
  const step = stepper(smtpDelivery, { protocol: 'lmtp', recipients: 9 })
  let [ours] = initialTransition(smtpDelivery, { protocol: 'smtp', recipients: 2 })
  let theirs = ours
  for (const event of letter) {
    ours = step(ours, event)
    theirs = transition(smtpDelivery, theirs, event)[0]
    expect([ours.value, ours.context, ours.status]).toEqual([theirs.value, theirs.context, theirs.status])
  }
  expect(ours.status).toBe('done')
})
