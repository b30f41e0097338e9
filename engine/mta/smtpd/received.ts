/**
 * The Received header: each server that takes a letter says from whom, how, under which id, and when.
 *
 * RFC 5321 §4.4; `with ESMTPSA`: RFC 3848; `with UTF8SMTPS`: RFC 6531 §4.3.
 */
import { externalForm } from '#protocol/address/address.ts'
import type { Conversation, Transaction } from './conversation.ts'
import type { SmtpdSettings } from './settings.ts'
import type { ClientCertificate } from './tls.ts'

export function receivedHeader(
  conversation: Conversation,
  transaction: Transaction,
  settings: SmtpdSettings,
  now: number,
): string {
  const { client, helo, tls, sasl } = conversation
  const address = client.address.includes(':') ? `IPv6:${client.address}` : client.address
  const lines = [`Received: from ${helo ?? client.name} (${client.name} [${address}])`]
  if (tls !== null && settings.tls.receivedHeader === 'yes') {
    const cipher = `(using ${tls.version} with cipher ${tls.cipher} (${tls.bits}/${tls.bits} bits)`
    if (tls.exchange === null) lines.push(`${cipher})`)
    else if (tls.certificate === null) lines.push(cipher, ` ${tls.exchange})`)
    else {
      const { signature } = tls.certificate
      lines.push(cipher, ` ${tls.exchange}`, ` client-signature ${signature} client-digest SHA256)`)
    }
    lines.push(certificateLine(tls.certificate, settings))
  }
  if (sasl !== null && settings.sasl.authenticatedHeader === 'yes') {
    lines.push(`(Authenticated sender: ${sasl.username})`)
  }
  const id = `by ${settings.myhostname} (${settings.mailName}) with ${withProtocol(conversation, transaction)} id ${transaction.queueId ?? ''}`
  const [only, ...others] = transaction.recipients
  if (only !== undefined && others.length === 0) {
    lines.push(id, `for <${externalForm(only.address)}>; ${mailDate(now)}`)
  } else {
    lines.push(`${id};`, mailDate(now))
  }
  return `${lines.join('\n\t')}\n`
}

function certificateLine(certificate: ClientCertificate | null, { all }: SmtpdSettings): string {
  if (certificate !== null) {
    const [subject, issuer] = [certificate.subject, certificate.issuer].map((name) =>
      name.replace(/[()\\"]/g, '_'),
    )
    const trust = certificate.trusted ? 'verified OK' : 'not verified'
    return `(Client CN "${subject ?? ''}", Issuer "${issuer ?? ''}" (${trust}))`
  }
  return all.flag('smtpd_tls_ask_ccert')
    ? '(Client did not present a certificate)'
    : '(No client certificate requested)'
}

function withProtocol({ protocol, tls, sasl }: Conversation, { parameters }: Transaction): string {
  if (protocol === 'SMTP') return 'SMTP'
  const base = parameters.smtputf8 === 'yes' ? 'UTF8SMTP' : 'ESMTP'
  return `${base}${tls === null ? '' : 'S'}${sasl === null ? '' : 'A'}`
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (number: number) => String(number).padStart(2, ' ')
const zeros = (number: number) => String(number).padStart(2, '0')

/** `Tue, 24 Nov 2026 08:41:50 +0000 (UTC)`: a lab's clocks are set to UTC. */
export function mailDate(at: number): string {
  const date = new Date(at)
  const day = `${days[date.getUTCDay()] ?? ''}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()] ?? ''}`
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(zeros).join(':')
  return `${day} ${date.getUTCFullYear()} ${time} +0000 (UTC)`
}

/** `Nov 24 08:41:50`: $localtime of a reject footer, and the log. */
export function logDate(at: number): string {
  const date = new Date(at)
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(zeros).join(':')
  return `${months[date.getUTCMonth()] ?? ''} ${two(date.getUTCDate())} ${time}`
}
