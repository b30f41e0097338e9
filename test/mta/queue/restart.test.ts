// What a queue remembers when the engine ends without a word.
import { expect, test } from 'vitest'
import { memoryDisk } from '#platform/memory/disk.ts'
import { readQueueFile, writeProgress, writeQueueFile } from '#mta/queue/queue-file-format.ts'
import { isQueueId, longQueueId, shortQueueId } from '#mta/queue/queue-id.ts'
import type { QueueFile } from '#mta/handover.ts'
import { openHouse, sink } from '../mta-house.ts'

const zone = ['far.test. MX 10 mx.far.test.', 'mx.far.test. A 203.0.113.9']
const letter = { from: 'bob@example.org', to: ['x@far.test'], lines: ['Subject: hi', '', 'Hello.'] }

test('mail that was accepted is delivered after a restart', async () => {
  const disk = memoryDisk()
  const before = await openHouse({ disk, zone })
  const mend = before.network.addFault({ kind: 'drop', to: '203.0.113.9' })
  await before.submit(letter)
  await new Promise((resolve) => setImmediate(resolve))
  expect(before.of('queue.moved').at(-1)?.to).toBe('active')
  mend()

  const far = sink({ name: 'mx.far.test' })
  const after = await openHouse({ disk, zone, others: { '203.0.113.9': far.accept }, seed: 2 })
  await after.rest()
  expect(far.accepted).toHaveLength(1)
  expect(after.of('queue.recovered')).toHaveLength(1)
})

test('recipients that were done are not delivered to again', async () => {
  const disk = memoryDisk()
  const before = await openHouse({ disk, zone })
  await before.submit({ ...letter, to: ['alice@example.org', 'x@far.test'] })
  await before.rest()
  expect(await before.maildir('/home/alice/Maildir')).toHaveLength(1)

  const after = await openHouse({ disk, zone, seed: 2 })
  await after.mta.control.flush({ kind: 'all' })
  await after.rest()
  expect(await after.maildir('/home/alice/Maildir')).toHaveLength(1)
  expect((await after.mta.control.list())[0]?.queueFile.recipients.map(({ address }) => address)).toEqual([
    'x@far.test',
  ])
})

test('a broken queue file is set aside, and said so', async () => {
  const disk = memoryDisk()
  await disk.apply([{ kind: 'write', path: '/var/spool/postfix/incoming/ABCDEF1234', bytes: 'half a fi' }])
  const house = await openHouse({ disk })
  expect(await disk.list('/var/spool/postfix/corrupt')).toEqual(['ABCDEF1234'])
  expect(house.of('daemon.logged').map(({ text }) => text)).toContain(
    'saving corrupt file "ABCDEF1234" from queue "incoming" to queue "corrupt"',
  )
})

const queueFile: QueueFile = {
  queueId: '0018D39E7A',
  origin: { kind: 'pickup', uid: 0, user: 'root' },
  sender: 'bob@example.org',
  recipients: ['a@x.test', 'b@x.test'].map((address) => ({
    address,
    original: address,
    notify: [],
    orcpt: null,
  })),
  envelope: { envid: null, ret: null, body: null, smtputf8: false, verp: null },
  filter: null,
  arrivedAt: 0,
  size: 10,
  messageId: '',
  warned: false,
  nextAttemptAt: null,
  reasons: [],
}

test('a queue file tells what became of the message, and nothing of a line that was cut short', () => {
  const content = Buffer.from('Subject: x\n\n{"done":[["b@x.test","b@x.test"]]}\n')
  const done = writeProgress({ done: [['a@x.test', 'a@x.test']], nextAttemptAt: 5 })
  const file = Buffer.concat([writeQueueFile(queueFile, content), Buffer.from(`${done}{"done":[["b@x.`)])
  const stored = readQueueFile(file)
  expect(stored?.content.toString()).toBe(content.toString())
  expect(stored?.queueFile.recipients.map(({ address }) => address)).toEqual(['b@x.test'])
  expect(stored?.queueFile.nextAttemptAt).toBe(5)
  for (let length = 0; length < writeQueueFile(queueFile, content).length; length += 7) {
    expect(readQueueFile(file.subarray(0, length))).toBeNull()
  }
})

test('queue ids are those of Postfix, short and long', () => {
  expect(shortQueueId(545026, 0x3e)).toBe('851023E')
  expect(longQueueId(1795511450, 303009, 0x145)).toMatch(
    /^[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10}z[0-9B-Zb-y]+$/,
  )
  expect(isQueueId('../../etc')).toBe(false)
})
