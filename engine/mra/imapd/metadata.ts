/**
 * GETMETADATA and SETMETADATA of a server that keeps no annotations: what is wrong with a command is said all the same,
 * before it is said that there are none.
 *
 * RFC 5464. The texts are those of Dovecot with `imap_metadata = no`.
 */
import { MailboxError } from '#mailbox/mail-store.ts'
import { astring, list, type Argument } from '#protocol/imap/tokens.ts'
import type { Account } from './account.ts'
import { missing } from './names.ts'
import { no, ok, type Tagged } from './outcome.ts'
import { badArguments } from './refusal.ts'

export type MetadataName = 'GETMETADATA' | 'SETMETADATA'
export type MetadataAnswer = { readonly untagged: string; readonly tagged: Tagged }

const none = 'Generic mailbox attributes not enabled'

export const isMetadata = (name: string): name is MetadataName =>
  name === 'GETMETADATA' || name === 'SETMETADATA'

export async function metadata(
  name: MetadataName,
  args: readonly Argument[],
  account: Account,
): Promise<MetadataAnswer> {
  const bad = (text: string): MetadataAnswer => ({ untagged: '', tagged: badArguments(name, text) })
  if (name === 'SETMETADATA') {
    const [mailbox, pairs] = [astring(args[0]), list(args[1])]
    if (mailbox === null || pairs === null) return bad('Invalid arguments')
    const absent = await notThere(account, mailbox)
    if (absent !== null) return { untagged: '', tagged: absent }
    const problem = wrongPairs(pairs)
    if (problem !== null) return bad(problem)
    return { untagged: '', tagged: pairs.length === 0 ? ok('Setmetadata completed') : refusedChange(pairs) }
  }
  const options = list(args[0])
  const [mailbox, wanted, more] = options === null ? args : args.slice(1)
  const read = readOptions(options ?? [])
  if (typeof read === 'string') return bad(read)
  const target = astring(mailbox)
  const entries = list(wanted) ?? (wanted === undefined ? null : [wanted])
  if (target === null || entries === null) return bad('Invalid arguments')
  const words = entries.map((entry) => astring(entry))
  for (const word of words) {
    const problem = word === null ? "Entry isn't astring" : wrongEntry(word)
    if (problem !== null) return bad(problem)
  }
  if (more !== undefined && options === null && list(wanted) === null) return bad('Invalid arguments')
  const absent = await notThere(account, target)
  if (absent !== null) return { untagged: '', tagged: absent }
  // Below an entry there is nothing, and of that nobody complains.
  if (entries.length === 0 || read.depth !== 'this')
    return { untagged: '', tagged: ok('Getmetadata completed') }
  return { untagged: `* NO ${none}\r\n`.repeat(entries.length - 1), tagged: no(none, 'CANNOT') }
}

function readOptions(options: readonly Argument[]): { readonly depth: 'this' | 'below' } | string {
  let depth: 'this' | 'below' = 'this'
  for (let at = 0; at < options.length; at += 2) {
    const [option, value] = [astring(options[at])?.toUpperCase(), astring(options[at + 1])?.toLowerCase()]
    if (option === 'MAXSIZE') {
      if (!/^\d{1,15}$/.test(value ?? '')) return 'Invalid value for MAXSIZE option'
    } else if (option === 'DEPTH') {
      if (value !== '0' && value !== '1' && value !== 'infinity') return 'Invalid value for DEPTH option'
      depth = value === '0' ? 'this' : 'below'
    } else {
      return 'Unknown option'
    }
  }
  return { depth }
}

function wrongPairs(pairs: readonly Argument[]): string | null {
  for (let at = 0; at < pairs.length; at += 2) {
    const [entry, value] = [astring(pairs[at]), pairs[at + 1]]
    if (entry === null) return "Entry name isn't astring"
    if (value === undefined) return 'Entry value missing'
    if (value.kind === 'list') return "Entry value can't be a list"
    const problem = wrongEntry(entry)
    if (problem !== null) return problem
  }
  return null
}

/** What the configuration says of a mailbox no client changes. */
function refusedChange(pairs: readonly Argument[]): Tagged {
  const fixed = pairs.find(
    (entry, at) => at % 2 === 0 && astring(entry)?.toLowerCase() === '/private/specialuse',
  )
  return no(fixed === undefined ? none : 'The /private/specialuse attribute cannot be changed', 'CANNOT')
}

function wrongEntry(entry: string): string | null {
  if (!entry.startsWith('/')) return "Entry name must begin with '/'"
  if (entry.includes('*')) return "Entry name can't contain '*'"
  if (entry.includes('%')) return "Entry name can't contain '%'"
  if (entry.includes('//')) return "Entry name can't contain consecutive '/'"
  if (entry.endsWith('/')) return "Entry name can't end with '/'"
  return /^\/(?:private|shared)(?:\/|$)/i.test(entry)
    ? null
    : 'Entry name must begin with /private or /shared'
}

/** An empty name means the server itself. */
async function notThere(account: Account, typed: string): Promise<Tagged | null> {
  if (typed === '') return null
  try {
    const name = account.names.toStore(typed)
    const folders = await account.store.folders()
    return folders.some((folder) => folder.name === name) ? null : no(missing(typed).message)
  } catch (error) {
    if (error instanceof MailboxError) return no(missing(typed).message)
    throw error
  }
}
