/** doveadm mailbox list, status, create, delete, rename, subscribe, unsubscribe. doveadm-mailbox(1). */
import { checkFolderName, fromSeparator } from '#mailbox/folder-names.ts'
import { encodeModifiedUtf7 } from '#mailbox/modified-utf7.ts'
import { MailboxError, type MailStore } from '#mailbox/mail-store.ts'
import {
  exits,
  failed,
  forUsers,
  readMailOptions,
  unfit,
  usageOf,
  type DoveadmCommand,
  type DoveadmInput,
  type UserAnswer,
} from './command.ts'

const who = '[-u <user>|-A] [-S <socket_path>]'

export const typed = (store: MailStore, name: string): string => name.replaceAll('/', store.separator)
export const nameOf = (store: MailStore, word: string): string => fromSeparator(word, store.separator)

/** `Work*`, `%`: as in IMAP LIST. */
export function maskPattern(mask: string, separator: string): RegExp {
  const source = mask
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/%/g, `[^${separator === '.' ? '.' : '/'}]*`)
  return new RegExp(`^${source}$`, 'i')
}

export async function namesMatching(
  store: MailStore,
  masks: readonly string[],
  which: 'selectable' | 'all' = 'selectable',
): Promise<readonly string[]> {
  const patterns = masks.map((mask) => maskPattern(mask, store.separator))
  const there = await store.folders()
  const folders = there.filter(({ selectable }) => selectable || which === 'all').map(({ name }) => name)
  const found = folders.filter((name) => patterns.some((pattern) => pattern.test(typed(store, name))))
  // INBOX is added when the folders have been read.
  return [...found.filter((name) => name !== 'INBOX'), ...found.filter((name) => name === 'INBOX')]
}

const list: DoveadmCommand = {
  name: 'mailbox list',
  usage: `${who} [-7|-8] [-s] [<mailbox mask> [...]]`,
  async run(input) {
    const options = readMailOptions(input.words, '78s')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    const masks = options.rest.length > 0 ? options.rest : ['*']
    return forUsers(
      input,
      { name: 'list', options, columns: [{ name: 'mailbox', title: 'hidden' }], form: 'flow' },
      async ({ store }) => {
        const patterns = masks.map((mask) => maskPattern(mask, store.separator))
        const names = options.flags.has('s')
          ? (await store.subscriptions())
              .map((name) => typed(store, name))
              .filter((name) => patterns.some((pattern) => pattern.test(name)))
          : (await namesMatching(store, masks, 'all')).map((name) => typed(store, name))
        // A name without wildcards is not looked for.
        const shown = options.flags.has('7') ? encodeModifiedUtf7 : (name: string) => name
        if (!options.flags.has('s') && !masks.some((mask) => /[*%]/.test(mask)))
          return { rows: masks.map((mask) => [shown(mask)]) }
        return { rows: names.map((name) => [shown(name)]) }
      },
    )
  },
}

/** Why no folder can be called so; null: one can. */
export function invalidName(store: MailStore, word: string): string | null {
  try {
    checkFolderName(nameOf(store, word), store)
    return null
  } catch (error) {
    if (error instanceof MailboxError) return error.message
    throw error
  }
}

const fields = [
  'messages',
  'recent',
  'uidnext',
  'uidvalidity',
  'unseen',
  'highestmodseq',
  'vsize',
  'guid',
  'firstsaved',
]

const status: DoveadmCommand = {
  name: 'mailbox status',
  usage: `${who} <fields> <mailbox> [...]`,
  async run(input) {
    const options = readMailOptions(input.words, 'tf')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    const [asked = '', ...masks] = options.rest
    if (masks.length === 0) return usageOf(this)
    const named = asked
      .split(/\s+/)
      .filter((field) => field !== '')
      .flatMap((field) => (field === 'all' ? fields : [field]))
    const unknown = named.find((field) => !fields.includes(field))
    const wanted = fields.filter((field) => named.includes(field))
    if (unknown !== undefined) return failed(`Fatal: Unknown status field: ${unknown}\n`, exits.usage)
    if (wanted.length === 0) return failed('Fatal: No status fields\n', exits.usage)
    const total = options.flags.has('t')
    const columns = [
      ...(total ? [] : [{ name: 'mailbox', title: 'hidden' } as const]),
      ...wanted.map((name) => ({ name })),
    ]
    return forUsers(input, { name: 'status', options, columns, form: 'flow' }, async ({ store }) => {
      const names: string[] = []
      const errors: string[] = []
      names.push(...(await namesMatching(store, masks)))
      for (const mask of masks) {
        // Several names are looked for; one is opened.
        if (masks.length > 1 || /[*%]/.test(mask)) break
        const found = await namesMatching(store, [mask])
        if (found.length === 0)
          errors.push(`Mailbox ${mask}: Failed to lookup mailbox status: Mailbox doesn't exist: ${mask}`)
      }
      const rows: string[][] = []
      for (const name of names) rows.push([typed(store, name), ...(await statusOf(store, name, wanted))])
      const exit = errors.length > 0 ? { errors, exit: exits.notFound } : {}
      if (!total) return { rows, ...exit }
      const sums = wanted.map((_field, i) =>
        String(rows.reduce((sum, row) => sum + Number(row[i + 1] ?? 0), 0)),
      )
      return { rows: [sums], ...exit }
    })
  },
}

