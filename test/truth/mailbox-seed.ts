/** Lays a case's mailboxes, subscriptions and scripts on a disk, as the recorder did. */
import type { Change, Disk } from '#platform/disk.ts'
import { asctime } from '#protocol/message/date.ts'
import type { MailboxCase, SeedFolders, SeedMessage } from './mailbox-case.ts'

const letters: Readonly<Record<string, string>> = {
  '\\draft': 'D',
  '\\flagged': 'F',
  '\\answered': 'R',
  '\\seen': 'S',
  '\\deleted': 'T',
}

const bytes = (text: string) => Buffer.from(text, 'latin1')

export async function seed(disk: Disk, recorded: MailboxCase): Promise<void> {
  const boxes: Record<string, SeedFolders> = { ...recorded.mailboxes }
  const [first = ''] = Object.keys(recorded.accounts)
  if (recorded.mailbox !== undefined) boxes[first] ??= recorded.mailbox
  for (const user of Object.keys(recorded.accounts)) {
    const home = `/home/${user}`
    const subscribed = recorded.subscribed?.[user]
    const changes =
      recorded.store === 'maildir'
        ? maildir(`${home}/Maildir`, boxes[user] ?? {}, subscribed)
        : mbox(home, boxes[user] ?? {}, subscribed)
    await disk.apply([{ kind: 'mkdir', path: home }, ...changes, ...scripts(home, recorded.sieve?.[user])])
  }
}

function scripts(home: string, sieve: NonNullable<MailboxCase['sieve']>[string] | undefined): Change[] {
  if (sieve === undefined) return []
  const files = Object.entries(sieve.scripts ?? {}).map(([name, text]): Change => ({
    kind: 'write',
    path: `${home}/sieve/${name}.sieve`,
    bytes: bytes(text),
  }))
  const link: Change[] =
    sieve.active === undefined
      ? []
      : [{ kind: 'symlink', target: `sieve/${sieve.active}.sieve`, path: `${home}/.dovecot.sieve` }]
  return [{ kind: 'mkdir', path: `${home}/sieve` }, ...files, ...link]
}

const dateOf = (message: SeedMessage, i: number): number =>
  message.internaldate === undefined ? (1_700_000_000 + 60 * i) * 1000 : Date.parse(message.internaldate)

function maildir(root: string, folders: SeedFolders, subscribed: readonly string[] | undefined): Change[] {
  const changes: Change[] = []
  for (const [name, messages] of Object.entries(folders)) {
    const folder = name === 'INBOX' ? root : `${root}/.${name.replaceAll('/', '.')}`
    for (const sub of ['new', 'cur', 'tmp']) changes.push({ kind: 'mkdir', path: `${folder}/${sub}` })
    if (name !== 'INBOX') changes.push({ kind: 'write', path: `${folder}/maildirfolder`, bytes: '' })
    const words: string[] = []
    for (const [i, message] of messages.entries()) changes.push(maildirFile(folder, message, i, words))
    if (words.length > 0) {
      const text = words.map((word, i) => `${i} ${word}\n`).join('')
      changes.push({ kind: 'write', path: `${folder}/dovecot-keywords`, bytes: text })
    }
  }
  if (subscribed !== undefined) {
    const lines = subscribed.map((name) => `${name.split('/').join('\t')}\n`)
    changes.push({ kind: 'write', path: `${root}/subscriptions`, bytes: `V\t2\n\n${lines.join('')}` })
  }
  return changes
}

function maildirFile(folder: string, message: SeedMessage, i: number, words: string[]): Change {
  const flags = (message.flags ?? []).map((flag) => {
    const known = letters[flag.toLowerCase()]
    if (known !== undefined) return known
    if (!words.includes(flag)) words.push(flag)
    return String.fromCharCode(97 + words.indexOf(flag))
  })
  const data = bytes(message.eml)
  const wire = message.eml.replace(/\r?\n/g, '\r\n').length
  const unique = `${1_600_000_000 + i}.M${String(i).padStart(6, '0')}P77.seed`
  const base = message.sized === false ? unique : `${unique},S=${data.length},W=${wire}`
  const path =
    message.recent === true && flags.length === 0
      ? `${folder}/new/${base}`
      : `${folder}/cur/${base}:2,${flags.sort().join('')}`
  return { kind: 'write', path, bytes: data, modified: dateOf(message, i) }
}

function mbox(home: string, folders: SeedFolders, subscribed: readonly string[] | undefined): Change[] {
  const changes: Change[] = [{ kind: 'mkdir', path: `${home}/mail` }]
  for (const [name, messages] of Object.entries(folders)) {
    const path = name === 'INBOX' ? `${home}/inbox` : `${home}/mail/${name}`
    changes.push({ kind: 'write', path, bytes: bytes(messages.map(mboxMessage).join('')) })
  }
  if (subscribed !== undefined) {
    const text = subscribed.map((name) => `${name}\n`).join('')
    changes.push({ kind: 'write', path: `${home}/mail/.subscriptions`, bytes: text })
  }
  return changes
}

function mboxMessage(message: SeedMessage, i: number): string {
  const split = message.eml.indexOf('\n\n')
  const head = split < 0 ? message.eml : message.eml.slice(0, split)
  const body = split < 0 ? '' : message.eml.slice(split + 2)
  const flags = (message.flags ?? []).map((flag) => flag.toLowerCase())
  const status = Object.entries({ '\\answered': 'A', '\\deleted': 'D', '\\flagged': 'F', '\\draft': 'T' })
    .filter(([flag]) => flags.includes(flag))
    .map(([, letter]) => letter)
    .join('')
  const keywords = (message.flags ?? []).filter((flag) => !flag.startsWith('\\')).join(' ')
  const extra = [
    message.recent === true ? '' : `Status: ${flags.includes('\\seen') ? 'R' : ''}O\n`,
    status === '' ? '' : `X-Status: ${status}\n`,
    keywords === '' ? '' : `X-Keywords: ${keywords}\n`,
  ].join('')
  const from = `From ${message.from_line ?? 'seed@example.test'} ${asctime(dateOf(message, i))}\n`
  const text = `${from}${head}\n${extra}\n${body.replace(/^(>*From )/gm, '>$1')}`
  return text.endsWith('\n') ? `${text}\n` : `${text}\n\n`
}
