/** A mailto: URI as a way to tell somebody: to whom, with which fields, with which text. RFC 6068; RFC 5436 §2.3. */
import { readSingleAddress, writeAddress } from './mail-address.ts'

export type Mailto = {
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string | null
  readonly body: string | null
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export type MailtoReading =
  | { readonly ok: true; readonly mailto: Mailto; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problem: string }

/** Fields that a URI may not set. */
const reserved = new Set([
  'auto-submitted',
  'received',
  'message-id',
  'data',
  'bcc',
  'in-reply-to',
  'references',
  'resent-date',
  'resent-from',
  'resent-sender',
  'resent-to',
  'resent-cc',
  'resent-bcc',
  'resent-msg-id',
  'from',
  'sender',
])
const allowed = /^[A-Za-z0-9\-_.!~*'()@:/+$%]$/
const mostRecipients = 8

class Wrong extends Error {}

/** What comes after `mailto:`. */
export function readMailto(text: string): MailtoReading {
  const warnings: string[] = []
  const to: string[] = []
  const cc: string[] = []
  const headers: [string, string][] = []
  let subject: string | null = null
  let body: string | null = null
  const add = (list: string[], value: string) => {
    for (const one of value.split(',')) {
      const reading = readSingleAddress(one)
      if (!reading.ok) throw new Wrong(`invalid recipient '${one}': ${reading.problem}`)
      const address = writeAddress(reading)
      if ([...to, ...cc].includes(address)) warnings.push(`ignored duplicate recipient '${one}'`)
      else if (to.length + cc.length >= mostRecipients)
        warnings.push(`more than the maximum ${mostRecipients} recipients specified; rest is discarded`)
      else list.push(address)
    }
  }
  try {
    const question = text.indexOf('?')
    const recipients = decode(question < 0 ? text : text.slice(0, question), "'to' part")
    if (recipients !== '') add(to, recipients)
    for (const field of question < 0 || question === text.length - 1
      ? []
      : fieldsOf(text.slice(question + 1))) {
      const equals = field.indexOf('=')
      const name = decode(equals < 0 ? field : field.slice(0, equals), 'header field name part')
      const value = decode(equals < 0 ? '' : field.slice(equals + 1), 'header field value part')
      switch (name.toLowerCase()) {
        case 'to':
          if (value !== '') add(to, value)
          break
        case 'cc':
          if (value !== '') add(cc, value)
          break
        case 'subject':
          if (subject === null) subject = value
          else warnings.push('ignored duplicate subject field')
          break
        case 'body':
          if (body === null) body = value
          else warnings.push('ignored duplicate body field')
          break
        default:
          if (reserved.has(name.toLowerCase())) warnings.push(`ignored reserved header field '${name}'`)
          else headers.push([name, value])
      }
    }
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, problem: error.message }
    throw error
  }
  if (to.length + cc.length === 0) warnings.push('notification URI specifies no recipients')
  return { ok: true, mailto: { to, cc, subject, body, headers }, warnings }
}

function fieldsOf(text: string): readonly string[] {
  const fields = text.split('&')
  if (fields.length > 1 && fields[0] === '')
    throw new Wrong("invalid character '&' in header field name part")
  return fields
}

function decode(text: string, where: string): string {
  let decoded = ''
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i)
    if (c === '%') {
      const digits = text.slice(i + 1, i + 3)
      if (!/^[0-9A-Fa-f]{2}$/.test(digits)) throw new Wrong('invalid % encoding')
      decoded += String.fromCharCode(Number.parseInt(digits, 16))
      i += 2
    } else if (allowed.test(c) || (c === '=' && where.endsWith('value part'))) decoded += c
    else throw new Wrong(`invalid character '${c}' in ${where}`)
  }
  return decoded
}
