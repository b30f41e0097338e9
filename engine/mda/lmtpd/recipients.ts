/**
 * Who a forward-path means: the detail after the delimiter is taken off, the rest is looked up as auth would.
 *
 * RFC 5233; Dovecot 2.3: recipient_delimiter, auth_username_format.
 */
import { settingsOfUser, type DovecotSettings } from '#config/dovecot-settings.ts'
import type { MailStore, MailStores } from '#mailbox/mail-store.ts'
import { MailboxError } from '#mailbox/mail-store.ts'
import { writePath, type LmtpPath } from '#protocol/lmtp/path.ts'

export type LocalRecipient = {
  /** As the client gave it. */
  readonly address: string
  readonly original: string | null
  readonly user: string
  readonly detail: string
  readonly store: MailStore
  /** Those of `protocol lmtp`, and what the user database says of this user. */
  readonly settings: DovecotSettings
}

/** One who is in the user database, and whose mail must not be touched: told only when there is a letter. */
export type BarredRecipient = Omit<LocalRecipient, 'store' | 'settings'> & { readonly barred: string }

export type RecipientReading =
  | { readonly kind: 'known'; readonly recipient: LocalRecipient | BarredRecipient }
  /** `name`: as the client is told. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Only a detail: `<+lists>`. */
  | { readonly kind: 'nobody' }

export async function findRecipient(
  path: LmtpPath,
  original: string | null,
  world: { readonly stores: MailStores; readonly settings: DovecotSettings },
): Promise<RecipientReading> {
  const { local, detail } = splitDetail(path.localPart, world.settings.text('recipient_delimiter'))
  const name = path.domain === null ? local : `${local}@${path.domain}`
  if (local === '') return path.localPart === '' ? { kind: 'unknown', name } : { kind: 'nobody' }
  const address = writePath(path)
  try {
    const store = await world.stores.of(name)
    const found = await world.stores.user(name)
    const settings = found === null ? world.settings : settingsOfUser(world.settings, found)
    const user = found?.name ?? name
    return { kind: 'known', recipient: { address, original, user, detail, store, settings } }
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error
    if (error.code === 'NONEXISTENT') return { kind: 'unknown', name }
    const barred = error.message.replace("Couldn't drop privileges: ", '')
    return { kind: 'known', recipient: { address, original, user: name, detail, barred } }
  }
}

/** The first of the delimiter's characters divides. */
function splitDetail(localPart: string, delimiters: string): { local: string; detail: string } {
  let at = -1
  for (let i = 0; i < localPart.length && at < 0; i++) if (delimiters.includes(localPart.charAt(i))) at = i
  return at < 0
    ? { local: localPart, detail: '' }
    : { local: localPart.slice(0, at), detail: localPart.slice(at + 1) }
}
