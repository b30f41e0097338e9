/**
 * Enhanced status codes that fit what was refused: a table may say 5.1.1, "bad destination mailbox", of a sender;
 * of a sender that is 5.1.7, and of a client it is no address status at all.
 *
 * RFC 3463 §3.2.
 */
import type { Call } from './restriction.ts'

/** X.1.n of a recipient, as a sender's; and back. What has no counterpart is X.1.0. */
const senderDetail: readonly number[] = [0, 7, 8, 7, 7, 0, 7, 7, 8]
const recipientDetail: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 3, 2]

export function fixStatus(status: string, { replyClass }: Pick<Call, 'replyClass'>): string {
  const match = /^(\d)\.1\.(\d+)$/.exec(status)
  if (!match) return status
  return `${match[1] ?? '5'}.${fixedDetail(Number(match[2]), replyClass)}`
}

function fixedDetail(detail: number, replyClass: Call['replyClass']): string {
  if (replyClass === 'Sender address') return `1.${senderDetail[detail] ?? 0}`
  if (replyClass === 'Recipient address') return `1.${recipientDetail[detail] ?? 0}`
  return '0.0'
}
