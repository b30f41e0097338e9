/**
 * The queue as `postqueue -p` and `postqueue -j` print it.
 *
 * postqueue(1), showq(8).
 */
import { asctime } from '#protocol/message/date.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { QueueListing } from '#mta/handover.ts'

const shown = (listings: readonly QueueListing[]) =>
  listings.filter(({ queueName }) => queueName !== 'corrupt')
const senderOf = (address: string) => (address === '' ? 'MAILER-DAEMON' : quoteAddress(address))

export function printQueue(all: readonly QueueListing[]): string {
  const listings = shown(all)
  if (listings.length === 0) return 'Mail queue is empty\n'
  const wide = listings.some(({ queueFile }) => queueFile.queueId.length > 12)
  const head = wide
    ? '----Queue ID-----  --Size-- ---Arrival Time---- --Sender/Recipient------\n'
    : '-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n'
  const bytes = listings.reduce((sum, { queueFile }) => sum + queueFile.size, 0)
  const kilobytes = Math.floor(bytes / 1024)
  const requests = listings.length === 1 ? '1 Request' : `${listings.length} Requests`
  return `${head}${listings.map(printMessage).join('\n')}\n-- ${kilobytes} Kbytes in ${requests}.\n`
}

function printMessage({ queueName, queueFile, forcedExpire }: QueueListing): string {
  const { queueId, size, arrivedAt, sender } = queueFile
  const mark = forcedExpire ? '#' : queueName === 'active' ? '*' : queueName === 'hold' ? '!' : ' '
  const time = asctime(arrivedAt).slice(0, -5)
  const wide = queueId.length > 12
  const lines = [
    `${`${queueId}${mark}`.padEnd(wide ? 17 : 11)} ${String(size).padStart(wide ? 8 : 7)} ${time.padEnd(wide ? 19 : 20)} ${senderOf(sender)}\n`,
  ]
  // Those that were tried, each reason above its recipients; then those that were not.
  let last = ''
  for (const { address, reason } of rowsOf(queueFile)) {
    if (reason !== '' && reason !== last) lines.push(`${' '.repeat(indentOf(reason))}(${reason})\n`)
    last = reason
    lines.push(`${' '.repeat(wide ? 47 : 41)}${quoteAddress(address)}\n`)
  }
  return lines.join('')
}

/** Reasons are set flush right when they are short. */
const indentOf = (reason: string): number => Math.max(0, 76 - reason.length)

type Row = { readonly address: string; readonly reason: string }

/**
 * Addresses that were tried, under the names that aliases and rewriting gave them, each with its reason; then the
 * recipients of the queue file of whom nothing is known.
 */
function rowsOf({ recipients, reasons }: QueueListing['queueFile']): readonly Row[] {
  const tried = reasons.map(([address, reason]) => ({ address, reason }))
  const names = new Set(reasons.map(([address]) => address))
  const others = recipients.filter(({ address }) => !names.has(address))
  return [...tried, ...others.map(({ address }) => ({ address, reason: '' }))]
}

export function printQueueJson(listings: readonly QueueListing[]): string {
  return shown(listings)
    .map(({ queueName, queueFile, forcedExpire }) => {
      const { queueId, arrivedAt, size, sender } = queueFile
      const fields = [
        `"queue_name": ${JSON.stringify(queueName)}`,
        `"queue_id": ${JSON.stringify(queueId)}`,
        `"arrival_time": ${Math.floor(arrivedAt / 1000)}`,
        `"message_size": ${size}`,
        `"forced_expire": ${String(forcedExpire)}`,
        `"sender": ${JSON.stringify(senderOf(sender))}`,
        `"recipients": [${rowsOf(queueFile).map(recipientJson).join(', ')}]`,
      ]
      return `{${fields.join(', ')}}\n`
    })
    .join('')
}

const recipientJson = ({ address, reason }: Row): string =>
  reason === ''
    ? `{"address": ${JSON.stringify(quoteAddress(address))}}`
    : `{"address": ${JSON.stringify(quoteAddress(address))}, "delay_reason": ${JSON.stringify(reason.trimEnd())}}`
