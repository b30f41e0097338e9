/**
 * Who a forward-path means: the detail after the delimiter is taken off, the rest is looked up as auth would.
 *
 * RFC 5233; Dovecot 2.3: recipient_delimiter, auth_username_format.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { MailStore, MailStores } from '#mailbox/mail-store.ts'
import { MailboxError } from '#mailbox/mail-store.ts'
import { writePath, type LmtpPath } from '#protocol/lmtp/path.ts'
import { named } from '#protocol/named.ts'

export type LocalRecipient = {
  /** As the client gave it. */
  readonly address: string
  readonly original: string | null
  readonly user: string
  readonly detail: string
  readonly store: MailStore
}

export type RecipientReading =
  | { readonly kind: 'known'; readonly recipient: LocalRecipient }
  /** `name`: as the client is told. */
  | { readonly kind: 'unknown'; readonly name: string }

export async function findRecipient(
  path: LmtpPath,
  original: string | null,
  world: { readonly stores: MailStores; readonly settings: DovecotSettings },
): Promise<RecipientReading> {
  const { local, detail } = splitDetail(path.localPart, world.settings.text('recipient_delimiter'))
  const name = path.domain === null ? local : `${local}@${path.domain}`
  const user = formatted(name, world.settings.text('auth_username_format'))
  if (local === '') return { kind: 'unknown', name }
  try {
    const store = await world.stores.of(user)
    return { kind: 'known', recipient: { address: writePath(path), original, user, detail, store } }
  } catch (error) {
    if (error instanceof MailboxError && error.code === 'NONEXISTENT') return { kind: 'unknown', name }
    throw error
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

/** `%u` the name, `%n` without domain, `%d` the domain; `L` in between: in lower case. */
function formatted(name: string, format: string): string {
  const at = name.lastIndexOf('@')
  const parts: Readonly<Record<string, string>> = named({
    u: name,
    n: at < 0 ? name : name.slice(0, at),
    d: at < 0 ? '' : name.slice(at + 1),
  })
  return format.replace(/%(L?)([und])/g, (_all, lower: string, which: string) => {
    const part = parts[which] ?? ''
    return lower === '' ? part : part.toLowerCase()
  })
}
