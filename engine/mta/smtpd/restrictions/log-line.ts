/**
 * One line of smtpd's log about a decision, as a value, and as Postfix writes it.
 *
 * `NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 554 5.7.1 <…>: Relay access denied; from=<…> to=<…> proto=ESMTP helo=<…>`
 */
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Facts } from './facts.ts'

export type LogLine = {
  readonly queueId: string | null
  /** reject, reject_warning, warn, info, hold, discard, redirect, filter, bcc, permit */
  readonly what: string
  readonly where: string
  readonly client: string
  readonly text: string
  readonly from: string | null
  readonly to: string | null
  readonly protocol: string
  readonly helo: string | null
  readonly username: string | null
}

export const logLine = (facts: Facts, what: string, text: string): LogLine => ({
  queueId: facts.queueId,
  what,
  where: facts.where,
  client: facts.clientText,
  text,
  from: facts.sender,
  to: facts.recipient,
  protocol: facts.protocol,
  helo: facts.helo,
  username: facts.sasl?.username ?? null,
})

/** Without the queue id, or NOQUEUE, that the log puts in front. */
export function writeLogLine(line: LogLine): string {
  const about = [
    ...(line.from === null ? [] : [`from=<${quoteAddress(line.from)}>`]),
    ...(line.to === null ? [] : [`to=<${quoteAddress(line.to)}>`]),
    `proto=${line.protocol}`,
    ...(line.helo === null ? [] : [`helo=<${line.helo}>`]),
  ]
  return `${line.what}: ${line.where} from ${line.client}: ${line.text}; ${about.join(' ')}`
}
