/**
 * How a macro is written: where it begins and ends, and what may stand inside its braces.
 *
 * postconf(5), "parameter value syntax".
 */

/** Thrown by the reader of macros and caught in `expand.ts`: the way out of a nested expression. */
export class MacroError extends Error {}

export type MacroToken = { readonly kind: 'literal' | 'macro'; readonly text: string }

/** Cuts a text into literals (`$$` is `$`) and the insides of macros. Throws MacroError. */
export function macroTokens(text: string): readonly MacroToken[] {
  const tokens: MacroToken[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    const dollar = text.indexOf('$', at)
    if (dollar < 0) break
    literal += text.slice(at, dollar)
    if (text[dollar + 1] === '$') {
      literal += '$'
      at = dollar + 2
      continue
    }
    if (literal !== '') tokens.push({ kind: 'literal', text: literal })
    literal = ''
    const macro = macroAt(text, dollar + 1)
    tokens.push({ kind: 'macro', text: macro.inside })
    at = macro.end
  }
  literal += text.slice(at)
  if (literal !== '') tokens.push({ kind: 'literal', text: literal })
  return tokens
}

function macroAt(text: string, start: number): { inside: string; end: number } {
  const bracketed = text[start] === '{' || text[start] === '('
  const end = bracketed ? balanced(text, start) : endOfName(text, start)
  if (end === null) throw new MacroError(`truncated macro reference: "${text}"`)
  const inside = bracketed ? text.slice(start + 1, end - 1) : text.slice(start, end)
  if (inside === '') throw new MacroError(`empty macro name: "${text}"`)
  return { inside, end }
}

function endOfName(text: string, start: number): number {
  const name = /[A-Za-z0-9_]*/y
  name.lastIndex = start
  return start + (name.exec(text)?.[0].length ?? 0)
}

/** The offset after the bracket that closes the one at `start`, or null. */
export function balanced(text: string, start: number): number | null {
  const open = text[start]
  const close = open === '{' ? '}' : ')'
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === open) depth += 1
    else if (text[at] === close) depth -= 1
    if (depth === 0) return at + 1
  }
  return null
}

/** What follows a name or a comparison; null when nothing does. */
export type Choice = { readonly whenSet: string; readonly whenEmpty: string }

/** `?text`, `:text`, `?{x}:{y}`. Throws MacroError when something else stands there. */
export function readChoice(inside: string, at: number, after: 'name' | 'relation'): Choice | null {
  const operator = inside[at]
  if (operator === undefined) return null
  if (operator !== '?' && operator !== ':') throw new MacroError(unexpected(inside, at, after))

  const first = braced(inside, at + 1)
  if (!first) {
    const text = inside.slice(at + 1)
    return operator === '?' ? { whenSet: text, whenEmpty: '' } : { whenSet: '', whenEmpty: text }
  }
  if (first.end === inside.length) {
    return operator === '?' ? { whenSet: first.text, whenEmpty: '' } : { whenSet: '', whenEmpty: first.text }
  }
  const rest = inside.slice(first.end, first.end + 20)
  if (operator === ':') throw new MacroError(`unexpected input at: "...${first.text}}>>>${rest}"`)
  if (inside[first.end] !== ':') throw new MacroError(`":" expected at: "...${first.text}}>>>${rest}"`)

  const second = braced(inside, first.end + 1)
  if (!second) return { whenSet: first.text, whenEmpty: inside.slice(first.end + 1) }
  if (second.end < inside.length) {
    const left = inside.slice(second.end, second.end + 20)
    throw new MacroError(`unexpected input at: "...${second.text}}>>>${left}"`)
  }
  return { whenSet: first.text, whenEmpty: second.text }
}

function unexpected(inside: string, at: number, after: 'name' | 'relation'): string {
  const rest = inside.slice(at, at + 20)
  if (after === 'relation') return `"?" or ":" expected at: "...}>>>${rest}"`
  const name = inside.slice(0, at).trimEnd()
  return `attribute name syntax error at: "...${name}>>>${inside.slice(name.length, name.length + 20)}"`
}

/** `{text}` with the white space around it: what is inside, and where the next thing begins. */
export function braced(text: string, start: number): { text: string; end: number } | null {
  const open = skipSpace(text, start)
  if (text[open] !== '{') return null
  const close = balanced(text, open)
  return close === null ? null : { text: text.slice(open + 1, close - 1), end: skipSpace(text, close) }
}

export function skipSpace(text: string, start: number): number {
  let at = start
  while (at < text.length && /\s/.test(text.charAt(at))) at += 1
  return at
}
