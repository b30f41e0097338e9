/**
 * ENVELOPE: the fields of a header by which a client shows a list of messages.
 *
 * RFC 3501 §7.4.2.
 */
import { readAddresses, type HeaderAddress } from '../message/addresses.ts'
import { fieldValue, fieldValues, type HeaderLine } from '../message/header-lines.ts'
import { humanString, nstring, unfoldedString } from './quoting.ts'

export function writeEnvelope(fields: readonly HeaderLine[]): string {
  const addresses = (name: string): readonly HeaderAddress[] =>
    fieldValues(fields, name).flatMap((value) => readAddresses(value))
  const from = addresses('From')
  const orFrom = (name: string) => {
    const own = addresses(name)
    return writeAddresses(own.length > 0 ? own : from)
  }
  return `(${[
    unfoldedString(fieldValue(fields, 'Date')),
    humanString(fieldValue(fields, 'Subject')),
    writeAddresses(from),
    orFrom('Sender'),
    orFrom('Reply-To'),
    writeAddresses(addresses('To')),
    writeAddresses(addresses('Cc')),
    writeAddresses(addresses('Bcc')),
    unfoldedString(fieldValue(fields, 'In-Reply-To')),
    unfoldedString(fieldValue(fields, 'Message-ID')),
  ].join(' ')})`
}

function writeAddresses(addresses: readonly HeaderAddress[]): string {
  if (addresses.length === 0) return 'NIL'
  const written = addresses.map(
    ({ name, route, mailbox, host }) =>
      `(${humanString(name)} ${nstring(route)} ${nstring(mailbox)} ${nstring(host)})`,
  )
  return `(${written.join('')})`
}
