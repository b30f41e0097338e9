// Programs that keep a local Maildir and a mailbox the same, both ways: mbsync and OfflineIMAP, until nothing differs.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesOf, letter, openOffice, run, withClient, type MaildirFile, type Office } from './office.ts'

let office: Office

beforeAll(async () => {
  office = await openOffice()
}, 120_000)

afterAll(() => office.close())

type Side = { readonly name: string; readonly root: string; readonly folders: readonly string[] }

/** The local side keeps INBOX as a folder like others; the server's is the Maildir++ itself. */
const local = (home: string): Side => ({
  name: 'local',
  root: join(home, 'mail'),
  folders: readdirSync(join(home, 'mail')).filter((name) => !name.startsWith('.')),
})

const server = (user: string): Side => {
  const root = join(office.roots['mail.example.com'] ?? '', 'home', user, 'Maildir')
  const dotted = readdirSync(root).filter((name) => name.startsWith('.'))
  return { name: 'server', root, folders: ['INBOX', ...dotted.map((name) => name.slice(1))] }
}

const pathOf = ({ name, root }: Side, folder: string) =>
  name === 'local' ? join(root, folder) : folder === 'INBOX' ? root : join(root, `.${folder}`)

const flagsOf = (file: MaildirFile) => file.name.split(':2,')[1] ?? ''

/** Every letter of a side in one line: folder, flags, subject, length of the body. */
function picture(side: Side): readonly string[] {
  return side.folders
    .flatMap((folder) => [
      `${folder}/`,
      ...filesOf(pathOf(side, folder)).map((file) => {
        const subject = /^Subject: (.*)$/m.exec(file.text)?.[1]
        const body = file.text.slice(file.text.indexOf('\n\n'))
        return `${folder} [${flagsOf(file)}] ${subject}, ${body.length} bytes`
      }),
    ])
    .sort()
}

function find(side: Side, folder: string, subject: string): MaildirFile {
  const file = filesOf(pathOf(side, folder)).find(({ text }) => text.includes(`\nSubject: ${subject}\n`))
  if (file === undefined) throw new Error(`${side.name} has no letter “${subject}” in ${folder}`)
  return file
}

/** As a mail reader of that side would. */
function setFlags(side: Side, folder: string, subject: string, flags: string): void {
  const { path, name } = find(side, folder, subject)
  renameSync(path, join(pathOf(side, folder), 'cur', `${name.split(':2,')[0]}:2,${flags}`))
}

function makeFolder(side: Side, folder: string): void {
  for (const part of ['', 'cur', 'new', 'tmp']) mkdirSync(join(pathOf(side, folder), part))
}

function put(side: Side, folder: string, subject: string): void {
  const text = letter(subject, 'Put there.').replaceAll('\r\n', '\n')
  writeFileSync(join(pathOf(side, folder), 'new', `1795520000.M${subject.length}P1.${side.name}`), text)
}

/** What both clients must bring about, whoever wrote first. */
async function keepsBothTheSame(user: string, home: string, sync: () => Promise<void>): Promise<void> {
  const both = async () => {
    await sync()
    const [here, there] = [picture(local(home)), picture(server(user))]
    expect(here).toEqual(there)
    return here
  }
  await office.deliver(`${user}@example.com`, letter('one'), letter('two', '.\n..\nFrom x'), letter('three'))
  makeFolder(server(user), 'Work')
  put(server(user), 'Work', 'plan')
  expect(await both()).toEqual([
    'INBOX [] one, 9 bytes',
    'INBOX [] three, 9 bytes',
    'INBOX [] two, 14 bytes',
    'INBOX/',
    'Work [] plan, 13 bytes',
    'Work/',
  ])

  setFlags(local(home), 'INBOX', 'one', 'S')
  setFlags(server(user), 'INBOX', 'two', 'FS')
  setFlags(server(user), 'Work', 'plan', 'RS')
  makeFolder(local(home), 'Ideas')
  put(local(home), 'Ideas', 'draft of an idea')
  put(local(home), 'INBOX', 'a note to myself')
  await office.deliver(`${user}@example.com`, letter('four'))
  expect(await both()).toEqual([
    'INBOX [FS] two, 14 bytes',
    'INBOX [S] one, 9 bytes',
    'INBOX [] a note to myself, 13 bytes',
    'INBOX [] four, 9 bytes',
    'INBOX [] three, 9 bytes',
    'INBOX/',
    'Ideas [] draft of an idea, 13 bytes',
    'Ideas/',
    'Work [RS] plan, 13 bytes',
    'Work/',
  ])

  rmSync(find(local(home), 'INBOX', 'one').path)
  rmSync(find(server(user), 'INBOX', 'three').path)
  setFlags(local(home), 'INBOX', 'two', 'S')
  setFlags(server(user), 'Ideas', 'draft of an idea', 'DS')
  const third = await both()
  expect(third).toEqual([
    'INBOX [S] two, 14 bytes',
    'INBOX [] a note to myself, 13 bytes',
    'INBOX [] four, 9 bytes',
    'INBOX/',
    'Ideas [DS] draft of an idea, 13 bytes',
    'Ideas/',
    'Work [RS] plan, 13 bytes',
    'Work/',
  ])
  expect(await both()).toEqual(third)
}

withClient('mbsync', { debian: 'isync' }, () => {
  test('brings letters, flags, deletions and folders both ways, until both are equal', async () => {
    const home = office.home()
    mkdirSync(join(home, 'mail'))
    writeFileSync(
      join(home, 'rc'),
      `IMAPStore there
Host localhost
Port ${office.port('mail.example.com', 'imap')}
User bob
Pass builder
SSLType STARTTLS
CertificateFile ${office.root}

MaildirStore here
Path ${home}/mail/
Inbox ${home}/mail/INBOX
SubFolders Verbatim

Channel all
Far :there:
Near :here:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
`,
    )
    await keepsBothTheSame('bob', home, async () => {
      const ran = await run('mbsync', ['-c', join(home, 'rc'), 'all'], { home })
      expect(`${ran.code} ${ran.stderr}`).toMatch(/^0 /)
    })
  })
})

withClient('OfflineIMAP', { program: 'offlineimap', debian: 'offlineimap3' }, () => {
  test('brings letters, flags, deletions and folders both ways, until both are equal', async () => {
    const home = office.home()
    writeFileSync(
      join(home, 'rc'),
      `[general]
accounts = office
metadata = ${home}/state
ui = quiet
fsync = False
[Account office]
localrepository = here
remoterepository = there
[Repository here]
type = Maildir
localfolders = ${home}/mail
[Repository there]
type = IMAP
remotehost = localhost
remoteport = ${office.port('mail.example.com', 'imaps')}
remoteuser = alice
remotepass = wonderland
ssl = yes
sslcacertfile = ${office.root}
auth_mechanisms = PLAIN, LOGIN
`,
    )
    await keepsBothTheSame('alice', home, async () => {
      const ran = await run('offlineimap', ['-c', join(home, 'rc'), '-o'], { home, seconds: 60 })
      expect(`${ran.code} ${ran.stderr} ${ran.stdout}`).toMatch(/^0 /)
    })
  }, 60_000)
})
