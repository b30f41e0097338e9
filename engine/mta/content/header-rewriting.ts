/**
 * Header fields with addresses, each address rewritten: by cleanup as mail comes in, by the SMTP client as it goes out.
 *
 * ADDRESS_REWRITING_README, "Address rewriting when mail is received".
 */
import {
  quoteAddress,
  readAddressList,
  writeAddressField,
  type ListPart,
} from '#protocol/message/address-list.ts'
import type { HeaderField } from '#protocol/message/header.ts'
import { headerValue } from '#protocol/message/header.ts'
import { fromBytes, toBytes } from './text.ts'

const senderFields = new Set([
  'disposition-notification-to',
  'errors-to',
  'from',
  'mail-followup-to',
  'reply-to',
  'resent-from',
  'resent-reply-to',
  'resent-sender',
  'return-path',
  'return-receipt-to',
  'sender',
])
const recipientFields = new Set(['to', 'cc', 'bcc', 'apparently-to', 'resent-to', 'resent-cc', 'resent-bcc'])

const otherFields = new Set([
  'content-length',
  'date',
  'delivered-to',
  'message-id',
  'received',
  'resent-date',
  'resent-message-id',
  'subject',
])

/** Fields of which cleanup knows what they mean; of all others it only keeps the text. `name`: lower case. */
export const isKnownField = (name: string): boolean =>
  senderFields.has(name) || recipientFields.has(name) || otherFields.has(name)

/** What one address becomes, as a sender or as a recipient. */
export type AddressRewriting = (
  address: string,
  place: 'header_sender' | 'header_recipient',
) => Promise<string>

/** The text of the field after rewriting; the same text when no address changed. */
export async function rewriteField(field: HeaderField, rewriting: AddressRewriting): Promise<string> {
  const name = field.name.toLowerCase()
  const sender = senderFields.has(name)
  if (!sender && !recipientFields.has(name)) return field.text

  let changed = false
  const parts: ListPart[] = []
  for (const part of readAddressList(headerValue(field))) {
    if (part.kind !== 'address' || part.address === '') {
      parts.push(part)
      continue
    }
    const address = fromBytes(part.address)
    const next = await rewriting(address, sender ? 'header_sender' : 'header_recipient')
    if (next === address) {
      parts.push(part)
      continue
    }
    changed = true
    parts.push({ kind: 'address', address: next, text: toBytes(quoteAddress(next)) })
  }
  return changed ? writeAddressField(field.name, parts) : field.text
}
