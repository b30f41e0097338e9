/** doveadm mailbox path and mutf7, and import: where folders are, and what lies at another place. doveadm-mailbox(1), doveadm-import(1). */
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '#mailbox/modified-utf7.ts'
import { MailboxError, type MailStore } from '#mailbox/mail-store.ts'
import { exits, failed, forUsers, readMailOptions, unfit, usageOf, type DoveadmCommand } from './command.ts'
import { invalidName, nameOf } from './mailbox.ts'
import { copyMessages, inFolders, queryOf, type Work } from './messages.ts'

const who = '[-u <user>|-A] [-S <socket_path>]'
const cause = { command: 'doveadm' } as const

/** Which of a folder's places are its own; the others are there only where they were set up. */
const placesOfFolder = new Set(['mailbox', 'dir', 'index', 'control'])
const placesElsewhere = new Set(['alt-mailbox', 'alt-dir', 'index-private'])

const path: DoveadmCommand = {
  name: 'mailbox path',
  usage: `${who} [-t <type>] <mailbox>`,
  async run(input) {
    const options = readMailOptions(input.words, '', 't')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    const type = options.values.get('t') ?? 'index'
    const [word, ...more] = options.rest
    if (word === undefined || more.length > 0) return usageOf(this)
    if (!placesOfFolder.has(type) && !placesElsewhere.has(type)) return usageOf(this)
    const columns = [{ name: 'path', title: 'hidden' }] as const
    return forUsers(input, { name: 'path', options, columns, form: 'flow' }, async ({ store }) => {
      const place = placesOfFolder.has(type) ? store.place?.(nameOf(store, word)) : undefined
      return { rows: place === undefined ? [] : [[place]] }
    })
  },
}

const mutf7: DoveadmCommand = {
  name: 'mailbox mutf7',
  usage: '[-7|-8] <name> [...]',
  async run(input) {
    const { rest, flags, wrong } = readMailOptions(input.words, '78')
    if (wrong !== null) return failed(`mutf7: invalid option -- '${wrong}'\n`, exits.usage)
    if (rest.length === 0) return usageOf(this)
    let stderr = ''
    const lines = rest.map((name) => {
      if (!flags.has('7')) return `${encodeModifiedUtf7(name)}\n`
      const decoded = decodeModifiedUtf7(name)
      if (decoded === null) stderr += `Error: Mailbox name not valid mUTF-7: ${name}\n`
      return `${decoded ?? ''}\n`
    })
    return { stdout: lines.join(''), stderr, exit: stderr === '' ? 0 : exits.data }
  },
}

const noPlace =
  'Import namespace initialization failed: Initializing mail storage from mail_location parameter failed'

const bringIn: DoveadmCommand = {
  name: 'import',
  usage: `${who} [-U source-user] [-s] <source mail location> <dest parent mailbox> <search query>`,
  async run(input) {
    const options = readMailOptions(input.words, 's', 'U')
    const unfitting = unfit(this.name, options)
    if (unfitting !== null) return unfitting
    const [location, parent, ...words] = options.rest
    if (location === undefined || parent === undefined || words.length === 0) return usageOf(this)
    const reading = queryOf(input, words)
    if (!reading.ok) return reading.result
    const { stores } = input.box
    const work: Work = {
      name: 'import',
      options,
      query: reading.query,
      columns: [],
      form: 'flow',
      missing: (name) => `Mailbox ${name}: Mailbox sync failed: Mailbox doesn't exist: ${name}`,
      mode: 'read-only',
      act: async () => [],
    }
    return forUsers(input, work, async ({ store, user }) => {
      const owner = options.values.get('U')
      const from = await sourceOf(async () => {
        const found = owner === undefined ? user : await stores?.user(owner)
        return found === null || found === undefined ? undefined : stores?.at?.(location, found)
      }, location)
      if (typeof from === 'string') return { rows: [], errors: [from], exit: exits.temporary }
      if (from === undefined)
        return { rows: [], errors: [`${noPlace}: User doesn't exist`], exit: exits.noUser }
      return inFolders(
        { store: from, user },
        {
          ...work,
          async act(found) {
            if (found.messages.length === 0) return []
            const name = parent === '' ? found.name : `${nameOf(store, parent)}/${found.name}`
            await made(store, name)
            if (options.flags.has('s')) await store.subscribe(name, 'subscribed')
            await copyMessages(found, { store, name })
            return []
          },
        },
      )
    })
  },
}

async function sourceOf(
  open: () => Promise<MailStore | undefined>,
  location: string,
): Promise<MailStore | string | undefined> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error
    const unclear = `Ambiguous mail location setting, don't know what to do with it: ${location} (try prefixing it with mbox: or maildir:)`
    return `${noPlace}: ${location.includes(':') ? error.message : unclear}`
  }
}

async function made(store: MailStore, name: string): Promise<void> {
  const shown = name.replaceAll('/', store.separator)
  const invalid = invalidName(store, shown)
  if (invalid !== null) throw new MailboxError('CANNOT', `Couldn't create mailbox ${shown}: ${invalid}`)
  try {
    await store.create(name, cause)
  } catch (error) {
    if (!(error instanceof MailboxError) || error.code !== 'ALREADYEXISTS') throw error
  }
}

export const placeCommands: readonly DoveadmCommand[] = [bringIn, mutf7, path]
