/** LIST, LSUB. RFC 3501 §6.3.8, §6.3.9, RFC 5258, RFC 5819, RFC 6154. */
import { MailboxError, type Folder } from '#mailbox/mail-store.ts'
import type { List } from '#protocol/imap/commands/list.ts'
import { astringOut, quoted } from '#protocol/imap/quoting.ts'
import type { Account } from '../account.ts'
import { compilePattern } from '../mailbox-pattern.ts'
import { ok, type Chunk, type ImapHandler, type Tagged } from '../outcome.ts'
import { writeStatus } from './status.ts'

/** A mailbox as LIST sees it: perhaps only subscribed, perhaps not there at all. */
type Listed = {
  /** As the client writes it. */
  readonly shown: string
  readonly name: string
  readonly folder: Folder | null
  readonly subscribed: boolean
  /** Yet to be made: it has no file to look at. */
  readonly promised?: true
}

export const list: ImapHandler<List> = {
  updates: 'none',

  async *run(command, account) {
    const done = ok(command.name === 'LSUB' ? 'Lsub completed' : 'List completed')
    const word = command.name === 'LSUB' ? 'LSUB' : 'LIST'
    if (command.form === 'plain' && command.patterns[0] === '') {
      if (word === 'LIST') yield delimiter(command.reference, account)
      return done
    }
    const { separator } = account.names
    const patterns = command.patterns.map((pattern) =>
      compilePattern(
        joined(command.reference, pattern, separator),
        separator,
        (text) => account.names.decoded(text) !== null,
      ),
    )
    const matches = (name: string) => patterns.some((pattern) => pattern(name))
    const all = await listed(account)
    return yield* word === 'LSUB'
      ? lsub(command, all, matches, account, done)
      : extended(command, all, matches, account, done)
  },
}

/** `LIST "" ""` asks for the separator. */
function delimiter(reference: string, { names: { separator } }: Account): string {
  const at = reference.indexOf(separator)
  const root = at < 0 ? '' : reference.slice(0, at + 1)
  return `* LIST (\\Noselect) ${quoted(separator)} ${root === '' ? '""' : astringOut(root)}\r\n`
}

/** Only `/` begins a name that is whole by itself. */
const joined = (reference: string, pattern: string, separator: string): string =>
  separator === '/' && pattern.startsWith('/') && reference !== '' ? pattern : reference + pattern

async function listed(account: Account): Promise<readonly Listed[]> {
  const { names, store } = account
  const folders = await store.folders()
  const subscribed = new Set(await store.subscriptions())
  const known = new Set(folders.map(({ name }) => name))
  const there = folders.map((folder) => ({
    shown: names.toClient(folder.name),
    name: folder.name,
    folder,
    subscribed: subscribed.has(folder.name),
  }))
  const gone = [...subscribed]
    .filter((name) => !known.has(name))
    .map((name) => ({ shown: names.toClient(name), name, folder: null, subscribed: true }))
  return [...there, ...gone, ...promised(account, known), ...root(account)]
}

/** With a prefix the store itself is a mailbox too: that of its name without the separator. */
function root({ names, store }: Account): readonly Listed[] {
  const shown = names.prefix.slice(0, -names.separator.length)
  if (shown === '' || store.format !== 'maildir' || shown.toUpperCase() === 'INBOX') return []
  const folder = { name: shown, selectable: true, subscribed: false, hasChildren: true, noInferiors: false }
  return [{ shown, name: shown, folder, subscribed: false }]
}

/** Levels above a subscribed mailbox of which nothing is there. */
function levelsAbove(all: readonly Listed[], separator: string): readonly Listed[] {
  const known = new Set(all.map(({ shown }) => shown))
  const levels: Listed[] = []
  for (const { shown, name, subscribed } of all) {
    if (!subscribed) continue
    const parts = shown.split(separator)
    for (let depth = 1; depth < parts.length; depth++) {
      const above = parts.slice(0, depth).join(separator)
      if (known.has(above)) continue
      known.add(above)
      const stored = name.split('/').slice(0, depth).join('/')
      levels.push({ shown: above, name: stored, folder: null, subscribed: false })
    }
  }
  return levels
}

const inboxLast = (all: readonly Listed[]): readonly Listed[] => [
  ...all.filter(({ name }) => name !== 'INBOX'),
  ...all.filter(({ name }) => name === 'INBOX'),
]

/** Mailboxes that are made at their first use are listed before it. */
const promised = ({ names, store }: Account, known: ReadonlySet<string>): readonly Listed[] =>
  names.configured
    .filter(({ name, auto }) => auto !== 'no' && !known.has(name))
    .map(({ name, auto }) => ({
      shown: names.toClient(name),
      name,
      folder: {
        name,
        selectable: true,
        subscribed: false,
        hasChildren: false,
        noInferiors: store.format === 'mbox',
      },
      subscribed: auto === 'subscribe',
      promised: true,
    }))

