/**
 * Header fields with addresses, as they leave cleanup: completed, mapped, masqueraded.
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
import type { Addressing, RewriteContext } from '../addressing.ts'
import { fromBytes, toBytes } from './text.ts'

const senderFields = new Set([
  'from',
  'reply-to',
  'sender',
  'errors-to',
  'return-receipt-to',
  'resent-from',
  'resent-sender',
  'resent-reply-to',
])
const recipientFields = new Set(['to', 'cc', 'bcc', 'apparently-to', 'resent-to', 'resent-cc', 'resent-bcc'])

export type HeaderRewriting = {
  readonly addressing: Addressing
  readonly context: RewriteContext
  readonly mapped: boolean
  /** Told of each change, for the trace. */
  readonly changed: (from: string, to: string, by: string) => void
}

/** The text of the field after rewriting; the same text when no address changed. */
export async function rewriteField(field: HeaderField, rewriting: HeaderRewriting): Promise<string> {
  const name = field.name.toLowerCase()
  const sender = senderFields.has(name)
  if (!sender && !recipientFields.has(name)) return field.text
  if (rewriting.context === null && !rewriting.mapped) return field.text

  let changed = false
  const parts: ListPart[] = []
  for (const part of readAddressList(headerValue(field))) {
    if (part.kind !== 'address' || part.address === '') {
      parts.push(part)
      continue
    }
    const address = fromBytes(part.address)
    const next = await rewritten(address, sender ? 'header_sender' : 'header_recipient', rewriting)
    if (next === address) {
      parts.push(part)
      continue
    }
    changed = true
    parts.push({ kind: 'address', address: next, text: toBytes(quoteAddress(next)) })
  }
  return changed ? writeAddressField(field.name, parts) : field.text
}

async function rewritten(
  address: string,
  place: 'header_sender' | 'header_recipient',
  { addressing, context, mapped, changed }: HeaderRewriting,
): Promise<string> {
  const completed = context === null ? address : addressing.rewrite(address, context)
  if (!mapped) return completed
  const result = await addressing.canonical(completed, place)
  if (result.by !== null && result.address !== completed) changed(completed, result.address, result.by)
  return result.address
}
