/** doveadm search, fetch, expunge, flags, move and copy. doveadm-search(1), doveadm-fetch(1), doveadm-flags(1). */
import {
  MailboxError,
  type FlagChange,
  type MailStore,
  type MessageEntry,
  type OpenMailbox,
} from '#mailbox/mail-store.ts'
import { isKeyword } from '#protocol/imap/flags.ts'
import {
  exits,
  failed,
  forUsers,
  readMailOptions,
  unfit,
  usageOf,
  type DoveadmCommand,
  type DoveadmInput,
  type MailOptions,
  type UserAnswer,
  type UserWork,
} from './command.ts'
import { availableFields, fieldOf, type Field } from './fetch-fields.ts'
import { inNamespace } from './namespace.ts'
import { exitOf, invalidName, nameOf, namesMatching, typed } from './mailbox.ts'
import type { Column, Form } from './printer.ts'
import { findMessages, masksOf, QueryError, readQuery, saysWhat, type Query } from './query.ts'

const who = '[-u <user>|-A] [-S <socket_path>]'
const cause = { command: 'doveadm' } as const

type Found = {
  readonly store: MailStore
  readonly user: string
  readonly name: string
  readonly shown: string
  readonly mailbox: OpenMailbox
  readonly messages: readonly MessageEntry[]
}

type Work = {
  readonly name: string
  readonly options: MailOptions
  readonly query: Query
  readonly columns: readonly Column[]
  readonly form: Form
  /** What is said of a folder that is not there; null: nothing. */
  readonly missing: ((name: string) => string) | null
  /** And of a name that no folder can have. */
  readonly invalid?: (name: string, why: string) => string
  readonly mode: 'read-only' | 'keep-recent'
  readonly act: (found: Found) => Promise<readonly (readonly string[])[]>
}

/** Does one thing with the messages of each folder that a query finds. */
const withMessages = (input: DoveadmInput, work: Work) =>
  forUsers(input, work, (user) => inFolders(user, work))

async function inFolders({ store, user }: UserWork, work: Work): Promise<UserAnswer> {
  const masks = masksOf(work.query) ?? ['*']
  const errors: string[] = []
  const rows: (readonly string[])[] = []
  let exit = 0
  for (const mask of masks) {
    const names = await namesMatching(store, [mask])
    if (names.length === 0 && !/[*%]/.test(mask) && work.missing !== null) {
      const invalid = work.invalid === undefined ? null : invalidName(store, mask)
      errors.push(invalid === null ? work.missing(mask) : (work.invalid?.(mask, invalid) ?? ''))
      exit = invalid === null ? exits.notFound : exits.usage
    }
    for (const name of names) {
      const mailbox = await store.open(name, work.mode)
      try {
        // Who only adds to a folder has not looked at it.
        await mailbox.refresh()
        const messages = await findMessages(mailbox, work.query, typed(store, name))
        rows.push(
          ...(await work.act({
            store,
            user: user.name,
            name,
            shown: typed(store, name),
            mailbox,
            messages,
          })),
        )
      } catch (error) {
        if (!(error instanceof MailboxError)) throw error
        errors.push(error.message)
        exit = exitOf(error)
      } finally {
        await mailbox.close()
      }
    }
  }
  return { rows, errors, ...(exit === 0 ? {} : { exit }) }
}

/** The query of a command, or how the command ends. */
function queryOf(input: DoveadmInput, words: readonly string[]) {
  try {
    return {
      ok: true,
      query: readQuery(words, input.box.machine.clock.now()),
    } as const
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return { ok: false, result: failed(`Fatal: ${error.message}\n`, exits.temporary) } as const
  }
}

const doesNotExist = (name: string): string => `Mailbox doesn't exist: ${name}`

