/** What a message must have, and a client of our own may leave out. RFC 6409 §8; cleanup(8). */
import { compactDate, mailDate } from '#protocol/message/date.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import { headerNameLength } from '#protocol/message/header.ts'
import { toBytes } from '../content/text.ts'
import type { MessageInput } from './message.ts'

export type MissingSettings = {
  readonly undisclosed: string
  readonly addsMissingHeaders: boolean
  readonly hostname: string
  readonly longQueueIds: boolean
}

/** `seen`: the names of the fields that are there, lower case. */
export function missingFields(
  message: MessageInput,
  settings: MissingSettings,
  seen: { has(name: string): boolean },
  resent: '' | 'Resent-',
): { readonly fields: readonly string[]; readonly messageId: string } {
  const fields: string[] = []
  const lacks = (name: string) => !seen.has((resent + name).toLowerCase())
  let messageId = ''
  if (settings.addsMissingHeaders) {
    if (lacks('message-id')) {
      const unique = settings.longQueueIds
        ? message.queueId
        : `${compactDate(message.arrivedAt)}.${message.queueId}`
      messageId = `<${unique}@${settings.hostname}>`
      fields.push(`${resent}Message-Id: ${messageId}`)
    }
    if (lacks('date')) fields.push(`${resent}Date: ${mailDate(message.arrivedAt)}`)
    if (lacks('from')) fields.push(`${resent}From: ${fromValue(message)}`)
  }
  const visible = ['to', 'cc', 'resent-to', 'resent-cc'].some((name) => seen.has(name))
  if (!visible && settings.undisclosed !== '' && headerNameLength(settings.undisclosed) > 0) {
    fields.push(toBytes(settings.undisclosed))
  }
  return { fields, messageId }
}

function fromValue({ sender, fullName }: MessageInput): string {
  const address = quoteAddress(sender === '' ? 'MAILER-DAEMON' : sender)
  if (fullName === '') return toBytes(address)
  const name = /^[\w !#$%&'*+/=?^`{|}~-]+$/.test(fullName)
    ? fullName
    : `"${fullName.replace(/[\\"]/g, '\\$&')}"`
  return toBytes(`${name} <${address}>`)
}
