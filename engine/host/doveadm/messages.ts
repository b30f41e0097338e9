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
  usageOf,
  type DoveadmCommand,
  type DoveadmInput,
  type MailOptions,
  type UserAnswer,
} from './command.ts'
import { availableFields, fieldOf } from './fetch-fields.ts'
import { nameOf, namesMatching, typed, wrongLetter } from './mailbox.ts'
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
  readonly mode: 'read-only' | 'keep-recent'
  readonly act: (found: Found) => Promise<readonly (readonly string[])[]>
}

/** Does one thing with the messages of each folder that a query finds. */
function withMessages(input: DoveadmInput, work: Work) {
  return forUsers(input, work, async ({ store, user }): Promise<UserAnswer> => {
    const masks = masksOf(work.query) ?? ['*']
    const errors: string[] = []
    const rows: (readonly string[])[] = []
    for (const mask of masks) {
      const names = await namesMatching(store, [mask])
      if (names.length === 0 && !/[*%]/.test(mask) && work.missing !== null) errors.push(work.missing(mask))
      for (const name of names) {
        const mailbox = await store.open(name, work.mode)
        try {
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
        } finally {
          await mailbox.close()
        }
      }
    }
    return { rows, errors, ...(errors.length > 0 ? { exit: exits.notFound } : {}) }
  })
}

/** The query of a command, or how the command ends. */
function queryOf(input: DoveadmInput, words: readonly string[]) {
  try {
    return {
      ok: true,
      query: readQuery(
        words.length === 1 ? (words[0] ?? '').split(/\s+/) : words,
        input.box.machine.clock.now(),
      ),
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
    if (options.wrong !== null) return wrongLetter('search', options.wrong)
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
    if (options.wrong !== null) return wrongLetter('fetch', options.wrong)
    const [asked, ...words] = options.rest
    if (asked === undefined || words.length === 0) return usageOf(this)
    const names = asked.split(/\s+/).filter((name) => name !== '')
    const unknown = names.find((name) => fieldOf(name) === null)
    if (unknown !== undefined) {
      return failed(
        `Available fetch fields: ${availableFields}\nFatal: Unknown fetch field: ${unknown}\n`,
        exits.temporary,
      )
    }
    const reading = queryOf(input, words)
    if (!reading.ok) return reading.result
    return withMessages(input, {
      name: 'fetch',
      options,
      query: reading.query,
      columns: names.map((name) => ({ name })),
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
          for (const name of names)
            row.push((await fieldOf(name)?.({ user, shown, mailbox, message, sequence })) ?? '')
          rows.push(row)
        }
        return rows
      },
    })
  },
}

const expunge: DoveadmCommand = {
  name: 'expunge',
  usage: `${who} [-m] <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, 'dm')
    if (options.wrong !== null) return wrongLetter('expunge', options.wrong)
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

const systemFlags = ['\\answered', '\\flagged', '\\deleted', '\\seen', '\\draft']

const flagCommand = (verb: 'add' | 'remove' | 'replace'): DoveadmCommand => ({
  name: `flags ${verb}`,
  usage: `${who} <flags> <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, '')
    if (options.wrong !== null) return wrongLetter(verb, options.wrong)
    const [asked, ...words] = options.rest
    if (asked === undefined || words.length === 0) return usageOf(this)
    const flags = asked.split(/\s+/).filter((flag) => flag !== '')
    const wrong = flags.find((flag) =>
      flag.startsWith('\\') ? !systemFlags.includes(flag.toLowerCase()) : !isKeyword(flag),
    )
    if (wrong !== undefined) {
      const kind = wrong.startsWith('\\') ? 'system flag' : 'keyword'
      return failed(`Fatal: Invalid ${kind}: ${wrong}\n`, exits.temporary)
    }
    const reading = queryOf(input, words)
    if (!reading.ok) return reading.result
    const canonical = flags.map((flag) =>
      flag.startsWith('\\') ? `\\${flag.charAt(1).toUpperCase()}${flag.slice(2).toLowerCase()}` : flag,
    )
    return withMessages(input, {
      name: verb,
      options,
      query: reading.query,
      columns: [],
      form: 'flow',
      missing: (name) => `Syncing mailbox '${name}' failed: ${doesNotExist(name)}`,
      mode: 'keep-recent',
      async act({ mailbox, messages }) {
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

const transfer = (verb: 'copy' | 'move'): DoveadmCommand => ({
  name: verb,
  usage: `${who} <destination> [user <source user>] <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, '')
    if (options.wrong !== null) return wrongLetter(verb, options.wrong)
    const [target, ...words] = options.rest
    if (target === undefined || words.length === 0) return usageOf(this)
    const reading = queryOf(input, words)
    if (!reading.ok) return reading.result
    return withMessages(input, {
      name: verb,
      options,
      query: reading.query,
      columns: [],
      form: 'flow',
      missing: (name) => `Syncing mailbox '${name}' failed: ${doesNotExist(name)}`,
      mode: 'keep-recent',
      async act({ store, mailbox, messages }) {
        const uids = messages.map(({ uid }) => uid)
        try {
          if (uids.length > 0) await mailbox.copyTo(nameOf(store, target), uids, verb, cause)
        } catch (error) {
          if (!(error instanceof MailboxError)) throw error
          throw new MailboxError(error.code, `Can't open mailbox '${target}': ${error.message}`)
        }
        return []
      },
    })
  },
})

export { queryOf, withMessages }

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
