/** What every mail store must do, whether Maildir or mbox, in memory or on a disk. */
import { describe, expect, test } from 'vitest'
import type { Machine } from '#engine/machine.ts'
import { MailboxError, type MailStore, type Uid } from '#mailbox/mail-store.ts'
import type { TraceFact } from '#trace/events.ts'

export type StoreWorld = {
  readonly machine: Machine
  readonly store: MailStore
  /** Another look at the same files, as after a restart. */
  readonly reopened: () => Promise<MailStore>
  readonly facts: TraceFact[]
  readonly end: () => Promise<void>
}

const letter = (subject: string, body = 'Hello.') =>
  Buffer.from(`From: carol@example.org\r\nSubject: ${subject}\r\n\r\n${body}\r\n`)

const subjects = async (store: MailStore, name: string): Promise<readonly string[]> => {
  const mailbox = await store.open(name, 'read-only')
  const found: string[] = []
  for (const { uid } of mailbox.messages()) {
    found.push(/^Subject: (.*)\r$/m.exec(Buffer.from(await mailbox.readHeader(uid)).toString())?.[1] ?? '')
  }
  await mailbox.close()
  return found
}

export function mailStoreContract(name: string, begin: () => Promise<StoreWorld>): void {
  const withStore = (sentence: string, check: (world: StoreWorld) => Promise<void>) =>
    test(sentence, async () => {
      const world = await begin()
      try {
        await check(world)
      } finally {
        await world.end()
      }
    })

  describe(name, () => {
    withStore(
      'keeps a delivered letter, byte for byte, with CRLF line ends for the reader',
      async ({ store, facts }) => {
        await store.deliver(
          'INBOX',
          { content: Buffer.from('Subject: hi\nX: y\n\n.\nFrom me\n>From you\n') },
          {},
        )
        const mailbox = await store.open('INBOX', 'read-write')
        const [entry] = mailbox.messages()
        expect(entry?.uid).toBe(1)
        const text = 'Subject: hi\r\nX: y\r\n\r\n.\r\nFrom me\r\n>From you\r\n'
        expect(Buffer.from(await mailbox.read(1 as Uid)).toString()).toBe(text)
        expect(Buffer.from(await mailbox.readHeader(1 as Uid)).toString()).toBe('Subject: hi\r\nX: y\r\n\r\n')
        await mailbox.load()
        expect(entry?.size).toBe(text.length)
        expect(facts.filter(({ type }) => type === 'mailbox.delivered')).toHaveLength(1)
      },
    )

    withStore(
      'gives UIDs in the order of arrival and keeps them when it is opened anew',
      async ({ store, reopened }) => {
        for (const subject of ['one', 'two', 'three'])
          await store.deliver('INBOX', { content: letter(subject) }, {})
        const first = await store.open('INBOX', 'read-write')
        await first.expunge([2 as Uid], {})
        const { uidValidity } = first
        await first.close()
        const again = await (await reopened()).open('INBOX', 'read-write')
        expect(again.messages().map(({ uid }) => uid)).toEqual([1, 3])
        expect(again.uidValidity).toBe(uidValidity)
        expect(again.uidNext).toBe(4)
      },
    )

    withStore('keeps flags and keywords over a restart', async ({ store, reopened }) => {
      await store.deliver('INBOX', { content: letter('one') }, {})
      const mailbox = await store.open('INBOX', 'read-write')
      await mailbox.setFlags([1 as Uid], 'add', ['\\Seen', '\\Flagged', '$Forwarded'], {})
      await mailbox.setFlags([1 as Uid], 'remove', ['\\Flagged'], {})
      await mailbox.close()
      const again = await (await reopened()).open('INBOX', 'read-write')
      expect([...(again.messages()[0]?.flags ?? [])].sort()).toEqual(['$Forwarded', '\\Seen'])
      expect(again.keywords()).toContain('$Forwarded')
    })

    withStore('shows a letter as recent to the first session alone', async ({ store }) => {
      await store.deliver('INBOX', { content: letter('one') }, {})
      expect((await store.status('INBOX')).recent).toBe(1)
      const looking = await store.open('INBOX', 'read-only')
      expect(looking.messages().map(({ recent }) => recent)).toEqual([true])
      const first = await store.open('INBOX', 'read-write')
      expect(first.messages().map(({ recent }) => recent)).toEqual([true])
      const second = await store.open('INBOX', 'read-write')
      expect(second.messages().map(({ recent }) => recent)).toEqual([false])
      expect((await store.status('INBOX')).recent).toBe(0)
    })

    withStore('tells one session what another did, and raises the modseq', async ({ store }) => {
      for (const subject of ['one', 'two']) await store.deliver('INBOX', { content: letter(subject) }, {})
      const watching = await store.open('INBOX', 'read-write')
      const before = watching.highestModseq
      let rung = 0
      const stop = watching.watch(() => rung++)
      const acting = await store.open('INBOX', 'read-write')
      await acting.setFlags([1 as Uid], 'add', ['\\Answered'], {})
      await acting.expunge([2 as Uid], {})
      await acting.append([{ content: letter('three') }], {})
      await Promise.resolve()
      const changes = await watching.refresh()
      expect(rung).toBeGreaterThan(0)
      expect(changes.added.map(({ uid }) => uid)).toEqual([3])
      expect(changes.removed).toEqual([2])
      expect(changes.changed.map(({ uid, flags }) => [uid, ...flags])).toEqual([[1, '\\Answered']])
      expect(watching.highestModseq).toBeGreaterThan(before)
      expect(await watching.vanishedSince(before)).toEqual([2])
      expect(await watching.refresh()).toEqual({ added: [], removed: [], changed: [] })
      stop()
    })

    withStore('says EXPUNGED when a message is gone', async ({ store }) => {
      await store.deliver('INBOX', { content: letter('one') }, {})
      const one = await store.open('INBOX', 'read-write')
      const two = await store.open('INBOX', 'read-write')
      await two.expunge([1 as Uid], {})
      await expect(one.read(1 as Uid)).rejects.toMatchObject({ code: 'EXPUNGED' })
    })

    withStore('makes, renames and removes folders', async ({ store }) => {
      await store.create('Work', {})
      await store.create('Entwürfe/März', {})
      await store.deliver('Work', { content: letter('plan') }, {})
      await store.rename('Work', 'Job', {})
      expect(await subjects(store, 'Job')).toEqual(['plan'])
      await expect(store.open('Work', 'read-only')).rejects.toMatchObject({ code: 'NONEXISTENT' })
      await expect(store.create('Job', {})).rejects.toMatchObject({ code: 'ALREADYEXISTS' })
      await store.remove('Entwürfe/März', {})
      const names = (await store.folders()).filter(({ selectable }) => selectable).map(({ name }) => name)
      expect(names.sort()).toEqual(['INBOX', 'Job'])
    })

    withStore('gives a folder that is made again another UIDVALIDITY', async ({ store }) => {
      await store.create('Temp', {})
      const first = (await store.status('Temp')).uidValidity
      await store.remove('Temp', {})
      await store.create('Temp', {})
      expect((await store.status('Temp')).uidValidity).not.toBe(first)
    })

    withStore('copies and moves with flags', async ({ store }) => {
      await store.create('Archive', {})
      for (const subject of ['one', 'two', 'three'])
        await store.deliver('INBOX', { content: letter(subject) }, {})
      const inbox = await store.open('INBOX', 'read-write')
      await inbox.setFlags([2 as Uid], 'add', ['\\Seen', 'later'], {})
      const copied = await inbox.copyTo('Archive', [1 as Uid, 2 as Uid], 'copy', {})
      expect(copied.uids).toEqual([
        [1, 1],
        [2, 2],
      ])
      const moved = await inbox.copyTo('Archive', [3 as Uid], 'move', {})
      expect(moved.uids).toEqual([[3, 3]])
      await inbox.refresh()
      expect(inbox.messages().map(({ uid }) => uid)).toEqual([1, 2])
      const archive = await store.open('Archive', 'read-only')
      expect(archive.messages().map(({ flags }) => [...flags].sort())).toEqual([[], ['\\Seen', 'later'], []])
      expect(await subjects(store, 'Archive')).toEqual(['one', 'two', 'three'])
      await expect(inbox.copyTo('Nowhere', [1 as Uid], 'copy', {})).rejects.toMatchObject({
        code: 'NONEXISTENT',
      })
    })

    withStore('remembers subscriptions, also of folders that are gone', async ({ store, reopened }) => {
      await store.create('News/Linux', {})
      await store.subscribe('News/Linux', 'subscribed')
      await store.subscribe('Elsewhere', 'subscribed')
      await store.remove('News/Linux', {})
      expect([...(await (await reopened()).subscriptions())].sort()).toEqual(['Elsewhere', 'News/Linux'])
      await store.subscribe('Elsewhere', 'unsubscribed')
      expect(await store.subscriptions()).toEqual(['News/Linux'])
    })

    withStore('refuses names that lead out of it', async ({ store }) => {
      for (const bad of ['../../etc/passwd', '..', 'a/../b', 'a\0b', '', '/etc', '~root', 'a//b', 'a\nb']) {
        await expect(store.create(bad, {}), bad).rejects.toBeInstanceOf(MailboxError)
        await expect(store.open(bad, 'read-only'), bad).rejects.toBeInstanceOf(MailboxError)
        await expect(store.deliver(bad, { content: letter('x') }, {}), bad).rejects.toBeInstanceOf(
          MailboxError,
        )
      }
    })

    withStore('keeps the date a client gives', async ({ store }) => {
      const when = Date.UTC(2024, 1, 6, 11)
      const mailbox = await store.open('INBOX', 'read-write')
      await mailbox.append([{ content: letter('old'), internalDate: when, flags: ['\\Seen'] }], {})
      await mailbox.refresh()
      await mailbox.load()
      expect(mailbox.messages()[0]?.internalDate).toBe(when)
      expect([...(mailbox.messages()[0]?.flags ?? [])]).toEqual(['\\Seen'])
    })

    withStore('loses nothing when many letters come at once', async ({ store }) => {
      const names = Array.from({ length: 20 }, (_, i) => `letter ${i}`)
      await Promise.all(names.map((subject) => store.deliver('INBOX', { content: letter(subject) }, {})))
      expect([...(await subjects(store, 'INBOX'))].sort()).toEqual([...names].sort())
      const uids = (await store.open('INBOX', 'read-only')).messages().map(({ uid }) => uid)
      expect(uids).toEqual(names.map((_, i) => i + 1))
    })
  })
}
