/**
 * Comparators: when are two texts the same, and which comes first?
 *
 * RFC 4790 §9; RFC 5228 §2.7.3. One character a byte.
 */
import { named } from '#protocol/named.ts'

export type Comparator = {
  readonly name: string
  /** Whether it can look for a text inside another. */
  readonly substrings: 'yes' | 'no'
  /** Negative, zero, positive. */
  compare(a: string, b: string): number
  /** Makes two equal characters the same. */
  fold(text: string): string
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const foldAscii = (text: string): string =>
  /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text

const octet: Comparator = { name: 'i;octet', substrings: 'yes', compare: order, fold: (text) => text }

const asciiCasemap: Comparator = {
  name: 'i;ascii-casemap',
  substrings: 'yes',
  compare: (a, b) => order(foldAscii(a), foldAscii(b)),
  fold: foldAscii,
}

/** A text that begins with no digit is larger than every number. RFC 4790 §9.1. */
const asciiNumeric: Comparator = {
  name: 'i;ascii-numeric',
  substrings: 'no',
  compare(a, b) {
    const [x, y] = [digitsOf(a), digitsOf(b)]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    return x.length - y.length || order(x, y)
  },
  fold: (text) => text,
}

function digitsOf(text: string): string | null {
  const digits = /^\d+/.exec(text)?.[0]
  return digits === undefined ? null : digits.replace(/^0+(?=\d)/, '')
}

export const comparators: Readonly<Record<string, Comparator>> = named({
  'i;octet': octet,
  'i;ascii-casemap': asciiCasemap,
  'i;ascii-numeric': asciiNumeric,
})
