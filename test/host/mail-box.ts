/** A host with people, mailboxes and a dovecot.conf, and an operator at its shell. */
import { passwordsOf } from '#auth/passwords.ts'
import { createRandom } from '#platform/memory/random.ts'
import type { Machine } from '#engine/machine.ts'
import { messagePieces } from '#mra/imapd/fetch/pieces.ts'
import type { Box, CommandResult, MailSession } from '#host/command.ts'
import { runCommand } from '#host/shell.ts'
import { createMailStores } from '#mailbox/stores.ts'
import { testBox } from './box.ts'

const conf = `mail_location = maildir:~/Maildir
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
}
`

const letter = (from: string, subject: string, body: string) =>
  `From: ${from}\nTo: r@in.example.test\nSubject: ${subject}\nDate: Tue, 06 Feb 2024 11:00:00 +0000\nMessage-ID: <${subject}@x>\n\n${body}\n`

export async function mailBox(
  options: { files?: Record<string, string>; sessions?: readonly MailSession[] } = {},
) {
  const box = await testBox({
    files: {
      '/etc/dovecot/dovecot.conf': conf,
      '/home/alice/Maildir/cur/1600000000.M0P1.seed:2,S': letter('Petra <petra@x>', 'Invoice', 'a few words'),
      '/home/alice/Maildir/cur/1600000001.M0P1.seed:2,F': letter('B <b@x>', 'cat', 'meow'),
      '/home/alice/Maildir/new/1600000002.M0P1.seed': letter('C <c@x>', 'third', 'xx'),
      '/home/alice/Maildir/tmp/.keep': '',
      '/home/alice/Maildir/.Work/cur/.keep': '',
      '/home/alice/Maildir/.Work/new/.keep': '',
      '/home/alice/Maildir/.Work/tmp/.keep': '',
      ...options.files,
    },
  })
  const people = [await box.machine.user('root'), await box.machine.user('alice')].filter(
    (user) => user !== null,
  )
  const machine: Machine = {
    ...box.machine,
    emit: () => undefined,
    random: createRandom(7),
    users: async () => people,
  }
  const kicked: MailSession[] = []
  const whole: Box = {
    ...box,
    machine,
    running: () => true,
    stores: createMailStores({ machine, location: () => 'maildir:~/Maildir' }),
    mail: {
      accounts: {
        names: async () => people.map(({ name }) => name),
        async user(name) {
          const found = people.find((one) => one.name === name)
          if (found === undefined) return null
          const { uid, gid, home } = found
          const fields = Object.entries({ uid: String(uid), gid: String(gid), home })
          return { name, fields: new Map(fields) }
        },
        account: async (name) => (people.some((one) => one.name === name) ? new Map([['user', name]]) : null),
        ...passwordsOf(machine),
      },
      sasl: {
        mechanisms: () => ['PLAIN'],
        begin: () => null,
        verify: async (username, password) =>
          password === 'pw'
            ? { kind: 'ok', username }
            : { kind: 'failed', failure: 'credentials', reason: '', username },
      },
      pieces: messagePieces,
      sessions: () => (options.sessions ?? []).filter((session) => !kicked.includes(session)),
      kick: (session) => void kicked.push(session),
    },
  }
  const type = (command: string, stdin = ''): Promise<CommandResult> =>
    runCommand(whole, { user: 'root', command, stdin })
  return { box: whole, type, kicked }
}