const search: DoveadmCommand = {
  name: 'search',
  usage: `${who} <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, '')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    if (options.rest.length === 0) return usageOf(this)
    const reading = queryOf(input, options.rest)
    if (!reading.ok) return reading.result
    return withMessages(input, {
      name: 'search',
      options,
      query: reading.query,
      columns: [
        { name: 'mailbox-guid', title: 'hidden' },
        { name: 'uid', title: 'hidden' },
      ],
      form: 'flow',
      missing: (name) => `Couldn't get mailbox '${name}' GUID: ${doesNotExist(name)}`,
      invalid: (name, why) => `Syncing mailbox ${name} failed: ${why}`,
      mode: 'read-only',
      act: async ({ mailbox, messages }) => messages.map(({ uid }) => [mailbox.guid, String(uid)]),
    })
  },
}

const fetch: DoveadmCommand = {
  name: 'fetch',
  usage: `${who} <fields> <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, '')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    const [asked, ...words] = options.rest
    if (asked === undefined || words.length === 0) return usageOf(this)
    const names = asked
      .toLowerCase()
      .split(/\s+/)
      .filter((name) => name !== '')
    const fields: Field[] = []
    for (const name of names) {
      const field = fieldOf(name)
      if (field === null) return unknownField(`field: ${name}`)
      if (field === 'no section') return unknownField(`section: ${name.slice(name.indexOf('.') + 1)}`)
      fields.push(field)
    }
    const reading = queryOf(input, words)
    if (!reading.ok) return reading.result
    const pieces = input.box.mail?.pieces ?? null
    return withMessages(input, {
      name: 'fetch',
      options,
      query: reading.query,
      columns: names.map((name, i) => (fields[i]?.kind === 'stream' ? { name, stream: true } : { name })),
      form: 'pager',
      missing: null,
      mode: 'read-only',
      async act({ user, shown, mailbox, messages }) {
        await mailbox.load(messages.map(({ uid }) => uid))
        const all = mailbox.messages()
        const rows: string[][] = []
        for (const message of messages) {
          const sequence = all.indexOf(message) + 1
          const row: string[] = []
          for (const field of fields)
            row.push(await field.read({ user, shown, mailbox, message, sequence, pieces }))
          rows.push(row)
        }
        return rows
      },
    })
  },
}

const unknownField = (what: string) =>
  failed(`Available fetch fields: ${availableFields}\nFatal: Unknown fetch ${what}\n`, exits.temporary)

const expunge: DoveadmCommand = {
  name: 'expunge',
  usage: `${who} [-m] <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, 'dm')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    if (options.rest.length === 0) return usageOf(this)
    const reading = queryOf(input, options.rest)
    if (!reading.ok) return reading.result
    const refuse = (text: string) => failed(`Fatal: expunge: To avoid accidents, ${text}\n`, exits.usage)
    if (masksOf(reading.query) === null)
      return refuse('search query must contain MAILBOX in all search branches')
    if (!saysWhat(reading.query)) {
      return refuse(
        'each branch in search query must contain something else besides MAILBOX (e.g. just add "all" if you want everything)',
      )
    }
    return withMessages(input, {
      name: 'expunge',
      options,
      query: reading.query,
      columns: [],
      form: 'flow',
      missing: (name) => `Syncing mailbox '${name}' failed: ${doesNotExist(name)}`,
      mode: 'keep-recent',
      async act({ mailbox, messages }) {
        await mailbox.expunge(
          messages.map(({ uid }) => uid),
          cause,
        )
        return []
      },
    })
  },
}

const systemFlags = ['\\answered', '\\flagged', '\\deleted', '\\seen', '\\draft', '\\recent']

