// When mail is tried again, when its sender is told, and when it is given up.
import { expect, test } from 'vitest'
import { openHouse, sink } from '../mta-house.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const letter = { from: 'bob@example.org', to: ['x@far.test'], lines: ['Subject: hi', '', 'Hello.'] }
const zone = ['far.test. MX 10 mx.far.test.', 'mx.far.test. A 203.0.113.9']

test('mail for a host that is down waits in the deferred queue and goes out when the host is back', async () => {
  const far = sink({ name: 'mx.far.test' })
  const house = await openHouse({ zone, others: { '203.0.113.9': far.accept } })
  const mend = house.network.addFault({ kind: 'refuse', to: '203.0.113.9' })
  await house.submit(letter)
  await house.rest()
  const [waiting] = await house.mta.control.list()
  expect(waiting?.queueName).toBe('deferred')
  expect(waiting?.queueFile.reasons).toEqual([
    ['x@far.test', 'connect to mx.far.test[203.0.113.9]:25: Connection refused'],
  ])
  expect((waiting?.queueFile.nextAttemptAt ?? 0) - house.clock.now()).toBe(5 * minute)

  mend()
  await house.clock.advance(11 * minute)
  expect(far.accepted.map(({ rcpt }) => rcpt)).toEqual([['RCPT TO:<x@far.test>']])
  expect(await house.mta.control.list()).toEqual([])
})

test('the time between attempts grows with the age of the message, up to maximal_backoff_time', async () => {
  const house = await openHouse({ zone, others: {} })
  await house.submit(letter)
  await house.clock.advance(2 * day)
  const attempts = house.of('delivery.started').length
  expect(attempts).toBeGreaterThan(30)
  expect(attempts).toBeLessThan(60)
})

test('after maximal_queue_lifetime the message goes back to its sender with the last reason', async () => {
  const house = await openHouse({ zone, mainCf: ['maximal_queue_lifetime = 1d'] })
  await house.submit(letter)
  await house.clock.advance(day + 2 * hour)
  expect(house.of('queue.expired')).toHaveLength(1)
  const [report] = await house.maildir('/home/bob/Maildir')
  expect(report).toContain('Subject: Undelivered Mail Returned to Sender')
  expect(report).toContain('<x@far.test>: connect to mx.far.test[203.0.113.9]:25: No route to host')
  expect(report).toContain('Action: failed\nStatus: 4.4.1')
  expect(await house.mta.control.list()).toEqual([])
})

test('the sender is warned once when delay_warning_time has passed', async () => {
  const house = await openHouse({ zone, mainCf: ['delay_warning_time = 4h'] })
  await house.submit(letter)
  await house.clock.advance(9 * hour)
  const reports = await house.maildir('/home/bob/Maildir')
  expect(reports).toHaveLength(1)
  expect(reports[0]).toContain('Subject: Delayed Mail (still being retried)')
  expect(reports[0]).toContain('Your message could not be delivered for more than 4 hour(s).')
  expect(reports[0]).toContain('Action: delayed')
  expect(reports[0]).toContain('Will-Retry-Until: ')
})

test('a destination that could not be reached several times is left alone for a while', async () => {
  const house = await openHouse({ zone })
  for (let i = 0; i < 12; i++) await house.submit(letter)
  await house.rest()
  const texts = house.of('delivery.result').map(({ text }) => text)
  expect(texts).toHaveLength(12)
  expect(
    texts.filter((text) => text.startsWith('delivery temporarily suspended: connect to')).length,
  ).toBeGreaterThan(0)
})

test('a flush tries everything now', async () => {
  const house = await openHouse({ zone })
  await house.submit(letter)
  await house.rest()
  const before = house.of('delivery.started').length
  await house.mta.control.flush({ kind: 'all' })
  await house.rest()
  expect(house.of('delivery.started').length).toBe(before + 1)
})
