/** address: does a part of an address in these fields match one of these keys? RFC 5228 §5.1. */
import { readAddresses } from '../../message/addresses.ts'
import { partOf, readAddressPart, type AddressPart } from '../matching/address-part.ts'
import { readMatcher } from '../matching/match.ts'
import { rawValues } from '../message.ts'
import type { TestSpecification } from '../specification.ts'
import { checkFieldNames } from './header.ts'
import { readSelection } from './header-options.ts'

/** Fields that may hold addresses. */
const addressFields = new Set([
  'from',
  'to',
  'cc',
  'bcc',
  'sender',
  'reply-to',
  'resent-from',
  'resent-to',
  'resent-cc',
  'resent-bcc',
  'resent-sender',
  'resent-reply-to',
  'apparently-to',
  'envelope-to',
  'delivered-to',
  'errors-to',
  'mail-followup-to',
  'x-original-to',
])

export const address: TestSpecification = {
  kind: 'test',
  identifier: 'address',
  positional: 2,
  compile(check) {
    const names = check.strings(0, 'header list')
    if (names === null) return null
    checkFieldNames(check, names)
    const wrong = names.find(
      ({ constant }) => constant !== null && !addressFields.has(constant.toLowerCase()),
    )
    if (wrong) {
      check.error(`specified header '${wrong.source}' is not allowed for the address test`, wrong.at)
      return null
    }
    const keys = check.strings(1, 'key list')
    const matcher = keys === null ? null : readMatcher(check, keys)
    if (matcher === null) return null
    const part = readAddressPart(check)
    const selection = readSelection(check)
    return (run) => {
      const { recipientDelimiter } = run.world
      const fields = selection
        .headers(run)
        .flatMap((header) => names.flatMap((name) => selection.pick(rawValues(header, name.expand(run)))))
      const values = fields.flatMap(addressesOf)
      return matcher.match(
        run,
        values.flatMap((value) => partsOf(value, part, recipientDelimiter)),
      )
    }
  },
}

type Found = { readonly localPart: string; readonly domain: string } | { readonly text: string }

/** The addresses of one field, or the field itself when there are none in it. */
function addressesOf(value: string): readonly Found[] {
  const found = readAddresses(value).flatMap(({ mailbox, host }) =>
    mailbox !== null && host !== null && !mailbox.startsWith('MISSING_') && !host.startsWith('MISSING_')
      ? [{ localPart: mailbox, domain: host }]
      : [],
  )
  return found.length > 0 ? found : [{ text: value }]
}

function partsOf(found: Found, part: AddressPart, delimiters: string): readonly string[] {
  if ('text' in found) return part === 'all' ? [found.text] : []
  const text = partOf(found, part, delimiters)
  return text === null ? [] : [text]
}
