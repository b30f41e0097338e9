/** What a backslash and a letter stand for in Perl-compatible patterns. pcre2pattern(3). */
import { blanks, complement, digits, lastCode, wordChars, type Ranges } from './tree.ts'

const horizontal: Ranges = [
  [9, 9],
  [32, 32],
  [160, 160],
]
export const vertical: Ranges = [
  [10, 13],
  [133, 133],
  [0x2028, 0x2029],
]

export const classEscapes: Readonly<Record<string, Ranges>> = {
  d: digits,
  D: complement(digits),
  w: wordChars,
  W: complement(wordChars),
  s: blanks,
  S: complement(blanks),
  h: horizontal,
  H: complement(horizontal),
  v: vertical,
  V: complement(vertical),
  N: complement([[10, 10]]),
  C: [[0, lastCode]],
}

export const charEscapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, e: 27, a: 7 }
