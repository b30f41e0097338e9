// Address verification asks the one who would deliver, and delivers nothing.
import { expect, test } from 'vitest'
import { openHouse, sink } from './mta-house.ts'

test('a local user is deliverable, a stranger is not, and no mailbox is touched', async () => {
  const house = await openHouse()
  expect(await house.mta.verify('alice@example.org')).toEqual({
    outcome: 'deliverable',
    text: 'delivers to maildir',
  })
  expect(await house.mta.verify('nosuch@example.org')).toEqual({
    outcome: 'undeliverable',
    text: 'unknown user: "nosuch"',
  })
  expect(await house.maildir('/home/alice/Maildir')).toEqual([])
})

test('another host is asked up to RCPT', async () => {
  const far = sink({ name: 'mx.far.test', ehlo: ['PIPELINING'], rcpt_by_address: { 'no@': '550 5.1.1 no' } })
  const house = await openHouse({
    zone: ['far.test. MX 10 mx.far.test.', 'mx.far.test. A 203.0.113.9'],
    others: { '203.0.113.9': far.accept },
  })
  expect(await house.mta.verify('yes@far.test')).toEqual({ outcome: 'deliverable', text: '250 2.1.5 Ok' })
  expect((await house.mta.verify('no@far.test')).outcome).toBe('undeliverable')
  expect(far.accepted).toEqual([])
})

test('`sendmail -bv` writes the user a letter that says so', async () => {
  const house = await openHouse()
  await house.mta.control.verify(['alice@example.org', 'nosuch@example.org'], 'bob')
  await house.rest()
  const [report] = await house.maildir('/home/bob/Maildir')
  expect(report).toContain('Subject: Mail Delivery Status Report')
  expect(report).toContain('<alice@example.org>: delivery via local: delivers to maildir\n')
  expect(report).toContain('Action: undeliverable\nStatus: 5.1.1\n')
})
