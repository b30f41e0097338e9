/**
 * Addresses of a header field, each as name, route, mailbox and host; a group as its begin and its end.
 *
 * RFC 5322 §3.4; the four parts: RFC 3501 §7.4.2 (ENVELOPE).
 */
import { AddressReader } from './address-reader.ts'

export type HeaderAddress = {
  readonly name: string | null
  readonly route: string | null
  readonly mailbox: string | null
  readonly host: string | null
}

export const readAddresses = (value: string): readonly HeaderAddress[] => new AddressReader(value).all()

/** As one would write them who knows the rules: what a search in a field of addresses looks at. */
export function writeAddresses(addresses: readonly HeaderAddress[]): string {
  let text = ''
  let first = true
  let inGroup = false
  for (const { name, route, mailbox, host } of addresses) {
    const isEnd = host === null && inGroup
    if (!first && !isEnd) text += ', '
    first = false
    if (host === null) {
      text += inGroup ? ';' : `${asWord(mailbox ?? '', 'quote-dots')}: `
      first = !inGroup
      inGroup = !inGroup
      continue
    }
    const local = asWord(mailbox ?? '', 'leave-dots')
    if ((name === null || name === '') && route === null) {
      text += `${local}@${host}`
      continue
    }
    const shown = name === null || name === '' ? '' : `${asWord(name, 'quote-dots')} `
    text += `${shown}<${route === null ? '' : `${route}:`}${local}@${host}>`
  }
  return text
}

function asWord(text: string, dots: 'quote-dots' | 'leave-dots'): string {
  // Encoded words lose their meaning in quotes.
  if (text.includes('=?')) return text
  const bare = dots === 'leave-dots' ? text.replaceAll('.', '') : text
  return text !== '' && plainWord.test(bare) ? text : `"${text.replace(/["\\']/g, '\\$&')}"`
}

const plainWord = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff]*$/
