/** doveadm save, deduplicate, index, force-resync, purge, altmove and quota: the upkeep of mailboxes. doveadm(1). */
import { toLf } from '#protocol/bytes/lines.ts'
import { limitsFor, quotaRoots, quotaUsage } from '#mailbox/quota.ts'
import { MailboxError, type Uid } from '#mailbox/mail-store.ts'
import { settingsOfUser } from '#config/dovecot-settings.ts'
import { findField, headerValue, readFields } from '#protocol/message/header.ts'
import {
  exits,
  forUsers,
  readMailOptions,
  unfit,
  usageOf,
  type DoveadmCommand,
  type UserAnswer,
} from './command.ts'
import { extraneous } from './options.ts'
import { nameOf, namesMatching } from './mailbox.ts'
import { queryOf, withMessages } from './messages.ts'

const who = '[-u <user>|-A] [-S <socket_path>]'
const cause = { command: 'doveadm' } as const
const nothing = { columns: [], form: 'flow' } as const

const save: DoveadmCommand = {
  name: 'save',
  usage: `${who} [-m mailbox]`,
  async run(input) {
    const at = input.words.indexOf('-m')
    const folder = at < 0 ? 'INBOX' : (input.words[at + 1] ?? 'INBOX')
    const words = at < 0 ? input.words : input.words.filter((_word, i) => i !== at && i !== at + 1)
    const options = readMailOptions(words, '')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    const content = toLf(Buffer.from(input.stdin, 'utf8'))
    return forUsers(input, { name: 'save', options, ...nothing }, async ({ store }): Promise<UserAnswer> => {
      try {
        const mailbox = await store.open(nameOf(store, folder), 'keep-recent')
        await mailbox.append([{ content }], cause)
        await mailbox.close()
        return { rows: [] }
      } catch (error) {
        if (!(error instanceof MailboxError)) throw error
        const exit = error.code === 'NONEXISTENT' ? exits.notFound : exits.data
        return { rows: [], errors: [`Failed to open mailbox ${folder}: ${error.message}`], exit }
      }
    })
  },
}

/** -m: by their Message-ID; else by their GUID, which no two files share. */
const deduplicate: DoveadmCommand = {
  name: 'deduplicate',
  usage: `${who} [-m] <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, 'm')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    if (options.rest.length === 0) return usageOf(this)
    const reading = queryOf(input, options.rest)
    if (!reading.ok) return reading.result
    return withMessages(input, {
      name: 'deduplicate',
      options,
      query: reading.query,
      ...nothing,
      missing: (name) => `Syncing mailbox '${name}' failed: Mailbox doesn't exist: ${name}`,
      mode: 'keep-recent',
      async act({ mailbox, messages }) {
        const known = new Set<string>()
        const again: Uid[] = []
        for (const { uid, guid } of messages) {
          const header = Buffer.from(await mailbox.readHeader(uid)).toString('latin1')
          const field = findField(readFields(header.replaceAll('\r\n', '\n')), 'Message-ID')
          const key = options.flags.has('m') ? (field === undefined ? '' : headerValue(field).trim()) : guid
          if (key !== '' && known.has(key)) again.push(uid)
          known.add(key)
        }
        await mailbox.expunge(again, cause)
        return []
      },
    })
  },
}

/** Brings what is known of folders up to date. */
const refreshing = (name: string, letters: string, usage: string): DoveadmCommand => ({
  name,
  usage: `${who} ${usage}`,
  async run(input) {
    const options = readMailOptions(input.words, letters, name === 'index' ? 'n' : '')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    if (options.rest.length === 0) return usageOf(this)
    return forUsers(input, { name, options, ...nothing }, async ({ store }) => {
      for (const folder of await namesMatching(store, options.rest)) {
        const mailbox = await store.open(folder, 'keep-recent')
        await mailbox.refresh()
        await mailbox.load()
        await mailbox.close()
      }
      return { rows: [] }
    })
  },
})

/** What only formats of several files a folder need: here there is nothing to be done. */
const idle = (name: string, usage: string): DoveadmCommand => ({
  name,
  usage: `${who} ${usage}`,
  async run(input) {
    const options = readMailOptions(input.words, 'r')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    return forUsers(input, { name, options, ...nothing }, async () => ({ rows: [] }))
  },
})

const quotaGet: DoveadmCommand = {
  name: 'quota get',
  usage: '',
  async run(input) {
    const options = readMailOptions(input.words, '')
    const unfitting = unfit(this.name, options) ?? extraneous(options.rest)
    if (unfitting !== null) return unfitting
    const columns = [
      { name: 'root', head: 'Quota name' },
      { name: 'type', head: 'Type' },
      { name: 'value', head: 'Value', align: 'right' },
      { name: 'limit', head: 'Limit', align: 'right' },
      { name: 'percent', head: '%', align: 'right' },
    ] as const
    return forUsers(input, { name: 'get', options, columns, form: 'table' }, async ({ user, store }) => {
      const rows: string[][] = []
      for (const root of quotaRoots(settingsOfUser(input.settings, user))) {
        const used = await quotaUsage(store, root)
        const limits = limitsFor(root, 'INBOX') ?? { bytes: 0, messages: 0 }
        rows.push([
          root.name,
          'STORAGE',
          ...counted(Math.ceil(used.bytes / 1024), Math.floor(limits.bytes / 1024)),
        ])
        rows.push([root.name, 'MESSAGE', ...counted(used.messages, limits.messages)])
      }
      return { rows }
    })
  },
}

/** Value, limit and percentage. */
const counted = (value: number, limit: number): readonly [string, string, string] => [
  String(value),
  limit === 0 ? '-' : String(limit),
  limit === 0 ? '0' : String(Math.floor((value * 100) / limit)),
]

const quotaRecalc: DoveadmCommand = {
  name: 'quota recalc',
  usage: '',
  async run(input) {
    const options = readMailOptions(input.words, '')
    return forUsers(input, { name: 'recalc', options, ...nothing }, async () => ({ rows: [] }))
  },
}

export const upkeepCommands: readonly DoveadmCommand[] = [
  idle('altmove', '[-r] <search query>'),
  deduplicate,
  refreshing('force-resync', 'f', '[-f] <mailbox mask>'),
  refreshing('index', 'q', '[-q] [-n <max recent>] <mailbox mask>'),
  idle('purge', ''),
  quotaGet,
  quotaRecalc,
  save,
]
