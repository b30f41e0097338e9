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
    const refused = uidProblem(fields, now)
    if (refused !== null) throw new MailboxError('SERVERBUG', `Couldn't drop privileges: ${refused}`)
    const home = fields.get('home') ?? expandVariables(now.text('mail_home'), userVariables(found.name))
    return { name: found.name, home, fields }
  }

function uidProblem(fields: ReadonlyMap<string, string>, settings: DovecotSettings): string | null {
  const uid = fields.get('uid') ?? settings.text('mail_uid')
  const gid = fields.get('gid') ?? settings.text('mail_gid')
  if (uid === '') return 'User is missing UID (see mail_uid setting)'
  if (gid === '') return 'User is missing GID (see mail_gid setting)'
  const least = settings.number('first_valid_uid')
  if (/^\d+$/.test(uid) && Number(uid) < least) {
    const from = fields.has('uid') ? 'from userdb lookup' : 'from mail_uid setting'
    return `Mail access for users with UID ${uid} not permitted (see first_valid_uid in config file, uid ${from}).`
  }
  return null
}
