/** What a script may ask of this server while it runs. */
import type { Machine } from '#engine/machine.ts'
import { canonicalName, fromSeparator } from '#mailbox/folder-names.ts'
import { MailboxError } from '#mailbox/mail-store.ts'
import { latin1, textOf } from '#protocol/bytes/text.ts'
import { toCrlf } from '#protocol/bytes/lines.ts'
import { readSieveMessage } from '#protocol/sieve/message.ts'
import type { SieveWorld } from '#protocol/sieve/run.ts'
import type { Delivery } from '../delivery.ts'
import type { Duplicates } from './duplicates.ts'
import { specialUseFolder } from './special-use.ts'

export function sieveWorld(machine: Machine, delivery: Delivery, duplicates: Duplicates): SieveWorld {
  const { store, settings } = delivery
  const now = machine.clock.now()
  return {
    message: readSieveMessage(toCrlf(delivery.content)),
    envelope: { from: delivery.sender, to: delivery.recipient, auth: null },
    user: delivery.user,
    recipientDelimiter: settings.text('recipient_delimiter'),
    now,
    environment: (item) => environmentItem(machine, item),
    async mailboxExists(typed) {
      try {
        const name = folderOf(typed, delivery)
        return (await store.folders()).some((folder) => folder.name === name && folder.selectable)
      } catch (error) {
        if (error instanceof MailboxError) return false
        throw error
      }
    },
    async specialUseExists(typed, uses) {
      if (typed !== null && !(await this.mailboxExists(typed))) return false
      return uses.every((use) => {
        const folder = specialUseFolder(settings, use)
        return folder !== null && (typed === null || folder === canonicalName(textOf(latin1(typed))))
      })
    },
    isDuplicate: (handle, id) => duplicates.isKnown(['duplicate', handle, id], Math.floor(now / 1000)),
    mostRedirects: numberOf(settings.plugin('sieve_max_redirects'), 4),
    mostActions: numberOf(settings.plugin('sieve_max_actions'), 32),
  }
}

const numberOf = (text: string | null, standard: number): number =>
  text !== null && /^\d+$/.test(text) ? Number(text) : standard

/** RFC 5183 §4. */
export function environmentItem(machine: Machine, item: string): string | null {
  switch (item) {
    case 'name':
      return 'Pigeonhole Sieve'
    case 'version':
      return '0.5.19'
    case 'host':
      return machine.name
    case 'domain':
      return machine.name.includes('.') ? machine.name.slice(machine.name.indexOf('.') + 1) : machine.name
    case 'location':
      return 'MDA'
    case 'phase':
      return 'during'
    default:
      return null
  }
}

/** A folder's name with `/` between its levels, from what a script says; throws MailboxError. */
export const folderOf = (typed: string, { store }: Pick<Delivery, 'store'>): string =>
  typed === '' ? 'INBOX' : fromSeparator(wellBegun(textOf(latin1(typed)), store.separator), store.separator)

function wellBegun(typed: string, separator: string): string {
  if (!typed.startsWith(separator)) return typed
  throw new MailboxError('CANNOT', 'Invalid mailbox name: Begins with hierarchy separator')
}