async function* extended(
  command: List,
  all: readonly Listed[],
  matches: (name: string) => boolean,
  account: Account,
  done: Tagged,
): AsyncGenerator<Chunk, Tagged> {
  const { select, returns, form } = command
  const withChildren = form === 'plain' || returns.has('CHILDREN')
  const onlySubscribed = select.has('SUBSCRIBED')
  const onlySpecial = select.has('SPECIAL-USE')
  const recursive = select.has('RECURSIVEMATCH')
  const chooses = ({ subscribed, name }: Listed) =>
    (!onlySubscribed || subscribed) && (!onlySpecial || account.names.specialUse(name).length > 0)
  const candidates = recursive ? [...all, ...levelsAbove(all, account.names.separator)] : all
  for (const mailbox of inboxLast(candidates)) {
    if (!matches(mailbox.shown)) continue
    const special = account.names.specialUse(mailbox.name)
    const chosen = chooses(mailbox)
    const kids = recursive && onlySubscribed ? all.filter((o) => chooses(o) && isBelow(o, mailbox)) : []
    // Those that are shown themselves need nobody to speak for them.
    const below = kids.some((kid) => !matches(kid.shown))
    if ((!chosen && !below) || (mailbox.folder === null && !onlySubscribed)) continue
    const attributes: string[] = []
    if (mailbox.subscribed && (onlySubscribed || returns.has('SUBSCRIBED'))) attributes.push('\\Subscribed')
    attributes.push(...existence(mailbox, form))
    if (withChildren) attributes.push(...children(mailbox, all, account))
    else if (mailbox.folder?.noInferiors === true) attributes.push('\\NoInferiors')
    const mark = markOf(mailbox, onlySubscribed)
    if (mark !== undefined) attributes.push(mark === 'marked' ? '\\Marked' : '\\UnMarked')
    if (form === 'plain' || onlySpecial || returns.has('SPECIAL-USE')) attributes.push(...special)
    const info = kids.length > 0 ? ' (CHILDINFO ("SUBSCRIBED"))' : ''
    yield line('LIST', attributes, mailbox.shown, account, info)
    if (command.status !== null && chosen && mailbox.folder?.selectable === true) {
      try {
        await account.provide(mailbox.name)
        yield await writeStatus(account, mailbox.name, mailbox.shown, command.status)
      } catch (error) {
        if (!(error instanceof MailboxError)) throw error
      }
    }
  }
  return done
}

function existence({ folder }: Listed, form: List['form']): readonly string[] {
  if (folder === null) return ['\\NonExistent']
  if (folder.selectable) return []
  if (folder.isLevel === true) return ['\\Noselect']
  return [form === 'plain' ? '\\Noselect' : '\\NonExistent']
}

function children({ folder, name }: Listed, all: readonly Listed[], account: Account): readonly string[] {
  if (folder === null) return ['\\HasNoChildren']
  if (folder.noInferiors || (name === 'INBOX' && root(account).length > 0)) return ['\\NoInferiors']
  // With a prefix INBOX. everything stands below INBOX.
  const prefixed =
    name === 'INBOX' && account.names.prefix.toUpperCase() === `INBOX${account.names.separator}`
  const has =
    folder.hasChildren || (prefixed && all.some((other) => other.folder !== null && other.name !== 'INBOX'))
  return [has || (prefixed && account.store.format === 'maildir') ? '\\HasChildren' : '\\HasNoChildren']
}

/** Of a subscribed mbox the file is looked at. */
function markOf({ folder, name, promised }: Listed, onlySubscribed: boolean): Folder['marked'] {
  if (folder?.noInferiors !== true || name === 'INBOX' || !folder.selectable) return undefined
  if (promised === true) return undefined
  if (onlySubscribed) return folder.grown === true ? 'marked' : 'unmarked'
  return folder.marked
}

const isBelow = (other: Listed, mailbox: Listed): boolean => other.name.startsWith(`${mailbox.name}/`)

/** With `%`, a subscribed mailbox deeper down shows its ancestor. RFC 3501 §6.3.9. */
async function* lsub(
  { patterns }: List,
  all: readonly Listed[],
  matches: (name: string) => boolean,
  account: Account,
  done: Tagged,
): AsyncGenerator<Chunk, Tagged> {
  const { separator } = account.names
  const shown = new Set<string>()
  const subscribed = all.filter((mailbox) => mailbox.subscribed)
  for (const mailbox of subscribed) {
    if (matches(mailbox.shown)) {
      shown.add(mailbox.shown)
      yield line('LSUB', account.names.specialUse(mailbox.name), mailbox.shown, account)
    }
  }
  const parents = patterns.some((pattern) => pattern.endsWith('%'))
  for (const mailbox of parents ? subscribed : []) {
    if (matches(mailbox.shown)) continue
    const levels = mailbox.shown.split(separator)
    for (let depth = levels.length - 1; depth > 0; depth--) {
      const parent = levels.slice(0, depth).join(separator)
      if (shown.has(parent) || !matches(parent)) continue
      shown.add(parent)
      yield line('LSUB', ['\\Noselect'], parent, account)
      break
    }
  }
  return done
}

function line(
  word: string,
  attributes: readonly string[],
  shown: string,
  account: Account,
  info = '',
): string {
  return `* ${word} (${attributes.join(' ')}) ${quoted(account.names.separator)} ${account.names.astring(shown)}${info}\r\n`
}
