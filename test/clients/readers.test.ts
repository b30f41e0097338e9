// Mail readers at a terminal: mutt, NeoMutt and Alpine send a letter, open the mailbox, flag, copy, delete, and leave.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { letter, openOffice, patiently, run, subjectsOf, withClient, type Office } from './office.ts'
import { atTerminal } from './terminal.ts'

let office: Office

beforeAll(async () => {
  office = await openOffice()
}, 120_000)

afterAll(() => office.close())

const flagged = (user: string, folder = '') =>
  office
    .maildir(user, folder)
    .map(({ name, text }) => `${subjectsOf([text])[0]} [${name.split(':2,')[1] ?? 'new'}]`)
    .sort()

describe.each([
  { name: 'mutt', debian: 'mutt' },
  { name: 'neomutt', debian: 'neomutt' },
])('$name', ({ name, debian }) => {
  withClient(name, { debian }, () => {
    let home: string

    beforeEach(() => {
      home = office.home()
      const at = (service: string) => `localhost:${office.port('mail.example.com', service)}`
      writeFileSync(
        join(home, 'muttrc'),
        `set folder="imap://bob@${at('imap')}/" spoolfile="imap://bob@${at('imap')}/INBOX"
set imap_pass=builder pop_pass=builder smtp_pass=wonderland
set smtp_url="smtp://alice@${at('submission')}/"
set ssl_starttls=yes ssl_force_tls=yes ssl_verify_host=yes certificate_file="${office.root}"
set header_cache="${home}/cache"
set resolve=no timeout=1 mail_check=0 sleep_time=0 mark_old=no copy=no sort=mailbox-order
set wait_key=no confirmappend=no confirmcreate=no delete=yes move=no quit=yes
set from=alice@example.com realname=Alice hostname=example.com
`,
      )
    })

    const keys = (...macro: readonly string[]) => `-e 'push "${macro.join('')}"'`

    test('sends in batch, with a file, by STARTTLS and AUTH', async () => {
      office.empty('bob')
      writeFileSync(join(home, 'picture.bin'), Buffer.from(Array.from({ length: 256 }, (_, i) => i)))
      const words = ['-n', '-F', 'muttrc', '-s', `From ${name}: 你好`, '-a', 'picture.bin', '--']
      const sent = await run(name, [...words, 'bob@example.com'], { home, input: 'Grüße\n.\n' })
      expect(`${sent.code} ${sent.stderr}`).toMatch(/^0 /)
      await expect.poll(() => office.maildir('bob'), patiently).toHaveLength(1)
      const text = office.maildir('bob')[0]?.text ?? ''
      expect(text).toContain('Subject: From ' + name + ': =?utf-8?B?5L2g5aW9?=')
      expect(text).toContain('(Postfix) with ESMTPSA')
    })

    test('by IMAP flags, answers, deletes, copies to a file and saves to a folder', async () => {
      office.empty('bob')
      await office.deliver('bob@example.com', ...['one', 'two', 'three', 'four'].map((name) => letter(name)))
      const { code, screen } = await atTerminal(
        `${name} -n -F muttrc ${keys(
          ...['<first-entry><flag-message><next-entry><delete-message>'],
          ...['<jump>3<enter><set-flag>r', `<copy-message>${home}/copy<enter>`],
          ...['<jump>4<enter><save-message>=Kept<enter>', '<sync-mailbox><quit>'],
        )}`,
        { home },
      )
      expect(code, screen).toBe(0)
      expect(flagged('bob')).toEqual(['one [F]', 'three [RS]'])
      expect(flagged('bob', '.Kept').map((line) => line.split(' ')[0])).toEqual(['four'])
      const copy = readFileSync(join(home, 'copy'), 'latin1')
      expect(subjectsOf([copy])).toEqual(['three'])
      await run('rm', ['-r', join(office.roots['mail.example.com'] ?? '', 'home/bob/Maildir/.Kept')], {
        home,
      })
    })

    test('by POP3 with STLS reads all and deletes one', async () => {
      office.empty('bob')
      await office.deliver('bob@example.com', letter('one'), letter('two'), letter('three', '.\n..'))
      const port = office.port('mail.example.com', 'pop3')
      const { code, screen } = await atTerminal(
        `${name} -n -F muttrc -f pop://bob@localhost:${port}/ ${keys(
          '<first-entry><delete-message>',
          `<tag-pattern>~A<enter><tag-prefix><copy-message>${home}/copy<enter><sync-mailbox><quit>`,
        )}`,
        { home },
      )
      expect(code, screen).toBe(0)
      const copies = readFileSync(join(home, 'copy'), 'latin1').split(/^(?=From )/m)
      expect(subjectsOf(copies)).toEqual(['one', 'three', 'two'])
      expect(copies.at(-1)).toContain('\n.\n..\n')
      expect(flagged('bob').map((line) => line.split(' ')[0])).toEqual(['three', 'two'])
    })
  })
})

withClient('Alpine', { program: 'alpine', debian: 'alpine' }, () => {
  test('asks for the password, opens INBOX by IMAP over TLS, deletes one, and leaves', async () => {
    office.empty('alice')
    await office.deliver('alice@example.com', letter('one'), letter('two'))
    const home = office.home()
    const port = office.port('mail.example.com', 'imaps')
    writeFileSync(
      join(home, 'rc'),
      `inbox-path={localhost:${port}/imap/ssl/novalidate-cert/user=alice}INBOX
feature-list=quit-without-confirm,expunge-without-confirm,expunge-without-confirm-everywhere
last-version-used=9.99
user-domain=example.com
`,
    )
    const { code, screen } = await atTerminal(`alpine -i -p rc`, {
      home,
      keys: [
        { when: /PASSWORD:/, type: 'wonderland\r' },
        { when: /Preserve password/, type: 'n' },
        { when: /\btwo\b/, type: 'd' },
        { when: /\bD\b/, type: 'q' },
      ],
    })
    expect(code, screen).toBe(0)
    expect(flagged('alice')).toHaveLength(1)
  })
})

withClient('msmtp', {}, () => {
  test('sends by STARTTLS and by TLS, from its configuration file', async () => {
    office.empty('bob')
    for (const [service, starttls] of [
      ['submission', 'on'],
      ['submissions', 'off'],
    ] as const) {
      const home = office.home()
      const port = office.port('mail.example.com', service)
      writeFileSync(
        join(home, '.msmtprc'),
        `account default\nhost localhost\nport ${port}\ntls on\ntls_starttls ${starttls}\ntls_trust_file ${office.root}
auth on\nuser alice\npassword wonderland\nfrom alice@example.com\n`,
        { mode: 0o600 },
      )
      const input = `Subject: msmtp ${service}\n\n.\n..\nend\n`
      const ran = await run('msmtp', ['bob@example.com'], { home, input })
      expect(`${ran.code} ${ran.stderr}`).toBe('0 ')
    }
    await expect
      .poll(() => subjectsOf(office.maildir('bob').map(({ text }) => text)), patiently)
      .toEqual(['msmtp submission', 'msmtp submissions'])
    expect(office.maildir('bob')[0]?.text).toMatch(/\n\n\.\n\.\.\nend\n$/)
  })
})
