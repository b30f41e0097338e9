/**
 * From the end of the data to the mailbox of one recipient: the filter decides, the store keeps, the client hears.
 *
 * RFC 2033 §4.2: each recipient has a reply of its own. The texts are Dovecot's.
 * Next: engine/mailbox/maildir/deliver.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { canonicalName, checkFolderName } from '#mailbox/folder-names.ts'
import { MailboxError } from '#mailbox/mail-store.ts'
import { reply, type Reply } from '#protocol/smtp/reply.ts'
import type { Delivery, DeliveryOutcome, Filter } from '../delivery.ts'
import { exceedsQuota, quotaLimits } from './quota.ts'
import type { LocalRecipient } from './recipients.ts'

export type Letter = {
  readonly session: string
  /** As in the reply and in Received. */
  readonly id: string
  readonly sender: string
  readonly recipient: LocalRecipient
  readonly content: Uint8Array
  readonly settings: DovecotSettings
  readonly filter: Filter | undefined
}

export async function deliver(letter: Letter): Promise<Reply> {
  const { recipient, settings, id } = letter
  const { address } = recipient
  try {
    const full = await quotaReply(letter, letter.content.length)
    if (full) return full
    const delivery = toDelivery(letter)
    const outcome: DeliveryOutcome = letter.filter ? await letter.filter(delivery) : { kind: 'keep' }
    switch (outcome.kind) {
      case 'refused':
        return reply(outcome.code, outcome.status, `<${address}> ${outcome.text}`)
      case 'keep':
        await keep(delivery)
        return reply(250, '2.0.0', `<${address}> ${id} Saved`, 'RFC 2033 §4.2')
      case 'done':
        return reply(250, '2.0.0', `<${address}> ${id} Saved`, 'RFC 2033 §4.2')
      default:
        return outcome satisfies never
    }
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error
    if (error.code === 'OVERQUOTA') return overQuota(address, settings, error.message)
    return reply(451, '4.2.0', `<${address}> ${error.message}`)
  }
}

/** lmtp_rcpt_check_quota asks before there is a letter. */
export async function quotaReply(
  letter: Pick<Letter, 'recipient' | 'settings'>,
  size: number,
): Promise<Reply | null> {
  const { recipient, settings } = letter
  const limits = quotaLimits(settings)
  if (limits === null || !(await exceedsQuota(recipient.store, limits, size))) return null
  const text = settings.plugin('quota_exceeded_message') ?? 'Quota exceeded (mailbox for user is full)'
  return overQuota(recipient.address, settings, text)
}

const overQuota = (address: string, settings: DovecotSettings, text: string): Reply =>
  settings.flag('quota_full_tempfail')
    ? reply(452, '4.2.2', `<${address}> ${text}`)
    : reply(552, '5.2.2', `<${address}> ${text}`)

function toDelivery(letter: Letter): Delivery {
  const { session, sender, recipient, content, settings } = letter
  const { store, user, address, original, detail } = recipient
  return {
    session,
    user,
    sender,
    recipient: address,
    originalRecipient: original ?? address,
    content,
    store,
    settings,
    folder: detailFolder(detail, letter),
    async save(typed, { flags, create, content: other } = {}) {
      // As Dovecot, which makes INBOX whichever folder a letter goes to.
      await store.prepare()
      const folder = canonicalName(typed)
      const message = { content: other ?? content, envelopeSender: sender, ...(flags ? { flags } : {}) }
      try {
        await store.deliver(folder, message, { session })
      } catch (error) {
        const missing = error instanceof MailboxError && error.code === 'NONEXISTENT'
        if (!missing || (create === undefined && !settings.flag('lda_mailbox_autocreate'))) throw error
        await store.create(folder, { session })
        if (settings.flag('lda_mailbox_autosubscribe')) await store.subscribe(folder, 'subscribed')
        await store.deliver(folder, message, { session })
      }
    },
  }
}

/** lmtp_save_to_detail_mailbox: `bob+lists` wants the folder `lists`; a name that cannot be one means INBOX. */
function detailFolder(detail: string, { settings, recipient: { store } }: Letter): string {
  if (detail === '' || !settings.flag('lmtp_save_to_detail_mailbox')) return 'INBOX'
  if (store.separator !== '/' && detail.includes('/')) return 'INBOX'
  const folder = canonicalName(detail.replaceAll(store.separator, '/'))
  try {
    checkFolderName(folder, store)
    return folder
  } catch {
    return 'INBOX'
  }
}

/** Into its folder; into INBOX when that one cannot be had. */
async function keep(delivery: Delivery): Promise<void> {
  try {
    await delivery.save(delivery.folder)
  } catch (error) {
    if (delivery.folder === 'INBOX' || !(error instanceof MailboxError) || error.code === 'OVERQUOTA')
      throw error
    await delivery.save('INBOX')
  }
}
