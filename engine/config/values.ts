/**
 * How the text of a value is read as a number, a time, yes or no, or a list.
 *
 * postconf(5); the messages are those with which Postfix stops.
 */
import { balanced } from '#config/macro-syntax.ts'
import { timeUnit, type TimeUnit } from '#config/parameters/parameter.ts'

export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

export function readFlag(name: string, text: string): Reading<boolean> {
  const word = text.toLowerCase()
  if (word === 'yes') return { ok: true, value: true }
  if (word === 'no') return { ok: true, value: false }
  return { ok: false, message: `bad boolean configuration: ${name} = ${text}` }
}

export function readNumber(name: string, text: string): Reading<number> {
  const value = /^\s*[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(value)) return { ok: false, message: `bad numerical configuration: ${name} = ${text}` }
  return { ok: true, value }
}

const milliseconds: Readonly<Record<TimeUnit, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Milliseconds, from `10s`, `5m`, or a bare number of `unit`. Only one letter is looked at: `1h30m` is an hour. */
export function readTime(name: string, text: string, unit: TimeUnit): Reading<number> {
  const [, digits, letter = ''] = /^(\d{1,10})(.?)/s.exec(text) ?? []
  const given = letter === '' ? unit : timeUnit(letter.toLowerCase())
  if (digits === undefined || given === null) {
    return { ok: false, message: `parameter ${name}: bad time value or unit: ${text}` }
  }
  return { ok: true, value: Number(digits) * milliseconds[given] }
}

const separators = /[\t\n\r ,]/

/** Words between commas and white space; what stands in braces stays together, braces included. */
export function splitList(text: string): readonly string[] {
  const words: string[] = []
  let word = ''
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at)
    const close = character === '{' ? balanced(text, at) : null
    if (close !== null) {
      word += text.slice(at, close)
      at = close
      continue
    }
    if (!separators.test(character)) word += character
    else if (word !== '') {
      words.push(word)
      word = ''
    }
    at += 1
  }
  if (word !== '') words.push(word)
  return words
}
