// A disk that is full at any one moment: no letter is lost, doubled or changed, and none gets another UID.
import { describe, expect, test } from 'vitest'
import { MailboxError, type MailStore } from '#mailbox/mail-store.ts'
import { DiskError, type Disk } from '#platform/disk.ts'
import { mailWorld } from '../mailbox/world.ts'

/** Refuses the change whose turn it is, as a full disk does: nothing of it is made. */
function fullOnce(disk: Disk, turn: number): { readonly disk: Disk; readonly changes: () => number } {
  let changes = 0
  const make = (how: 'apply' | 'commit'): Disk['apply'] => {
    return async (steps) => {
      changes += 1
      // What only frees room works on a full disk too.
      const grows = steps.some(({ kind }) => kind === 'write' || kind === 'append' || kind === 'link')
      if (changes === turn && grows) throw new DiskError('ENOSPC', '/')
      await disk[how](steps)
    }
  }
  return { disk: { ...bound(disk), apply: make('apply'), commit: make('commit') }, changes: () => changes }
}

const bound = (disk: Disk): Disk => ({
  read: (path, range) => disk.read(path, range),
  readText: (path) => disk.readText(path),
  list: (path) => disk.list(path),
  stat: (path) => disk.stat(path),
  lstat: (path) => disk.lstat(path),
  readlink: (path) => disk.readlink(path),
  apply: (changes) => disk.apply(changes),
  commit: (changes) => disk.commit(changes),
})

const letter = (name: string) => Buffer.from(`Subject: ${name}\n\nThis is ${name}.\n`)

/** A day of a mailbox. What it was told of is remembered; what was refused, it may do without. */
async function live(store: MailStore) {
  const kept = new Set<string>()
  /** Asked to go, and not answered: it may be there or not. */
  const unsure = new Set<string>()
  const refused = new Set<string>()
  const uids = new Map<string, number>()
  const attempt = async (what: string | null, work: () => Promise<unknown>) => {
    try {
      await work()
      if (what !== null) kept.add(what)
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
      if (what !== null) refused.add(what)
    }
  }
  const look = async () => {
    const mailbox = await store.open('INBOX', 'read-write')
    for (const { uid } of mailbox.messages()) uids.set(await subjectOf(mailbox, uid), uid)
    return mailbox
  }
  await attempt('a', () => store.deliver('INBOX', { content: letter('a') }, {}))
  await attempt('b', () => store.deliver('INBOX', { content: letter('b') }, {}))
  await attempt(null, async () => {
    const mailbox = await look()
    const all = mailbox.messages().map(({ uid }) => uid)
    await attempt(null, () => mailbox.setFlags(all, 'add', ['\\Seen', 'word'], {}))
    await attempt('c', () => mailbox.append([{ content: letter('c'), flags: ['other'] }], {}))
    const b = uids.get('b')
    const gone = all.filter((uid) => uid === b)
    if (gone.length === 1) {
      kept.delete('b')
      unsure.add('b')
      await attempt(null, () => mailbox.expunge(gone, {}))
    }
    await mailbox.close()
  })
  await attempt('d', () => store.deliver('INBOX', { content: letter('d') }, {}))
  await attempt(null, look)
  return { kept, unsure, refused, uids }
}

async function subjectOf(
  mailbox: Awaited<ReturnType<MailStore['open']>>,
  uid: Parameters<typeof mailbox.read>[0],
): Promise<string> {
  const text = Buffer.from(await mailbox.read(uid)).toString('latin1')
  const name = /^Subject: (.*)\r$/m.exec(text)?.[1] ?? ''
  expect(text.replace(/\r\n/g, '\n')).toContain(`\n\nThis is ${name}.\n`)
  return name
}

describe.each(['maildir:~/Maildir', 'mbox:~/mail:INBOX=/var/mail/%u'])('%s', (location) => {
  test('survives that the disk is full at any one change', async () => {
    for (let turn = 1, last = Infinity; turn <= last; turn++) {
      let count = () => 0
      const world = await mailWorld({
        location,
        wrap(disk) {
          const full = fullOnce(disk, turn)
          count = full.changes
          return full.disk
        },
      })
      const { kept, unsure, refused, uids } = await live(world.store)
      last = count()

      const again = await world.reopened()
      const mailbox = await again.open('INBOX', 'read-write')
      const found: string[] = []
      for (const { uid } of mailbox.messages()) {
        const name = await subjectOf(mailbox, uid)
        found.push(name)
        expect(uids.get(name) ?? uid, `UID of ${name}, change ${turn}`).toBe(uid)
      }
      const sure = found.filter((name) => !unsure.has(name)).sort()
      expect(sure, `change ${turn}`).toEqual([...kept].sort())
      // Who was refused tries again: it must not be there twice then.
      expect(
        [...refused].filter((name) => found.includes(name)),
        `change ${turn}`,
      ).toEqual([])
      expect(new Set(found).size, `change ${turn}`).toBe(found.length)
      await world.end()
    }
  })
})
