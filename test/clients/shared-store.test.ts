// A real Dovecot and this engine serve the same mail folders, by turns and at once: no letter lost, doubled or changed.
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LineClient } from '../bench/line-client.ts'
import { noDovecot, startDovecot, type Dovecot } from './dovecot.ts'
import { filesOf, letter, openOffice, subjectsOf, type Office } from './office.ts'
import { append, deliverAll, listed, logIn, numbered, seen, subscribed, type Seen } from './two-servers.ts'

const why = noDovecot(['imap', 'lmtp'])

describe.skipIf(why !== null)(`Mailscope and Dovecot${why === null ? '' : `: skipped, ${why}`}`, () => {
  let office: Office
  let dovecot: Dovecot
  let maildir: string
  let here: LineClient
  let there: LineClient

  beforeAll(async () => {
    office = await openOffice()
    maildir = join(office.roots['mail.example.com'] ?? '', 'home/bob/Maildir')
    dovecot = await startDovecot({
      folder: join(office.home(), 'dovecot'),
      home: join(maildir, '..'),
      mailLocation: `maildir:${maildir}`,
      services: ['imap', 'lmtp'],
    })
    await office.deliver('bob@example.com', letter('first'))
    here = await logIn(office.port('mail.example.com', 'imap'), 'builder')
    there = await logIn(dovecot.ports.imap, 'secret')
  }, 120_000)

  afterAll(async () => {
    here.close()
    there.close()
    await dovecot.stop()
    await office.close()
  })

  async function bothSeeTheSame(folder = 'INBOX'): Promise<void> {
    expect(await seen(there, folder)).toEqual(await seen(here, folder))
    expect(await listed(there)).toEqual(await listed(here))
    expect(await subscribed(there)).toEqual(await subscribed(here))
  }

  test('agree on UIDs, flags, keywords, sizes, dates and bytes, whoever was first', async () => {
    await here.imap('SELECT INBOX')
    await bothSeeTheSame()
    await office.deliver('bob@example.com', letter('second', '.\n..\nFrom x'), letter('third'))
    await there.imap('SELECT INBOX')
    await there.imap('STORE 1 +FLAGS (\\Seen $Work)')
    await there.imap('STORE 2 +FLAGS (\\Flagged Later)')
    await there.imap('STORE 3 +FLAGS (\\Deleted)')
    await there.imap('EXPUNGE')
    await bothSeeTheSame()
    await here.imap('SELECT INBOX')
    await here.imap('STORE 1 FLAGS (\\Answered Third $Work)')
    await here.imap('STORE 2 -FLAGS (Later)')
    await bothSeeTheSame()
    await there.imap('SELECT INBOX')
    await there.imap('STORE 2 +FLAGS (Fourth)')
    await bothSeeTheSame()
  })

  test('hear in open sessions what the other did', async () => {
    await here.imap('SELECT INBOX')
    await there.imap('SELECT INBOX')
    await there.imap('STORE 1 FLAGS (\\Draft New-Word)')
    expect(await here.imap('NOOP')).toMatch(/\* 1 FETCH \(.*FLAGS \(\\Draft New-Word\)/)
    await office.deliver('bob@example.com', letter('news'))
    expect(await there.imap('NOOP')).toMatch(/\* 3 EXISTS/)
    await there.imap('STORE 3 +FLAGS (\\Deleted)')
    await there.imap('EXPUNGE')
    expect(await here.imap('NOOP')).not.toMatch(/\* 3 FETCH/)
    await bothSeeTheSame()
  })

  test('make, fill, subscribe, rename and delete folders for each other', async () => {
    await here.imap('CREATE Work.Plans')
    await here.imap('SUBSCRIBE Work.Plans')
    await there.imap('CREATE "&ZeVnLIqe-"')
    await there.imap('SUBSCRIBE "&ZeVnLIqe-"')
    await there.imap('SELECT INBOX')
    await there.imap('COPY 1:2 Work.Plans')
    await here.imap('SELECT INBOX')
    await here.imap('COPY 1:2 "&ZeVnLIqe-"')
    await bothSeeTheSame('Work.Plans')
    await bothSeeTheSame('&ZeVnLIqe-')
    await here.imap('SELECT INBOX')
    await there.imap('SELECT INBOX')
    await there.imap('RENAME Work.Plans Work.Done')
    await here.imap('DELETE "&ZeVnLIqe-"')
    await bothSeeTheSame('Work.Done')
    expect(await listed(here)).toContain('Work.Done')
  })

  test('find what other programs put, renamed and took away in the files', async () => {
    await bothSeeTheSame()
    writeFileSync(join(maildir, 'new', '1795500000.M1P1.elsewhere'), 'Subject: dropped\n\nBy hand.\n')
    writeFileSync(join(maildir, 'cur', '1795500001.M1P1.elsewhere:2,FS'), 'Subject: moved in\n\nBy hand.\n')
    await bothSeeTheSame()
    const files = filesOf(maildir)
    const dropped = files.find(({ text }) => text.includes('dropped'))
    const moved = files.find(({ text }) => text.includes('moved in'))
    if (dropped === undefined || moved === undefined) throw new Error('the files are gone')
    renameSync(dropped.path, join(maildir, 'cur', '1795500000.M1P1.elsewhere:2,RSa'))
    rmSync(moved.path)
    await bothSeeTheSame()
    const keywords = readFileSync(join(maildir, 'dovecot-keywords'), 'latin1')
    appendFileSync(join(maildir, 'dovecot-keywords'), `${keywords.trimEnd().split('\n').length} by-hand\n`)
    await bothSeeTheSame()
  })

  test('take deliveries, appends, flags and removals at the same time', async () => {
    const rounds = 25
    const names = (who: string) => numbered(who, rounds)
    const churn = async (client: LineClient) => {
      for (let i = 0; i < rounds; i++) {
        await client.imap('SELECT INBOX')
        await client.imap(`STORE 1:* +FLAGS (\\Seen)`)
      }
    }
    const more = [
      await logIn(office.port('mail.example.com', 'imap'), 'builder'),
      await logIn(dovecot.ports.imap, 'secret'),
    ] as const
    const before = subjectsOf(filesOf(maildir).map(({ text }) => text))
    await Promise.all([
      append(here, names('Here'), 'Here'),
      append(there, names('There'), 'There'),
      deliverAll(office.port('mail.example.com', 'lmtp'), 'bob@example.com', names('Ours')),
      deliverAll(dovecot.ports.lmtp, 'bob', names('Theirs')),
      ...more.map(churn),
    ])
    for (const client of more) client.close()
    const after = subjectsOf(filesOf(maildir).map(({ text }) => text))
    expect(after).toEqual([...before, ...['Here', 'There', 'Ours', 'Theirs'].flatMap(names)].sort())
    // Dovecot remembers when it took a letter; the file may have got its time in the next second.
    const { messages: ours } = await seen(here, 'INBOX')
    const { messages: theirs } = await seen(there, 'INBOX')
    const withoutDate = ({ uid, flags, size, text }: Seen) => ({ uid, flags, size, text })
    expect(theirs.map(withoutDate)).toEqual(ours.map(withoutDate))
    expect(dovecot.log().match(/.*(?:Panic|Error: .*(?:uidlist|corrupted|duplicate)).*/gi)).toBeNull()
  }, 60_000)
})
