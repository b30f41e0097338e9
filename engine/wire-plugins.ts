/** mail_plugins that are not there: then no session begins. Dovecot 2.3, mail_plugins; the names are Debian's. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'

const installed = new Set(
  `acl apparmor charset_alias fts fts_squat imap_acl imap_filter_sieve imap_old_stats imap_quota imap_sieve imap_zlib
   last_login lazy_expunge listescape mail_crypt mail_crypt_acl mail_log mail_lua mailbox_alias notify notify_status
   old_stats pop3_migration push_notification push_notification_lua quota quota_clone replication sieve trash virtual
   welcome zlib`.split(/\s+/),
)

export function pluginProblem(settings: DovecotSettings): string | null {
  const missing = settings.list('mail_plugins').find((name) => !installed.has(name))
  return missing === undefined
    ? null
    : `Plugin '${missing}' not found from directory /usr/lib/dovecot/modules`
}
