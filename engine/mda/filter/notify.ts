/** A letter that says that another came. RFC 5436; in Pigeonhole's form. */
import { encodeHeaderText, foldedField } from '#protocol/message/header-encoding.ts'
import { latin1 } from '#protocol/bytes/text.ts'
import type { Action } from '#protocol/sieve/actions.ts'
import { readMailto, type Mailto } from '#protocol/sieve/commands/mailto.ts'
import { firstDecoded, firstValue, type LetterHeader } from './headers.ts'
import { crlf, dateNow, messageId, pigeonhole, postmaster, type OutgoingWorld } from './outgoing.ts'

type Notify = Extract<Action, { kind: 'notify' }>

const priorities = {
  '1': ['1 (Highest)', 'High'],
  '2': ['3 (Normal)', 'Normal'],
  '3': ['5 (Lowest)', 'Low'],
} as const

export type Notification = {
  readonly sender: string
  readonly recipients: readonly string[]
  readonly content: Uint8Array
}

/** Null: nobody is told, for the letter itself was made by a program, or nobody is named. RFC 5436 §2.7.1. */
export function notification(
  world: OutgoingWorld,
  header: LetterHeader,
  action: Notify,
): Notification | null {
  const auto = firstValue(header, 'auto-submitted')
  if (auto !== null && !/^no\b/i.test(auto)) return null
  const reading = readMailto(action.uri.slice(action.uri.indexOf(':') + 1))
  if (!reading.ok) return null
  const recipients = [...reading.mailto.to, ...reading.mailto.cc]
  if (recipients.length === 0) return null
  const master = postmaster(world)
  const sender = world.delivery.sender === '' ? '' : (action.from ?? master.address)
  return { sender, recipients, content: letter(world, header, action, reading.mailto) }
}

function letter(world: OutgoingWorld, header: LetterHeader, action: Notify, mailto: Mailto): Uint8Array {
  const { delivery, machine } = world
  const [priority, importance] = priorities[action.importance]
  const title = firstDecoded(header, 'subject')
  const subject =
    action.message ??
    mailto.subject ??
    (title === null ? 'Notification: (no subject)' : `Notification: ${title}`)
  const fields = [
    foldedField('X-Sieve', pigeonhole),
    foldedField('Message-ID', messageId(world)),
    foldedField('Date', dateNow(machine)),
    foldedField('Subject', encodeHeaderText(subject)),
    foldedField('From', action.from === null ? postmaster(world).field : encodeHeaderText(action.from)),
    ...(mailto.to.length === 0 ? [] : [foldedField('To', mailto.to.join(', '))]),
    ...(mailto.cc.length === 0 ? [] : [foldedField('Cc', mailto.cc.join(', '))]),
    foldedField('Auto-Submitted', `auto-notified; owner-email="${delivery.recipient}"`),
    foldedField('Precedence', 'bulk'),
    foldedField('X-Priority', priority),
    foldedField('Importance', importance),
    ...mailto.headers.map(([name, value]) => foldedField(capitalized(name), encodeHeaderText(value))),
    foldedField('MIME-Version', '1.0'),
  ]
  const body = mailto.body === null ? 'Notification of new message.' : mailto.body
  const ascii = /^[\x00-\x7f]*$/.test(body)
  const charset = mailto.body === null ? 'US-ASCII' : ascii ? 'us-ascii' : 'utf-8'
  fields.push(foldedField('Content-Type', `text/plain; charset=${charset}`))
  fields.push(foldedField('Content-Transfer-Encoding', ascii ? '7bit' : '8bit'))
  return latin1(`${fields.join('')}\r\n${crlf(body)}\r\n`)
}

/** `x-foo` as `X-Foo`. */
const capitalized = (name: string): string =>
  name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
