/**
 * ENVELOPE: the fields of a header by which a client shows a list of messages.
 *
 * RFC 3501 §7.4.2.
 */
import { readAddresses, type HeaderAddress } from '../message/addresses.ts'
import { fieldValues, rawValue, type HeaderLine } from '../message/header-lines.ts'
import { humanString, nstring, unfoldedString } from './quoting.ts'

export function writeEnvelope(fields: readonly HeaderLine[]): string {
  const addresses = (name: string): readonly HeaderAddress[] =>
    fieldValues(fields, name).flatMap((value) => readAddresses(value))
  // Of a field that comes again the last counts, of addresses all do.
  const last = (name: string) => rawValue(fields, name)
  const from = addresses('From')
  const orFrom = (name: string) => {
    const own = addresses(name)
    return writeAddresses(own.length > 0 ? own : from)
  }
  return `(${[
    unfoldedString(last('Date')),
    humanString(last('Subject')),
    writeAddresses(from),
    orFrom('Sender'),
    orFrom('Reply-To'),
    writeAddresses(addresses('To')),
    writeAddresses(addresses('Cc')),
    writeAddresses(addresses('Bcc')),
    unfoldedString(last('In-Reply-To')),
    unfoldedString(last('Message-ID')),
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
