/** The folder that dovecot.conf gives a special use: `mailbox Spam { special_use = \Junk }`. RFC 6154. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'

export function specialUseFolder(settings: DovecotSettings, use: string): string | null {
  for (const namespace of settings.sections('namespace')) {
    for (const mailbox of namespace.sections('mailbox')) {
      const uses = (mailbox.get('special_use') ?? '').split(/\s+/)
      if (uses.some((one) => one.toLowerCase() === use.toLowerCase())) return mailbox.name
    }
  }
  return null
}
