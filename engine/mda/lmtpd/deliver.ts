/**
 * From the end of the data to the mailbox of one recipient: the filter decides, the store keeps, the client hears.
 *
 * RFC 2033 §4.2: each recipient has a reply of its own. The texts are Dovecot's.
 * Next: engine/mailbox/maildir/deliver.ts
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { canonicalName, checkFolderName } from '#mailbox/folder-names.ts'
import { MailboxError } from '#mailbox/mail-store.ts'
import { quotaRefusal } from '#mailbox/quota.ts'
import { reply, type Reply } from '#protocol/smtp/reply.ts'
import type { Delivery, DeliveryOutcome, Filter } from '../delivery.ts'
import { deliveryLine } from './delivery-line.ts'
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
  readonly log: (text: string) => void
}

export async function deliver(letter: Letter): Promise<Reply> {
  const { recipient, settings, id } = letter
  const { address } = recipient
  const delivery = toDelivery(letter)
  try {
    const outcome: DeliveryOutcome = letter.filter ? await letter.filter(delivery) : { kind: 'keep' }
    switch (outcome.kind) {
      case 'refused':
        return reply(outcome.code, outcome.status, `<${address}> ${outcome.text}`)
      case 'keep':
        await keep(delivery, letter)
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
  recipient: LocalRecipient,
  settings: DovecotSettings,
): Promise<Reply | null> {
  const refusal = await quotaRefusal(recipient.store, settings, {
    folder: 'INBOX',
    size: null,
    grace: 'none',
  })
  return refusal === null ? null : overQuota(recipient.address, settings, refusal.text)
}

const overQuota = (address: string, settings: DovecotSettings, text: string): Reply =>
  settings.flag('quota_full_tempfail')
    ? reply(452, '4.2.2', `<${address}> ${text}`)
    : reply(552, '5.2.2', `<${address}> ${text}`)

function toDelivery(letter: Letter): Delivery {
  const { session, sender, recipient, content, settings, log } = letter
  const { store, user, address, original } = recipient
  return {
    session,
    user,
    sender,
    recipient: address,
    originalRecipient: original ?? address,
    content,
    store,
    settings,
    folder: detailFolder(letter).folder,
    log,
    async save(typed, { flags, create, content: other } = {}) {
      // As Dovecot, which makes INBOX whichever folder a letter goes to.
      await store.prepare()
      const folder = canonicalName(typed)
      const message = {
        content: other ?? content,
        lines: 'lf',
        envelopeSender: sender,
        ...(flags ? { flags } : {}),
      } as const
      const size = message.content.length
      const refusal = await quotaRefusal(store, settings, { folder, size, grace: 'grace' })
      if (refusal !== null)
        throw new MailboxError(refusal.full === 'full' ? 'OVERQUOTA' : 'LIMIT', refusal.text)
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

type Detail = {
  readonly folder: string
  /** As the log names it. */
  readonly shown: string
  /** Why it cannot be that one. */
  readonly why?: string
}

/** lmtp_save_to_detail_mailbox: `bob+lists` wants the folder `lists`; a name that cannot be one means INBOX. */
function detailFolder({ settings, recipient: { store, detail } }: Letter): Detail {
  const inbox = { folder: 'INBOX', shown: 'INBOX' }
  if (detail === '' || !settings.flag('lmtp_save_to_detail_mailbox')) return inbox
  const shown = detail
  if (store.separator !== '/' && detail.includes('/'))
    return { folder: 'INBOX', shown, why: "Invalid mailbox name: Name must not have '/' characters" }
  const folder = canonicalName(detail.replaceAll(store.separator, '/'))
  try {
    checkFolderName(folder, store)
    return { folder, shown }
  } catch (error) {
    return { folder: 'INBOX', shown, why: error instanceof Error ? error.message : String(error) }
  }
}

/** Into its folder; into INBOX when that one cannot be had. */
async function keep(delivery: Delivery, letter: Letter): Promise<void> {
  const said = (text: string) => letter.log(deliveryLine(text, letter))
  const detail = detailFolder(letter)
  const failed = (why: string) => said(`save failed to open mailbox ${short(detail.shown)}: ${why}`)
  let shown = detail.shown
  if (detail.why !== undefined) {
    failed(detail.why)
    shown = 'INBOX'
  }
  try {
    await delivery.save(delivery.folder)
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error
    if (delivery.folder === 'INBOX' || error.code === 'OVERQUOTA' || error.code === 'LIMIT') {
      said(`save failed to ${short(shown)}: ${error.message}`)
      throw error
    }
    failed(error.message)
    shown = 'INBOX'
    await delivery.save('INBOX')
  }
  said(`saved mail to ${short(shown)}`)
}

const short = (name: string): string => (name.length > 80 ? `${name.slice(0, 77)}...` : name)
