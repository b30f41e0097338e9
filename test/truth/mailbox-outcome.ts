/** What lies on the disk after a dialogue, in the recording's form. */
import { DiskError, type Disk } from '#platform/disk.ts'
import { maskText, type MailboxCase } from './mailbox-case.ts'

const flagOf: Readonly<Record<string, string>> = {
  D: '\\Draft',
  F: '\\Flagged',
  R: '\\Answered',
  S: '\\Seen',
  T: '\\Deleted',
}

export type Sent = { readonly args: readonly string[]; readonly text: string }

export async function outcomeOf(
  recorded: MailboxCase,
  disk: Disk,
  world: { readonly local: string; readonly sent: readonly Sent[] },
): Promise<Record<string, unknown>> {
  const outcome: Record<string, unknown> = {}
  for (const user of Object.keys(recorded.accounts)) {
    const home = `/home/${user}`
    const one: Record<string, unknown> =
      recorded.store === 'maildir'
        ? {
            folders: await maildirFolders(recorded, disk, `${home}/Maildir`, world.local),
            subscriptions: await subscriptions(disk, `${home}/Maildir/subscriptions`),
          }
        : {
            folders: await mboxFolders(disk, home, world.local),
            subscriptions: await subscriptions(disk, `${home}/mail/.subscriptions`),
          }
    const log = await text(disk, `${home}/.dovecot.sieve.log`)
    if (log !== null) {
      one['sieve_log'] = `\n${log}`
        .replace(/\n\t?(?:\w{3} \d\d \d\d:\d\d:\d\d|sieve: info: started log at .*)/g, '\n')
        .split('\n')
        .filter((line) => line.replace(/^[ .]+|[ .]+$/g, '') !== '')
        .map((line) => line.trim())
    }
    if (recorded.protocol === 'managesieve') {
      one['scripts'] = (await list(disk, `${home}/sieve`)).filter((name) => name.endsWith('.sieve')).sort()
      one['active'] =
        (await disk.lstat(`${home}/.dovecot.sieve`))?.kind === 'symlink'
          ? (await disk.readlink(`${home}/.dovecot.sieve`)).replace(/^.*\//, '')
          : null
    }
    outcome[user] = one
  }
  const sent = world.sent.map(({ args, text: letter }) => ({ args, text: maskText(letter, world.local) }))
  if (sent.length > 0) {
    outcome['outgoing'] = sent.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  return outcome
}

async function maildirFolders(
  recorded: MailboxCase,
  disk: Disk,
  root: string,
  local: string,
): Promise<object> {
  const folders: Record<string, unknown> = {}
  const nested = recorded.settings.some((line) => line.includes('LAYOUT=fs'))
  const paths = nested ? await tree(disk, root, '') : await dotted(disk, root)
  for (const [name, path] of [...paths].sort(([a], [b]) => (a < b ? -1 : 1))) {
    folders[name] = await maildirRows(recorded, disk, path, local)
  }
  return folders
}

async function dotted(disk: Disk, root: string): Promise<Map<string, string>> {
  const paths = new Map<string, string>()
  if ((await disk.stat(`${root}/cur`)) !== null) paths.set('INBOX', root)
  for (const name of await list(disk, root)) {
    if (!name.startsWith('.') || (await disk.stat(`${root}/${name}/cur`)) === null) continue
    paths.set(name.slice(1).replaceAll('.', '/'), `${root}/${name}`)
  }
  return paths
}

async function tree(disk: Disk, path: string, name: string): Promise<Map<string, string>> {
  const paths = new Map<string, string>()
  const names = await list(disk, path)
  if (names.includes('cur')) paths.set(name === '' ? 'INBOX' : name, path)
  for (const sub of names) {
    if (['cur', 'new', 'tmp'].includes(sub) || (await disk.stat(`${path}/${sub}`))?.kind !== 'folder')
      continue
    for (const [key, value] of await tree(disk, `${path}/${sub}`, name === '' ? sub : `${name}/${sub}`)) {
      paths.set(key, value)
    }
  }
  return paths
}

async function maildirRows(
  recorded: MailboxCase,
  disk: Disk,
  path: string,
  local: string,
): Promise<unknown[]> {
  const uids = new Map<string, number>()
  for (const line of ((await text(disk, `${path}/dovecot-uidlist`)) ?? '').split('\n').slice(1)) {
    const found = /^(\d+) .*?:(.*)$/.exec(line)
    if (found) uids.set((found[2] ?? '').split(':2,')[0] ?? '', Number(found[1]))
  }
  const keywords = new Map<string, string>()
  for (const line of ((await text(disk, `${path}/dovecot-keywords`)) ?? '').split('\n')) {
    const found = /^(\d+) (.*)$/.exec(line)
    if (found) keywords.set(String.fromCharCode(97 + Number(found[1])), found[2] ?? '')
  }
  const rows: { uid: number; file: string; dir: string; letters: string }[] = []
  for (const dir of ['new', 'cur']) {
    for (const file of await list(disk, `${path}/${dir}`)) {
      const [base = '', letters = ''] = file.split(':2,')
      rows.push({ uid: uids.get(base) ?? Infinity, file, dir, letters })
    }
  }
  rows.sort((a, b) => a.uid - b.uid || (a.file < b.file ? -1 : 1))
  const found: unknown[] = []
  for (const { uid, file, dir, letters } of rows) {
    const data = Buffer.from(await disk.read(`${path}/${dir}/${file}`)).toString('latin1')
    found.push({
      dir,
      file: file.replace(/^\d+\.[^,:]*/, '{BASE}'),
      size: data.length,
      flags: Array.from(letters, (letter) => flagOf[letter] ?? keywords.get(letter) ?? `?${letter}`).sort(),
      ...(Number.isFinite(uid) ? { uid } : {}),
      ...messageInfo(recorded, data, local),
    })
  }
  return found
}

function messageInfo(recorded: MailboxCase, data: string, local: string): object {
  const head = data.replaceAll('\r\n', '\n').split('\n\n')[0] ?? ''
  const subject = /^subject: ?(.*)$/im.exec(head)?.[1] ?? null
  const told = ['lmtp', 'sieve'].includes(recorded.protocol) || recorded.keep_text === true
  return told && data.length < 6000 ? { subject, text: maskText(data, local) } : { subject }
}

async function mboxFolders(disk: Disk, home: string, local: string): Promise<object> {
  const folders: Record<string, unknown> = {}
  const paths = new Map([['INBOX', `${home}/inbox`], ...(await mboxTree(disk, `${home}/mail`, ''))])
  for (const [name, path] of [...paths].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const data = await text(disk, path)
    if (data === null) continue
    const messages = [...data.matchAll(/^From \S* /gm)].length
    folders[name] = { messages, text: data.length < 20_000 ? maskText(data, local) : null }
  }
  return folders
}

async function mboxTree(disk: Disk, path: string, name: string): Promise<[string, string][]> {
  const found: [string, string][] = []
  for (const sub of await list(disk, path)) {
    if (sub.startsWith('.') || sub.startsWith('dovecot')) continue
    const inner = name === '' ? sub : `${name}/${sub}`
    if ((await disk.stat(`${path}/${sub}`))?.kind === 'folder') {
      found.push(...(await mboxTree(disk, `${path}/${sub}`, inner)))
    } else {
      found.push([inner, `${path}/${sub}`])
    }
  }
  return found
}

async function subscriptions(disk: Disk, path: string): Promise<readonly string[]> {
  const lines = ((await text(disk, path)) ?? '').split('\n')
  const names = lines[0] === 'V\t2' ? lines.slice(2).map((line) => line.split('\t').join('/')) : lines
  return names.filter((name) => name !== '').sort()
}

async function list(disk: Disk, path: string): Promise<readonly string[]> {
  try {
    return await disk.list(path)
  } catch (error) {
    if (error instanceof DiskError) return []
    throw error
  }
}

async function text(disk: Disk, path: string): Promise<string | null> {
  try {
    return Buffer.from(await disk.read(path)).toString('latin1')
  } catch (error) {
    if (error instanceof DiskError) return null
    throw error
  }
}
