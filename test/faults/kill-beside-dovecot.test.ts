// The engine is killed while a real Dovecot delivers into the same Maildir: Dovecot does not wait for the dead, nothing
// that was answered 250 is lost, and both agree on every UID after the next start.
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noDovecot, startDovecot } from '../clients/dovecot.ts'
import { filesOf, subjectsOf } from '../clients/office.ts'
import { deliverAll, logIn, numbered, seen } from '../clients/two-servers.ts'
import { removeFolder, startMailscope, temporaryFolder } from '../lab/start.ts'

const why = noDovecot(['imap', 'lmtp'])

describe.skipIf(why !== null)(`Mailscope and Dovecot${why === null ? '' : `: skipped, ${why}`}`, () => {
  test('go on with one Maildir when Mailscope was killed at work', { timeout: 120_000 }, async () => {
    const first = await startMailscope()
    const maildir = join(first.roots['mail.example.com'] ?? '', 'home/bob/Maildir')
    const room = temporaryFolder()
    const dovecot = await startDovecot({
      folder: join(room, 'dovecot'),
      home: join(maildir, '..'),
      mailLocation: `maildir:${maildir}`,
      services: ['imap', 'lmtp'],
    })

    const promised = new Set<string>()
    const ours = (async () => {
      for (const name of numbered('Ours', 200)) {
        await deliverAll(first.port('mail.example.com', 'lmtp'), 'bob@example.com', [name])
        promised.add(name)
        if (promised.size === 25) first.process.kill('SIGKILL')
      }
    })().catch(() => undefined)
    await Promise.all([ours, deliverAll(dovecot.ports.lmtp, 'bob', numbered('Theirs', 40))])
    expect(promised.size).toBeLessThan(200)

    // The worst moment to die: with the lock in hand.
    writeFileSync(join(maildir, 'dovecot-uidlist.lock'), `${first.process.pid}:${hostname()}`)
    await deliverAll(dovecot.ports.lmtp, 'bob', numbered('After', 5))
    writeFileSync(join(maildir, 'dovecot-uidlist.lock'), `${first.process.pid}:${hostname()}`)
    const second = await startMailscope({ data: first.data })
    await deliverAll(second.port('mail.example.com', 'lmtp'), 'bob@example.com', numbered('Again', 5))

    const here = await logIn(second.port('mail.example.com', 'imap'), 'builder')
    const there = await logIn(dovecot.ports.imap, 'secret')
    const [{ messages: mine, validity }, theirs] = [await seen(here, 'INBOX'), await seen(there, 'INBOX')]
    const withoutDate = ({ uid, flags, size, text }: (typeof mine)[number]) => ({ uid, flags, size, text })
    expect(theirs.validity).toBe(validity)
    expect(theirs.messages.map(withoutDate)).toEqual(mine.map(withoutDate))
    const found = subjectsOf(filesOf(maildir).map(({ text }) => text))
    const sure = [...promised, ...numbered('Theirs', 40), ...numbered('After', 5), ...numbered('Again', 5)]
    expect(sure.filter((name) => !found.includes(name))).toEqual([])
    expect(new Set(found).size).toBe(found.length)
    expect(dovecot.log().match(/.*(?:Panic|Error: .*(?:uidlist|corrupted|duplicate)).*/gi)).toBeNull()

    for (const client of [here, there]) client.close()
    await dovecot.stop()
    await second.stop()
    for (const folder of [room, first.data]) removeFolder(folder)
  })
})
