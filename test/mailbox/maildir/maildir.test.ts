// A Maildir that other programs use at the same time: mutt, a real Dovecot, an MTA that drops a file into new/.
import { expect, test } from 'vitest'
import type { Uid } from '#mailbox/mail-store.ts'
import { mailWorld, start } from '../world.ts'

const root = '/home/alice/Maildir'
const letter = (subject: string) => Buffer.from(`Subject: ${subject}\n\nHello.\n`)
const maildir = () => mailWorld({ location: 'maildir:~/Maildir' })

test('names files as Dovecot does, and moves them from new to cur when somebody looks', async () => {
  const { store, machine, end } = await maildir()
  const { file } = await store.deliver('INBOX', { content: letter('hi') }, {})
  expect(file).toMatch(/^\/home\/alice\/Maildir\/new\/\d{10}\.M\d+P\d+\.mail\.example\.com,S=20,W=23$/)
  expect(await machine.disk.readText(file)).toBe('Subject: hi\n\nHello.\n')
  await store.open('INBOX', 'read-only')
  expect(await machine.disk.list(`${root}/cur`)).toEqual([])
  await store.open('INBOX', 'read-write')
  const base = file.slice(`${root}/new/`.length)
  expect(await machine.disk.list(`${root}/cur`)).toEqual([`${base}:2,`])
  expect(await machine.disk.readText(`${root}/dovecot-uidlist`)).toMatch(
    new RegExp(`^3 V${start / 1000} N\\d+ G[0-9a-f]{32}\n1 :${base}\n$`),
  )
  await end()
})

test('sees a file that another program dropped into new, and a rename in cur as a change of flags', async () => {
  const { store, machine, facts, end } = await maildir()
  await store.deliver('INBOX', { content: letter('one') }, {})
  const mailbox = await store.open('INBOX', 'read-write')
  await machine.disk.apply([
    { kind: 'write', path: `${root}/new/1772442001.V1I2M3.other`, bytes: letter('two') },
  ])
  expect((await mailbox.refresh()).added.map(({ uid }) => uid)).toEqual([2])
  const name = `${root}/cur/1772442001.V1I2M3.other:2,`
  await machine.disk.apply([{ kind: 'rename', from: name, to: `${name}RS` }])
  const { changed } = await mailbox.refresh()
  expect(changed.map(({ uid, flags }) => [uid, ...[...flags].sort()])).toEqual([[2, '\\Answered', '\\Seen']])
  await machine.disk.apply([{ kind: 'remove', path: `${name}RS` }])
  expect((await mailbox.refresh()).removed).toEqual([2])
  expect(facts.filter(({ type }) => type === 'mailbox.file').length).toBeGreaterThan(0)
  await end()
})

test('reads a message whose file another program has just renamed', async () => {
  const { store, machine, end } = await maildir()
  await store.deliver('INBOX', { content: letter('one') }, {})
  const mailbox = await store.open('INBOX', 'read-write')
  const [name = ''] = await machine.disk.list(`${root}/cur`)
  await machine.disk.apply([{ kind: 'rename', from: `${root}/cur/${name}`, to: `${root}/cur/${name}F` }])
  expect(Buffer.from(await mailbox.read(1 as Uid)).toString()).toBe('Subject: one\r\n\r\nHello.\r\n')
  await mailbox.setFlags([1 as Uid], 'add', ['\\Seen'], {})
  expect(await machine.disk.list(`${root}/cur`)).toEqual([`${name}FS`])
  await end()
})

