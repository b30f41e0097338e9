// A mbox as Dovecot, Postfix and mutt leave it: where messages end, and what is written into their headers.
import fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { shareRoom } from '#mailbox/mbox/layout.ts'
import { parseMbox } from '#mailbox/mbox/parse.ts'
import type { Uid } from '#mailbox/mail-store.ts'
import { mailWorld } from '../world.ts'

const from = 'From carol@example.org  Mon Mar  2 09:00:00 2026\n'
const inbox = '/home/alice/inbox'
const mbox = (storage: 'memory' | 'node' = 'memory') =>
  mailWorld({ location: 'mbox:~/mail:INBOX=~/inbox', storage })

test('ends a message at the next From line that has a date', () => {
  const text = `${from}Subject: one\n\nFrom here it is text\n\n${from}Subject: two\n\nbye\n\n`
  const bodies = parseMbox(Buffer.from(text))?.map(({ bodyStart, bodyEnd }) => text.slice(bodyStart, bodyEnd))
  expect(bodies).toEqual(['From here it is text\n', 'bye\n'])
})

test('trusts a Content-Length that leads to a From line, and no other', () => {
  const inner = `a\n\n${from}\nb\n`
  const text = `${from}Content-Length: ${inner.length}\n\n${inner}\n${from}Content-Length: 99\n\nx\n\n`
  const bodies = parseMbox(Buffer.from(text))?.map(({ bodyStart, bodyEnd }) => text.slice(bodyStart, bodyEnd))
  expect(bodies).toEqual([inner, 'x\n'])
})

test('writes UIDs into the headers, with room for later changes', async () => {
  const { store, machine, end } = await mbox()
  await machine.disk.apply([{ kind: 'write', path: inbox, bytes: `${from}Subject: one\n\nhi\n\n` }])
  const mailbox = await store.open('INBOX', 'read-write')
  await mailbox.setFlags([1 as Uid], 'add', ['\\Seen', '\\Answered'], {})
  await mailbox.close()
  const room = ' '.repeat(50 - 'Status: RO\n'.length - 'X-Status: A\n'.length)
  expect(await machine.disk.readText(inbox)).toBe(
    `${from}Subject: one\nX-IMAPbase: ${mailbox.uidValidity} 0000000001\nX-UID: 1${room}\nStatus: RO\nX-Status: A\n\nhi\n\n`,
  )
  await end()
})

test('sees what an MTA appended, and keeps what it wrote', async () => {
  const { store, machine, end } = await mbox()
  await store.deliver('INBOX', { content: Buffer.from('Subject: one\n\nhi\n') }, {})
  const mailbox = await store.open('INBOX', 'read-write')
  await machine.disk.apply([{ kind: 'append', path: inbox, bytes: `${from}Subject: two\n\nho\n\n` }])
  await mailbox.setFlags([1 as Uid], 'add', ['\\Flagged'], {})
  const { added } = await mailbox.refresh()
  expect(added.map(({ uid }) => uid)).toEqual([2])
  expect(Buffer.from(await mailbox.read(2 as Uid)).toString()).toBe('Subject: two\r\n\r\nho\r\n')
  await end()
})

test('waits for the lock that another program holds', async () => {
  const { store, machine, clock, end } = await mbox()
  await machine.disk.apply([{ kind: 'write', path: `${inbox}.lock`, bytes: '' }])
  const delivered = store.deliver('INBOX', { content: Buffer.from('Subject: one\n\nhi\n') }, {})
  await clock.advance(1000)
  expect(await machine.disk.stat(inbox)).toBeNull()
  await machine.disk.apply([{ kind: 'remove', path: `${inbox}.lock` }])
  await clock.advance(1000)
  await delivered
  expect((await store.status('INBOX')).messages).toBe(1)
  expect(await machine.disk.stat(`${inbox}.lock`)).toBeNull()
  await end()
})

test('does not wait for a program of this computer that has ended with the lock in hand', async () => {
  const { store, machine, end } = await mbox('node')
  const { pid } = spawnSync('true')
  await machine.disk.apply([{ kind: 'write', path: `${inbox}.lock`, bytes: `${pid}:${hostname()}` }])
  await store.deliver('INBOX', { content: Buffer.from('Subject: one\n\nhi\n') }, {})
  expect((await store.status('INBOX')).messages).toBe(1)
  await end()
})

test('remembers the last UID when all messages are gone', async () => {
  const { store, reopened, end } = await mbox()
  for (const subject of ['one', 'two'])
    await store.deliver('INBOX', { content: Buffer.from(`Subject: ${subject}\n\nx\n`) }, {})
  const mailbox = await store.open('INBOX', 'read-write')
  await mailbox.expunge([1 as Uid, 2 as Uid], {})
  await mailbox.close()
  const again = await reopened()
  expect((await again.status('INBOX')).messages).toBe(0)
  await again.deliver('INBOX', { content: Buffer.from('Subject: three\n\nx\n') }, {})
  expect((await again.open('INBOX', 'read-only')).messages().map(({ uid }) => uid)).toEqual([3])
  await end()
})

test('hides its own header fields, and takes none from a letter', async () => {
  const { store, end } = await mbox()
  const forged = 'Status: RO\nX-UID: 77\nSubject: mine\nContent-Length: 1\nX-Keywords: fake\n\nbody\n'
  await store.deliver('INBOX', { content: Buffer.from(forged) }, {})
  const mailbox = await store.open('INBOX', 'read-write')
  expect(mailbox.messages().map(({ uid, flags }) => [uid, ...flags])).toEqual([[1]])
  expect(Buffer.from(await mailbox.read(1 as Uid)).toString()).toBe('Subject: mine\r\n\r\nbody\r\n')
  await end()
})

test('shares what is left of the room among the messages that moved', () => {
  const headers = [
    { before: 10, after: 53, dirty: true },
    { before: 10, after: 19, dirty: true },
    { before: 100, after: 28, dirty: true },
  ]
  expect(shareRoom(headers)).toEqual([8, 6, 6])
  expect(shareRoom(headers.slice(0, 2))).toEqual([50, 50])
})

test('covers a file with its messages, whatever the file holds', () => {
  const piece = fc.constantFrom(
    from,
    'Subject: x\n',
    '\n',
    'From me\n',
    'Content-Length: 7\n',
    'text',
    '\r\n',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const file = Buffer.from(`${from}${pieces.join('')}`)
      let at = 0
      for (const message of parseMbox(file) ?? []) {
        expect(message.start).toBe(at)
        expect(message.bodyEnd).toBeGreaterThanOrEqual(message.bodyStart)
        expect(message.end).toBeGreaterThanOrEqual(message.bodyEnd)
        at = message.end
      }
      expect(at).toBe(file.length)
    }),
    { numRuns: 300 },
  )
})
