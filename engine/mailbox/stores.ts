/**
 * Where each user's mail is: `mail_location = maildir:~/Maildir` or `mbox:~/mail:INBOX=/var/mail/%u`. All sessions of
 * a user share one store, so that each sees at once what the others do.
 *
 * Dovecot 2.3, "Mail location".
 */
import { expandVariables, userVariables } from '#config/dovecot-variables.ts'
import type { Machine } from '#engine/machine.ts'
import { MailboxError, type MailStore, type MailStores, type MailUser } from './mail-store.ts'
import { MaildirStore } from './maildir/store.ts'
import { MboxStore } from './mbox/store.ts'

export type MailStoresOptions = {
  readonly machine: Machine
  /** `mail_location` as it is for this user. */
  readonly location: (user: string) => string
  /** The user database: where `~` is. Null for an unknown user. Without it, the system's users. */
  readonly user?: (name: string, after?: 'login') => Promise<MailUser | null>
}

export function createMailStores({ machine, location, user }: MailStoresOptions): MailStores {
  const find = user ?? (async (name: string): Promise<MailUser | null> => machine.user(name))
  const stores = new Map<string, MailStore>()
  return {
    user: find,
    at: (written, found) => openLocation(machine, readLocation(withFormat(written), found), found),
    async of(name, after) {
      const found = await find(name, after)
      if (found === null) throw new MailboxError('NONEXISTENT', `User doesn't exist: ${name}`)
      const written = found.fields?.get('mail') ?? location(found.name)
      const key = `${found.name}\0${found.home}\0${written}`
      const known = stores.get(key)
      if (known) return known
      const store = await openLocation(machine, readLocation(written, found), found)
      stores.set(key, store)
      return store
    },
  }
}

/** A path alone is taken for a Maildir. */
const withFormat = (written: string): string => (written.startsWith('/') ? `maildir:${written}` : written)

export type MailLocation =
  | { readonly format: 'maildir'; readonly root: string; readonly layout: 'maildir++' | 'fs' }
  | { readonly format: 'mbox'; readonly root: string; readonly inbox: string; readonly index: string | null }

/** `~`, `%u`, `%n`, `%d`, `%h` expanded; relative paths are below the home. An empty location is looked for by nobody. */
export function readLocation(written: string, user: MailUser): MailLocation {
  const text = expandVariables(written === '' ? 'maildir:~/Maildir' : written, {
    ...userVariables(user.name),
    h: user.home,
  })
  const [format = '', path = '', ...options] = text.split(':')
  const absolute = (name: string) => {
    if (name !== '~' && !name.startsWith('~/')) return name.startsWith('/') ? name : `${user.home}/${name}`
    if (user.home !== '') return `${user.home}${name.slice(1)}`
    throw new MailboxError(
      'SERVERBUG',
      `Namespace '': Home directory not set for user. Can't expand ~/ for mail root dir in: ${name}`,
    )
  }
  const root = absolute(path).replace(/\/+$/, '')
  const option = (key: string) =>
    options.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1) ?? null
  if (format === 'maildir') return { format, root, layout: option('LAYOUT') === 'fs' ? 'fs' : 'maildir++' }
  if (format === 'mbox') {
    const index = option('INDEX')
    return {
      format,
      root,
      inbox: absolute(option('INBOX') ?? `${path}/inbox`),
      index: index === null ? null : absolute(index),
    }
  }
  throw new MailboxError('SERVERBUG', `Unknown mail storage driver ${format}`)
}

async function openLocation(machine: Machine, location: MailLocation, user: MailUser): Promise<MailStore> {
  switch (location.format) {
    case 'maildir':
      return new MaildirStore({ machine, user: user.name, root: location.root, layout: location.layout })
    case 'mbox':
      return new MboxStore({ machine, user: user.name, ...location })
    default:
      return location satisfies never
  }
}
