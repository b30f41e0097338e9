/**
 * `{ {rule one}, {rule two} }`: the rows of a table written inside main.cf.
 *
 * DATABASE_README; since Postfix 3.7 for regexp, pcre and cidr.
 */
import type { LogicalLine } from './source.ts'

/** The members of `{ a, {b c} }`, at commas and white space outside braces; braces of a member are kept. */
export function readMembers(argument: string): readonly string[] | null {
  const body = insideBraces(argument)
  return body === null ? null : splitOutsideBraces(body)
}

/** Null when the text does not begin with `{` and end with its `}`. */
export function insideBraces(text: string): string | null {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}') || trimmed.length < 2) return null
  let depth = 0
  for (let i = 0; i < trimmed.length; i++) {
    if (trimmed[i] === '{') depth++
    else if (trimmed[i] === '}' && --depth === 0 && i < trimmed.length - 1) return null
  }
  return depth === 0 ? trimmed.slice(1, -1).trim() : null
}

export function splitOutsideBraces(text: string): readonly string[] {
  const members: string[] = []
  let depth = 0
  let member = ''
  for (const char of text) {
    if (char === '{') depth++
    if (char === '}') depth--
    if (depth === 0 && /[\s,]/.test(char)) {
      if (member !== '') members.push(member)
      member = ''
    } else member += char
  }
  if (member !== '') members.push(member)
  return members
}

/** The text inside `{ … }`, without the blanks at its ends, or what is wrong with it. */
export function extractBraces(text: string): { readonly inside: string } | { readonly problem: string } {
  if (!text.startsWith('{')) return { problem: `no '{' at start of text in "${text}"` }
  const end = endOfBraces(text)
  if (end < 0) return { problem: `missing '}' in "${text}"` }
  if (end < text.length) return { problem: `syntax error after '}' in "${text}"` }
  return { inside: text.slice(1, -1).trim() }
}

/** Where the `}` of the first `{` has been passed; negative when there is none. */
function endOfBraces(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return i + 1
  }
  return -1
}

/** The rules of an inline pattern table, numbered as lines; a string says what is wrong. */
export function readInlineRules(kind: string, argument: string): readonly LogicalLine[] | string {
  const whole = extractBraces(argument)
  if ('problem' in whole) return `${kind} map: ${whole.problem}`
  const lines: LogicalLine[] = []
  for (const [i, member] of splitOutsideBraces(whole.inside).entries()) {
    const rule = extractBraces(member)
    if ('problem' in rule) return `${kind} map: ${rule.problem}`
    // As in a file, an empty line is none.
    if (rule.inside !== '') lines.push({ text: rule.inside, line: i + 1 })
  }
  return lines
}
