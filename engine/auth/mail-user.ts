/**
 * From the user database to a user whose mail can be opened: a uid that may be used, and a home.
 *
 * Dovecot 2.3: mail_uid, mail_gid, mail_home, first_valid_uid.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { expandVariables, userVariables } from '#config/dovecot-variables.ts'
import { MailboxError, type MailUser } from '#mailbox/mail-store.ts'
import type { DovecotAuth } from './dovecot.ts'

/** Rejects with MailboxError when the user is there, but must not be worked for. */
export const mailUser =
  (auth: DovecotAuth, settings: () => DovecotSettings) =>
  async (name: string, after?: 'login'): Promise<MailUser | null> => {
    const found = await auth.user(name, { for: after ?? 'lookup', service: 'mail' })
    if (found.kind === 'unknown') return null
    const { fields } = found
    const now = settings()
    const ids = {
      uid: fields.get('uid') ?? now.text('mail_uid'),
      gid: fields.get('gid') ?? now.text('mail_gid'),
    }
    const missing = missingIds(ids)
    if (missing !== null) throw new MailboxError('SERVERBUG', `Couldn't drop privileges: ${missing}`)
    const forbidden = forbiddenIds(ids, fields, now)
    if (forbidden !== null) throw new MailboxError('SERVERBUG', forbidden)
    const home = fields.get('home') ?? expandVariables(now.text('mail_home'), userVariables(found.name))
    return { name: found.name, home, fields }
  }

type Ids = { readonly uid: string; readonly gid: string }

/** What is missing to become that user. */
function missingIds({ uid, gid }: Ids): string | null {
  if (uid === '') return 'User is missing UID (see mail_uid setting)'
  return gid === '' ? 'User is missing GID (see mail_gid setting)' : null
}

/** Numbers that no user of mail may have: those of the system, as a rule. */
function forbiddenIds(
  ids: Ids,
  fields: ReadonlyMap<string, string>,
  settings: DovecotSettings,
): string | null {
  for (const kind of ['uid', 'gid'] as const) {
    const id = ids[kind]
    const [least, most] = [`first_valid_${kind}`, `last_valid_${kind}`].map((name) => settings.number(name))
    const isIn = Number(id) >= (least ?? 0) && ((most ?? 0) === 0 || Number(id) <= (most ?? 0))
    if (!/^\d+$/.test(id) || isIn) continue
    const from = fields.has(kind) ? 'from userdb lookup' : `from mail_${kind} setting`
    const where = `see first_valid_${kind} in config file, ${kind} ${from}`
    return `Mail access for users with ${kind.toUpperCase()} ${id} not permitted (${where}).`
  }
  return null
}