const flagCommand = (verb: 'add' | 'remove' | 'replace'): DoveadmCommand => ({
  name: `flags ${verb}`,
  usage: `${who} <flags> <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, '')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    const [asked, ...words] = options.rest
    if (asked === undefined || words.length === 0) return usageOf(this)
    const flags = asked === '' ? [] : asked.split(' ')
    const wrong = flags.find((flag) => flag.startsWith('\\') && !systemFlags.includes(flag.toLowerCase()))
    if (wrong !== undefined) return failed(`Fatal: Invalid system flag: ${wrong}\n`, exits.temporary)
    const wrongKeyword = flags.find((flag) => !flag.startsWith('\\') && !isKeyword(flag))
    const reading = queryOf(input, words)
    if (!reading.ok) return reading.result
    // \Recent may be named; nobody can set it.
    const settable = flags.filter((flag) => flag.toLowerCase() !== '\\recent')
    const canonical = settable.map((flag) =>
      flag.startsWith('\\') ? `\\${flag.charAt(1).toUpperCase()}${flag.slice(2).toLowerCase()}` : flag,
    )
    return withMessages(input, {
      name: verb,
      options,
      query: reading.query,
      columns: [],
      form: 'flow',
      missing: (name) => `Mailbox ${name}: Mailbox sync failed: ${doesNotExist(name)}`,
      mode: 'keep-recent',
      async act({ mailbox, messages }) {
        if (wrongKeyword !== undefined) throw new MailboxError('CANNOT', keywordProblem(wrongKeyword))
        const change: FlagChange = verb
        await mailbox.setFlags(
          messages.map(({ uid }) => uid),
          change,
          canonical,
          cause,
        )
        return []
      },
    })
  },
})

const keywordProblem = (keyword: string): string =>
  `Invalid keywords: ${keyword === '' ? 'Empty keywords not allowed' : 'Invalid characters in keyword'}`

const transfer = (verb: 'copy' | 'move'): DoveadmCommand => ({
  name: verb,
  usage: `${who} <destination> [user <source user>] <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, '')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    const [target, ...words] = options.rest
    if (target === undefined || words.length === 0) return usageOf(this)
    const source = words[0]?.toLowerCase() === 'user' ? (words[1] ?? '') : null
    const reading = queryOf(input, source === null ? words : words.slice(2))
    if (!reading.ok) return reading.result
    const work = {
      name: verb,
      options,
      query: reading.query,
      columns: [],
      form: 'flow',
      missing: (name: string) => `Mailbox ${name}: Mailbox sync failed: ${doesNotExist(name)}`,
      mode: 'keep-recent',
    } as const
    return forUsers(input, work, async ({ store, user }) => {
      const to = nameOf(store, target)
      if (!(await store.folders()).some(({ name, selectable }) => name === to && selectable))
        return {
          rows: [],
          errors: [`Can't open mailbox '${target}': ${doesNotExist(target)}`],
          exit: exits.notFound,
        }
      const other = source === null ? null : await input.box.stores?.of(source)
      if (other === undefined) return { rows: [] }
      const from = other === null ? store : inNamespace(other, input.settings)
      // One that is only promised is made.
      await (await store.open(to, 'keep-recent')).close()
      return inFolders(
        { store: from, user },
        { ...work, act: (found) => carry(verb, found, { store, name: to }) },
      )
    })
  },
})

/** Into another store every message is written anew. */
export async function copyMessages(
  { mailbox, messages }: Pick<Found, 'mailbox' | 'messages'>,
  to: { readonly store: MailStore; readonly name: string },
): Promise<void> {
  await mailbox.load(messages.map(({ uid }) => uid))
  const target = await to.store.open(to.name, 'keep-recent')
  try {
    for (const { uid, flags, internalDate } of messages) {
      const message = { content: await mailbox.read(uid), flags: [...flags], internalDate }
      await target.append([message], cause)
    }
  } finally {
    await target.close()
  }
}

async function carry(
  verb: 'copy' | 'move',
  { store, mailbox, messages }: Found,
  to: { readonly store: MailStore; readonly name: string },
): Promise<readonly (readonly string[])[]> {
  const uids = messages.map(({ uid }) => uid)
  if (uids.length === 0) return []
  if (to.store === store) {
    await mailbox.copyTo(to.name, uids, verb, cause)
    return []
  }
  await copyMessages({ mailbox, messages }, to)
  if (verb === 'move') await mailbox.expunge(uids, cause)
  return []
}

export { inFolders, queryOf, withMessages, type Work }

export const messageCommands: readonly DoveadmCommand[] = [
  transfer('copy'),
  expunge,
  fetch,
  flagCommand('add'),
  flagCommand('remove'),
  flagCommand('replace'),
  transfer('move'),
  search,
]
