// Another program drops a letter into a folder of a lab that lies on the disk of this computer.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Bell } from '#mailbox/bell.ts'
import { createClock } from '#platform/memory/clock.ts'
import { memoryDisk } from '#platform/memory/disk.ts'
import { openJournal } from '#platform/node/journal.ts'
import { nodeDisk } from '#platform/node/disk.ts'

const ends: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

test('the disk of this computer tells of it without being asked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  const journal = await openJournal(folder)
  ends.push(() => journal.close())
  const disk = nodeDisk(join(folder, 'hosts', 'mx'), journal)
  await disk.apply([{ kind: 'mkdir', path: '/home/bob/Maildir/new' }])
  const place = join(folder, 'hosts', 'mx', 'home', 'bob', 'Maildir', 'new')
  mkdirSync(place, { recursive: true })
  const told = new Promise<void>((resolve) => {
    const unwatch = disk.watch?.('/home/bob/Maildir/new', resolve) ?? null
    expect(unwatch).not.toBeNull()
    ends.push(() => unwatch?.())
  })
  writeFileSync(join(place, '1800000000.M1P1.other'), 'Subject: dropped\n\n')
  await told
})

test('who watches a folder hears of it soon, and of nothing when nothing is other', async () => {
  const clock = createClock({ source: 'manual', start: 0 })
  ends.push(() => clock.stop())
  const disk = memoryDisk()
  await disk.apply([{ kind: 'mkdir', path: '/mail/new' }])
  const seen = { letters: 0, rings: 0 }
  const look = async () => (await disk.list('/mail/new')).length !== seen.letters
  const bell = new Bell({ clock, disk, folders: ['/mail/new'], look })
  const unwatch = bell.watch(() => {
    seen.rings++
  })
  await clock.advance(1000)
  expect(seen.rings).toBe(0)
  await disk.apply([{ kind: 'write', path: '/mail/new/1', bytes: 'x' }])
  await clock.advance(100)
  expect(seen.rings).toBe(1)
  seen.letters = 1
  await disk.apply([{ kind: 'write', path: '/mail/new/1', bytes: 'y' }])
  await clock.advance(100)
  expect(seen.rings).toBe(1)
  unwatch()
  await disk.apply([{ kind: 'write', path: '/mail/new/2', bytes: 'x' }])
  await clock.advance(60_000)
  expect(seen.rings).toBe(1)
})
