// Another program adds a letter to the same mailbox, between any two things that we do with the disk. As it holds to the
// locks, nobody's UID is given twice, and what an APPENDUID promised stays true.
import { describe, expect, test } from 'vitest'
import type { Disk } from '#platform/disk.ts'
import type { MailStore } from '#mailbox/mail-store.ts'
import { mailWorld } from './world.ts'

type Other = { readonly lock: string; readonly add: (disk: Disk, name: string) => Promise<void> }

const letter = (subject: string) => Buffer.from(`Subject: ${subject}\n\nHello.\n`)
const textOf = async (disk: Disk, path: string) =>
  (await disk.stat(path)) === null ? '' : await disk.readText(path)

const maildir = '/home/alice/Maildir'
const besideMaildir: Other = {
  lock: `${maildir}/dovecot-uidlist.lock`,
  async add(disk, name) {
    const list = await textOf(disk, `${maildir}/dovecot-uidlist`)
    const uids = [...list.matchAll(/^(\d+) (?!V\d)/gm)].map(([, uid]) => Number(uid))
    const next = Math.max(Number(/ N(\d+)/.exec(list)?.[1] ?? 1), ...uids.map((uid) => uid + 1))
    await disk.apply([
      { kind: 'write', path: `${maildir}/cur/1600000000.M1P1.${name}:2,`, bytes: letter(name) },
      list === ''
        ? {
            kind: 'write',
            path: `${maildir}/dovecot-uidlist`,
            bytes: `3 V1600000000 N2 G${'ab'.repeat(16)}\n1 :1600000000.M1P1.${name}\n`,
          }
        : {
            kind: 'append',
            path: `${maildir}/dovecot-uidlist`,
            bytes: `${next} :1600000000.M1P1.${name}\n`,
          },
    ])
  },
}

const mbox = '/var/mail/alice'
const besideMbox: Other = {
  lock: `${mbox}.lock`,
  async add(disk, name) {
    const bytes = `From other@example.com Mon Mar  2 09:00:00 2026\nSubject: ${name}\n\nHello.\n\n`
    const there = (await disk.stat(mbox)) !== null
    await disk.apply([there ? { kind: 'append', path: mbox, bytes } : { kind: 'write', path: mbox, bytes }])
  },
}

/** `turns`: before which questions and changes of ours the other program acts, as soon as its lock is free. */
function besides(
  disk: Disk,
  other: Other,
  turns: readonly number[],
): { readonly disk: Disk; readonly count: () => number } {
  let count = 0
  const left = turns.map((turn, i) => ({ turn, name: `theirs ${i + 1}` }))
  let busy: Promise<void> = Promise.resolve()
  const act = async () => {
    const [next] = left
    if (next === undefined || count < next.turn || (await disk.stat(other.lock)) !== null) return
    left.shift()
    await other.add(disk, next.name)
  }
  const between = <A extends unknown[], T>(work: (...given: A) => Promise<T>) => {
    return async (...given: A): Promise<T> => {
      count++
      busy = busy.then(act)
      await busy
      return work(...given)
    }
  }
  const watched: Disk = {
    ...disk,
    stat: between((path: string) => disk.stat(path)),
    list: between((path: string) => disk.list(path)),
    read: between((path: string) => disk.read(path)),
    readText: between((path: string) => disk.readText(path)),
    apply: between((changes) => disk.apply(changes)),
    commit: between((changes) => disk.commit(changes)),
  }
  return { disk: watched, count: () => count }
}

/** A reader looks on while letters are appended, delivered and flagged. */
async function live(store: MailStore): Promise<ReadonlyMap<string, number>> {
  const uids = new Map<string, number>()
  const inbox = await store.open('INBOX', 'read-write')
  for (const name of ['one', 'two']) {
    const [uid] = await inbox.append([{ content: letter(name) }], {})
    if (uid !== undefined) uids.set(name, uid)
    await inbox.refresh()
    await inbox.setFlags(
      inbox.messages().map((message) => message.uid),
      'add',
      ['\\Seen'],
      {},
    )
  }
  await store.deliver('INBOX', { content: letter('three') }, {})
  await inbox.refresh()
  return uids
}

/** Answers how many steps it had. */
async function story(location: string, other: Other, turns: readonly [number, number]): Promise<number> {
  let count = () => 0
  const world = await mailWorld({
    location,
    wrap(disk) {
      const watched = besides(disk, other, turns)
      count = watched.count
      return watched.disk
    },
  })
  const uids = await live(world.store)
  const steps = count()
  const when = `before steps ${turns.join(' and ')}`
  const again = await (await world.reopened()).open('INBOX', 'read-only')
  const found = new Map<string, number>()
  for (const { uid } of again.messages()) {
    const text = Buffer.from(await again.read(uid)).toString('latin1')
    found.set(/^Subject: (.*)\r$/m.exec(text)?.[1] ?? '', uid)
  }
  for (const name of ['one', 'two', 'three']) expect([...found.keys()], when).toContain(name)
  for (const [name, uid] of uids) expect(found.get(name), `${name}, ${when}`).toBe(uid)
  const list = (await textOf(world.machine.disk, `${maildir}/dovecot-uidlist`)).split('\n').slice(1)
  const given = list.flatMap((line) => /^\d+/.exec(line)?.[0] ?? []).map(Number)
  expect(given, when).toEqual([...new Set(given)].sort((a, b) => a - b))
  expect(found.size, when).toBe(again.messages().length)
  await world.end()
  return steps
}

const pauses = [1, 2, 3, 5]

describe.each([
  { location: 'maildir:~/Maildir', other: besideMaildir },
  { location: 'mbox:~/mail:INBOX=/var/mail/%u', other: besideMbox },
])('$location', ({ location, other }) => {
  test('gives no UID twice, whenever another program adds a letter', async () => {
    for (let turn = 1, last = Infinity; turn <= last; turn++) {
      for (const pause of pauses) last = await story(location, other, [turn, turn + pause])
    }
  })
})