test('keeps UIDs of a uidlist that Dovecot wrote, and gives the next ones to strangers in order of time', async () => {
  const { store, machine, end } = await maildir()
  await machine.disk.apply([
    { kind: 'write', path: `${root}/cur/1600000009.M1P1.h,S=21,W=24:2,S`, bytes: letter('known') },
    { kind: 'write', path: `${root}/cur/1600000002.M5P1.h:2,`, bytes: letter('later') },
    { kind: 'write', path: `${root}/cur/1600000002.M4P1.h:2,a`, bytes: letter('earlier') },
    { kind: 'write', path: `${root}/dovecot-keywords`, bytes: '0 $Forwarded\n' },
    {
      kind: 'write',
      path: `${root}/dovecot-uidlist`,
      bytes: `3 V1234567890 N8 G${'ab'.repeat(16)}\n7 :1600000009.M1P1.h,S=21,W=24\n`,
    },
  ])
  const mailbox = await store.open('INBOX', 'read-write')
  expect(mailbox.uidValidity).toBe(1234567890)
  expect(mailbox.guid).toBe('ab'.repeat(16))
  expect(mailbox.messages().map(({ uid, guid, flags }) => [uid, guid, ...flags])).toEqual([
    [7, '1600000009.M1P1.h,S=21,W=24', '\\Seen'],
    [8, '1600000002.M4P1.h', '$Forwarded'],
    [9, '1600000002.M5P1.h'],
  ])
  await mailbox.load()
  expect(mailbox.messages().map(({ size }) => size)).toEqual([24, 28, 26])
  expect(await machine.disk.readText(`${root}/dovecot-uidlist`)).toContain('8 W28 :1600000002.M4P1.h')
  await end()
})

test('copies by hard link: one file, two names', async () => {
  const { store, machine, end } = await maildir()
  await store.create('Archive', {})
  await store.deliver('INBOX', { content: letter('one') }, {})
  const mailbox = await store.open('INBOX', 'read-write')
  await mailbox.copyTo('Archive', [1 as Uid], 'copy', {})
  const [name = ''] = await machine.disk.list(`${root}/.Archive/new`)
  expect((await machine.disk.stat(`${root}/.Archive/new/${name}`))?.links).toBe(2)
  await end()
})

test('keeps keywords that have no letter any more', async () => {
  const { store, reopened, machine, end } = await maildir()
  await store.deliver('INBOX', { content: letter('one') }, {})
  const mailbox = await store.open('INBOX', 'read-write')
  const words = Array.from({ length: 30 }, (_, i) => `word${i}`)
  await mailbox.setFlags([1 as Uid], 'add', words, {})
  expect(await machine.disk.list(`${root}/cur`)).toEqual([
    expect.stringMatching(/:2,abcdefghijklmnopqrstuvwxyz$/),
  ])
  const again = await (await reopened()).open('INBOX', 'read-write')
  expect([...(again.messages()[0]?.flags ?? [])].sort()).toEqual([...words].sort())
  await end()
})

test('cleans tmp of deliveries that never ended, and spares those under way', async () => {
  const { store, machine, end } = await maildir()
  await machine.disk.apply([
    { kind: 'write', path: `${root}/tmp/old`, bytes: 'half', modified: start - 37 * 3_600_000 },
    { kind: 'write', path: `${root}/tmp/young`, bytes: 'half', modified: start - 3_600_000 },
    { kind: 'mkdir', path: `${root}/cur` },
  ])
  await store.open('INBOX', 'read-write')
  expect(await machine.disk.list(`${root}/tmp`)).toEqual(['young'])
  await end()
})

test('says that the disk is full, and keeps what it has', async () => {
  const { store, end } = await mailWorld({ location: 'maildir:~/Maildir', capacity: 3000 })
  await store.deliver('INBOX', { content: letter('small') }, {})
  const large = { content: Buffer.from(`Subject: large\n\n${'x'.repeat(5000)}\n`) }
  await expect(store.deliver('INBOX', large, {})).rejects.toMatchObject({ code: 'OVERQUOTA' })
  expect((await store.open('INBOX', 'read-only')).messages().map(({ uid }) => uid)).toEqual([1])
  await end()
})

test('survives files that are no uidlist, no keywords and no index', async () => {
  const { store, machine, end } = await maildir()
  const rubbish = '\0\xff3 V N\n-1 :x\nnonsense\n'
  await machine.disk.apply([
    { kind: 'write', path: `${root}/cur/1600000001.M1P1.h:2,S`, bytes: letter('one') },
    ...['dovecot-uidlist', 'dovecot-keywords', 'mailscope.index', 'subscriptions'].map((name) => ({
      kind: 'write' as const,
      path: `${root}/${name}`,
      bytes: rubbish,
    })),
  ])
  const mailbox = await store.open('INBOX', 'read-write')
  expect(mailbox.messages().map(({ uid }) => uid)).toEqual([1])
  expect(Array.isArray(await store.subscriptions())).toBe(true)
  await end()
})
