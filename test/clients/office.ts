/** The office at which every client of these tests calls: a Mailscope in a process of its own, and letters in its mailboxes. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { describe, vi } from 'vitest'
import { removeFolder, startMailscope, temporaryFolder, type Running } from '../lab/start.ts'
import { installed } from './installed.ts'

// Programs of others on a busy machine: late is not wrong.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })
export const patiently = { timeout: 30_000 }

export type Office = Running & {
  /** The lab's root certificate, as a file: a client that trusts it needs no exception. */
  readonly root: string
  /** An empty folder that is a client's $HOME. */
  home(): string
  /** Resolves when the letters are in the mailbox: LMTP answers after that. */
  deliver(recipient: string, ...letters: readonly string[]): Promise<void>
  /** The files of a folder of a user's Maildir, by their content. */
  maildir(user: string, folder?: string): readonly MaildirFile[]
  /** Takes the files of a user away, as the user could. */
  empty(user: string): void
  close(): Promise<void>
}

export type MaildirFile = { readonly name: string; readonly path: string; readonly text: string }

export async function openOffice(): Promise<Office> {
  const lab = await startMailscope()
  const rooms = temporaryFolder()
  const root = join(rooms, 'root.pem')
  writeFileSync(root, await (await fetch(`${lab.url}/api/labs/${lab.lab}/root.pem`)).text())
  let homes = 0
  const maildirOf = (user: string) => {
    const host = ['carol', 'dave'].includes(user) ? 'mx.example.org' : 'mail.example.com'
    return join(lab.roots[host] ?? '', 'home', user, 'Maildir')
  }
  return {
    ...lab,
    root,
    home() {
      const home = join(rooms, `home-${++homes}`)
      mkdirSync(home, { mode: 0o700 })
      return home
    },
    async deliver(recipient, ...letters) {
      const host = recipient.endsWith('@example.org') ? 'mx.example.org' : 'mail.example.com'
      const client = createTransport({
        ...{ host: '127.0.0.1', port: lab.port(host, 'lmtp'), lmtp: true, pool: true, maxConnections: 1 },
        ...{ ignoreTLS: true, disableFileAccess: true },
      })
      const envelope = { from: 'sender@example.net', to: recipient }
      for (const raw of letters) await client.sendMail({ envelope, raw })
      client.close()
    },
    maildir: (user, folder = '') => filesOf(join(maildirOf(user), folder)),
    empty(user) {
      const maildir = maildirOf(user)
      for (const { path } of filesOf(maildir)) rmSync(path)
      for (const name of list(maildir).filter((name) => name.startsWith('.')))
        rmSync(join(maildir, name), { recursive: true })
    },
    async close() {
      await lab.stop()
      removeFolder(lab.data)
      removeFolder(rooms)
    },
  }
}

/** What lies in `new/` and `cur/`, in order of names. */
export function filesOf(maildir: string): readonly MaildirFile[] {
  return ['new', 'cur']
    .flatMap((part) => list(join(maildir, part)).map((name) => ({ name, path: join(maildir, part, name) })))
    .map((file) => ({ ...file, text: readFileSync(file.path, 'latin1') }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** A letter with CRLF line ends. */
export const letter = (subject: string, text = 'Hello.', more: readonly string[] = []) =>
  [
    ...['From: Sender <sender@example.net>', 'To: you@example.com', `Subject: ${subject}`],
    ...['Date: Tue, 24 Nov 2026 10:00:00 +0000', `Message-ID: <${subject.replace(/\W+/g, '.')}@example.net>`],
    ...more,
    '',
    ...text.split('\n'),
    '',
  ].join('\r\n')

export const subjectsOf = (texts: readonly string[]) =>
  texts.map((text) => /^Subject: (.*?)\r?$/m.exec(text)?.[1] ?? '').sort()

/** Tests of a client; where it is not installed they are skipped, and the name says why. */
export function withClient(name: string, { program = name, debian = name }, tests: () => void): void {
  if (installed(program)) describe(name, tests)
  else describe.skip(`${name}: skipped, no ${program} here (Debian: apt-get install ${debian})`, tests)
}

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs a client to its end, with nothing of this machine's settings. */
export function run(
  program: string,
  words: readonly string[],
  { home, input = '', seconds = 60 }: { home: string; input?: string | Buffer; seconds?: number },
): Promise<Ran> {
  const env = { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8', TERM: 'xterm', TZ: 'UTC' }
  return new Promise((resolve) => {
    const child = execFile(
      program,
      words,
      { cwd: home, env, timeout: seconds * 1000, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, stdout, stderr })
      },
    )
    // A program may end without reading what it is given; its exit code tells the test.
    child.stdin?.on('error', () => undefined).end(input)
  })
}