async function statusOf(
  store: MailStore,
  name: string,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const found = await store.status(name)
  const mailbox = wanted.some((field) => field === 'guid' || field === 'firstsaved')
    ? await store.open(name, 'read-only')
    : null
  await mailbox?.load()
  const first =
    mailbox?.messages().reduce((least, message) => Math.min(least, message.savedDate), Infinity) ?? Infinity
  const values: Readonly<Record<string, number | string>> = {
    ...found,
    uidnext: found.uidNext,
    uidvalidity: found.uidValidity,
    highestmodseq: found.highestModseq,
    vsize: found.size,
    guid: mailbox?.guid ?? '',
    firstsaved: Number.isFinite(first) ? Math.floor(first / 1000) : 'never',
  }
  await mailbox?.close()
  return wanted.map((field) => String(values[field] ?? ''))
}

/** A command that does one thing to each folder named. */
function changing(
  verb: string,
  letters: string,
  usage: string,
  act: (store: MailStore, name: string, flags: ReadonlySet<string>) => Promise<void>,
): DoveadmCommand {
  return {
    name: `mailbox ${verb}`,
    usage: `${who} ${usage}`,
    async run(input) {
      const options = readMailOptions(input.words, letters)
      const unfitting = unfit(this.name, options)
      if (unfitting !== null) return unfitting
      if (options.rest.length === 0) return usageOf(this)
      return forUsers(input, { name: verb, options, columns: [], form: 'flow' }, async ({ store }) =>
        each(store, options.rest, verb, (name) => act(store, name, options.flags)),
      )
    },
  }
}

export function exitOf({ code, message }: MailboxError): number {
  if (code === 'NONEXISTENT') return exits.notFound
  return message.startsWith('Invalid mailbox name') ? exits.usage : exits.data
}

async function each(
  store: MailStore,
  words: readonly string[],
  verb: string,
  act: (name: string) => Promise<void>,
): Promise<UserAnswer> {
  const errors: string[] = []
  let exit = 0
  // Those that are to go: the deepest first.
  const inOrder = verb === 'delete' ? [...words].sort().reverse() : words
  for (const word of inOrder) {
    try {
      const name = nameOf(store, word)
      checkFolderName(verb === 'create' && word.endsWith(store.separator) ? name.slice(0, -1) : name, store)
      await act(name)
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
      errors.push(`Can't ${verb} mailbox ${word}: ${whole(error)}`)
      exit = exitOf(error)
    }
  }
  return { rows: [], errors, ...(exit === 0 ? {} : { exit }) }
}

/** What cannot be done with INBOX is said in a sentence of its own. */
const whole = ({ message }: MailboxError): string =>
  /^(?:INBOX can't be deleted|Renaming INBOX isn't supported)$/.test(message) ? `${message}.` : message

const cause = { command: 'doveadm' } as const

const create = changing('create', 's', '[-s] [-g <guid>] <mailbox> [...]', async (store, written, flags) => {
  const name = written.replace(/\/$/, '')
  await store.create(name, cause)
  if (flags.has('s')) await store.subscribe(name, 'subscribed')
})

const remove = changing(
  'delete',
  'ersZ',
  '[-e] [-r] [-s] [-Z] <mailbox> [...]',
  async (store, name, flags) => {
    if (flags.has('e') && (await store.status(name)).messages > 0)
      throw new MailboxError('CANNOT', "Mailbox isn't empty")
    if (flags.has('r')) {
      const below = (await store.folders()).filter(
        (folder) => folder.name.startsWith(`${name}/`) && folder.selectable,
      )
      for (const folder of [...below].reverse()) await store.remove(folder.name, cause)
    }
    await store.remove(name, cause)
    if (flags.has('s')) await store.subscribe(name, 'unsubscribed')
  },
)

const subscribe = changing('subscribe', '', '<mailbox> [...]', (store, name) =>
  store.subscribe(name, 'subscribed'),
)
const unsubscribe = changing('unsubscribe', '', '<mailbox> [...]', (store, name) =>
  store.subscribe(name, 'unsubscribed'),
)

const rename: DoveadmCommand = {
  name: 'mailbox rename',
  usage: `${who} [-s] <old name> <new name>`,
  async run(input: DoveadmInput) {
    const options = readMailOptions(input.words, 's')
    const [from, to, ...more] = options.rest
    if (from === undefined || to === undefined || more.length > 0) return usageOf(this)
    return forUsers(input, { name: 'rename', options, columns: [], form: 'flow' }, async ({ store }) => {
      try {
        if (from === to) throw new MailboxError('CANNOT', "Can't rename mailbox to itself.")
        await store.rename(nameOf(store, from), nameOf(store, to), cause)
        if (options.flags.has('s')) {
          await store.subscribe(nameOf(store, from), 'unsubscribed')
          await store.subscribe(nameOf(store, to), 'subscribed')
        }
        return { rows: [] }
      } catch (error) {
        if (!(error instanceof MailboxError)) throw error
        const exit = exitOf(error)
        return { rows: [], errors: [`Can't rename mailbox ${from} to ${to}: ${whole(error)}`], exit }
      }
    })
  },
}

export const mailboxCommands: readonly DoveadmCommand[] = [
  create,
  remove,
  list,
  rename,
  status,
  subscribe,
  unsubscribe,
]
