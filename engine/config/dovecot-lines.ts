/** The lines of dovecot.conf: without comments, joined where one ends in a backslash. Dovecot 2.3, "Config file syntax". */
import { physicalLines } from '#config/logical-lines.ts'

export function unquote(text: string): string {
  const quote = text.charAt(0)
  if (text.length < 2 || (quote !== '"' && quote !== "'") || !text.endsWith(quote)) return text
  const inside = text.slice(1, -1)
  return quote === '"' ? inside.replace(/\\(["'\\])/g, '$1') : inside
}

export type DovecotLine = {
  readonly text: string
  readonly number: number
  readonly column: number
  /** `a#b`: was the `#` meant as a comment? */
  readonly ambiguous: boolean
}

/** Lines without comments and outer white space; one that ends in a backslash goes on in the next. */
export function* dovecotLines(text: string): Generator<DovecotLine> {
  let joined = ''
  let first = 0
  for (const [index, physical] of physicalLines(text).entries()) {
    const number = index + 1
    const trimmed = physical.replace(/^[ \t\r]+|[ \t\r]+$/g, '')
    if (joined === '' && (trimmed === '' || trimmed.startsWith('#'))) continue
    if (joined === '') first = number
    const { code, ambiguous } = withoutComment(trimmed)
    if (code.endsWith('\\')) {
      joined += code.slice(0, -1)
      continue
    }
    const whole = (joined + code).trim()
    joined = ''
    if (whole !== '') yield { text: whole, number: first, column: physical.search(/\S/) + 1, ambiguous }
  }
  if (joined.trim() !== '') yield { text: joined.trim(), number: first, column: 1, ambiguous: false }
}

function withoutComment(text: string): { code: string; ambiguous: boolean } {
  let quote = ''
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i)
    if (quote !== '') {
      if (character === '\\') i += 1
      else if (character === quote) quote = ''
    } else if ((character === '"' || character === "'") && /[\s=]/.test(text.charAt(i - 1))) {
      quote = character
    } else if (character === '#') {
      return { code: text.slice(0, i).trimEnd(), ambiguous: !/\s/.test(text.charAt(i - 1)) }
    }
  }
  return { code: text, ambiguous: false }
}
