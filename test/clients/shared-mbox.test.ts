// One mbox, three programs: this engine, a real Dovecot and mutt read and rewrite it, and no letter is lost, doubled or changed.
import { readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LineClient } from '../bench/line-client.ts'
import { noDovecot, startDovecot, type Dovecot } from './dovecot.ts'
import { letter, openOffice, subjectsOf, withClient, type Office } from './office.ts'
import { atTerminal } from './terminal.ts'
import { append, deliverAll, logIn, numbered, seen } from './two-servers.ts'

const why = noDovecot(['imap', 'lmtp'])

describe.skipIf(why !== null)(
  `a mbox of Mailscope and Dovecot${why === null ? '' : `: skipped, ${why}`}`,
  () => {
    let office: Office
    let dovecot: Dovecot
    let inbox: string
    let here: LineClient
    let there: LineClient

    beforeAll(async () => {
      office = await openOffice()
      const host = office.roots['mail.example.com'] ?? ''
      inbox = join(host, 'var/mail/bob')
      const settings = join(host, 'etc/dovecot/dovecot.conf')
      const text = readFileSync(settings, 'utf8')
      const location = 'mbox:~/mail:INBOX=/var/mail/%u'
      writeFileSync(settings, text.replace(/^mail_location = .*$/m, `mail_location = ${location}`))
      await runHere('doveadm reload')
      dovecot = await startDovecot({
        folder: join(office.home(), 'dovecot'),
        home: join(host, 'home/bob'),
        mailLocation: `mbox:${host}/home/bob/mail:INBOX=${inbox}`,
        services: ['imap', 'lmtp'],
      })
      await office.deliver('bob@example.com', letter('first'), letter('second', '.\nFrom me\n>From you'))
      here = await logIn(office.port('mail.example.com', 'imap'), 'builder')
      there = await logIn(dovecot.ports.imap, 'secret')
    }, 120_000)

    afterAll(async () => {
      here.close()
      there.close()
      await dovecot.stop()
      await office.close()
    })

    async function runHere(command: string): Promise<void> {
      const url = `${office.url}/api/labs/${office.lab}/hosts/mail.example.com/run`
      await fetch(url, { method: 'POST', body: JSON.stringify({ command }) })
    }

    let turn = 0
    /** Dovecot knows a mbox by its size and by its time in whole seconds: every turn is a second later. */
    async function bothSeeTheSame(): Promise<void> {
      const time = Math.floor(Date.now() / 1000) + ++turn
      utimesSync(inbox, time, time)
      expect(await seen(there, 'INBOX')).toEqual(await seen(here, 'INBOX'))
    }
    const subjects = () =>
      subjectsOf(readFileSync(inbox, 'latin1').split(/^(?=From \S+ +\w{3} \w{3} )/m)).filter(isMail)
    const isMail = (subject: string) => !subject.startsWith("DON'T DELETE")

    test('agree on UIDs, flags, keywords and bytes, whoever was first', async () => {
      await bothSeeTheSame()
      await there.imap('SELECT INBOX')
      await there.imap('STORE 1 +FLAGS (\\Seen $Work)')
      await there.imap('UNSELECT')
      await bothSeeTheSame()
      await here.imap('SELECT INBOX')
      await here.imap('STORE 2 +FLAGS (\\Flagged Later)')
      await here.imap('UNSELECT')
      await bothSeeTheSame()
      await office.deliver('bob@example.com', letter('third'))
      await there.imap('SELECT INBOX')
      await there.imap('STORE 1 +FLAGS (\\Deleted)')
      await there.imap('EXPUNGE')
      await there.imap('UNSELECT')
      await bothSeeTheSame()
      expect(subjects()).toEqual(['second', 'third'])
    })

    test('take deliveries, appends, flags and removals at the same time', async () => {
      const names = (who: string) => numbered(who, 12)
      const before = subjects()
      const churn = async (client: LineClient) => {
        for (let i = 0; i < 8; i++) {
          await client.imap('SELECT INBOX')
          await client.imap('STORE 1:* +FLAGS (\\Seen)')
          await client.imap('UNSELECT')
        }
      }
      await Promise.all([
        deliverAll(office.port('mail.example.com', 'lmtp'), 'bob@example.com', names('Ours')),
        deliverAll(dovecot.ports.lmtp, 'bob', names('Theirs')),
        append(here, names('Here'), 'Here').then(() => churn(here)),
        append(there, names('There'), 'There').then(() => churn(there)),
      ])
      expect(subjects()).toEqual([...before, ...['Here', 'There', 'Ours', 'Theirs'].flatMap(names)].sort())
      await bothSeeTheSame()
      // It reads under a lock of its own (fcntl) and may say that it met a file in the middle of its rewriting: it reads it again.
      expect(dovecot.log().match(/.*(?:Panic|Fatal).*/gi)).toBeNull()
    }, 90_000)

    withClient('mutt', {}, () => {
      test('see what mutt flags, deletes and adds in the file', async () => {
        const before = subjects()
        const home = office.home()
        writeFileSync(
          join(home, 'muttrc'),
          'set folder="~" resolve=no mark_old=no delete=yes move=no quit=yes confirmappend=no sort=mailbox-order sleep_time=0\n',
        )
        const keys = '<first-entry><delete-message><next-entry><flag-message><sync-mailbox><quit>'
        const { code, screen } = await atTerminal(`mutt -n -F muttrc -f ${inbox} -e 'push "${keys}"'`, {
          home,
        })
        expect(code, screen).toBe(0)
        expect(subjects()).toEqual(before.filter((subject) => subject !== 'second'))
        // Sizes that Dovecot remembers do not know of the fields that mutt adds: only flags are asked of it.
        const flags = async (client: LineClient) => {
          await client.imap('EXAMINE INBOX')
          const lines = (await client.imap('FETCH 1:* (UID FLAGS)')).split('\r\n')
          return lines.filter((line) => line.startsWith('*')).map((line) => line.replace(/ ?\\Recent/, ''))
        }
        expect(await flags(there)).toEqual(await flags(here))
        const ours = (await seen(here, 'INBOX')).messages
        expect(ours[0]?.flags).toContain('\\Flagged')
        expect(ours[0]?.text).toContain('\r\n\r\nHello.\r\n')
      })
    })
  },
)
