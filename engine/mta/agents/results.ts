/** What delivery agents say of a recipient, in the few forms it takes. */
import type { DeliveryResult, Recipient } from '../handover.ts'

type Rest = Partial<Omit<DeliveryResult, 'recipient' | 'outcome' | 'text'>>

const result = (
  outcome: DeliveryResult['outcome'],
  recipient: Recipient,
  status: string,
  text: string,
  rest: Rest,
): DeliveryResult => ({
  recipient,
  outcome,
  status,
  text,
  relay: 'none',
  diagnostic: null,
  remoteMta: null,
  ...rest,
})

export const sent = (recipient: Recipient, text: string, rest: Rest = {}): DeliveryResult =>
  result('sent', recipient, '2.0.0', text, rest)

/** In a mailbox, a file, or a command's hands: nobody will report any further. */
export const delivered = (recipient: Recipient, text: string, rest: Rest = {}): DeliveryResult =>
  result('delivered', recipient, '2.0.0', text, rest)

export const bounced = (
  recipient: Recipient,
  status: string,
  text: string,
  rest: Rest = {},
): DeliveryResult => result('bounced', recipient, status, text, rest)

export const deferred = (
  recipient: Recipient,
  status: string,
  text: string,
  rest: Rest = {},
): DeliveryResult => result('deferred', recipient, status, text, rest)

/** Bounced for a status of class 5, put off for one of class 4. */
export const failed = (recipient: Recipient, status: string, text: string, rest: Rest = {}): DeliveryResult =>
  result(status.startsWith('4') ? 'deferred' : 'bounced', recipient, status, text, rest)

/** Splits `5.1.2 domain is closed`; a text without a status gets the default one. */
export function splitStatus(
  text: string,
  fallback: string,
): { readonly status: string; readonly text: string } {
  const match = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+(.*))?$/s.exec(text.trim())
  return match?.[1] ? { status: match[1], text: match[2] ?? '' } : { status: fallback, text: text.trim() }
}
