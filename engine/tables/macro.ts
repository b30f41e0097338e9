/**
 * `$1`, `${1}`, `$(1)` in the right-hand side of a pattern: the text that a group matched. `$$` is a dollar.
 *
 * regexp_table(5), "TEXT SUBSTITUTION".
 */
import type { Groups } from './patterns/match.ts'

export type Template = {
  readonly parts: readonly (string | { readonly group: number })[]
  readonly highest: number
}

/** A template, or what is wrong with it. `names`: named groups, which pcre allows. */
export function readTemplate(
  text: string,
  names: ReadonlyMap<string, number> = new Map(),
): Template | { readonly problem: readonly string[]; readonly unclosed?: string } {
  const parts: (string | { group: number })[] = []
  let literal = ''
  let highest = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$') {
      literal += text[i] ?? ''
      continue
    }
    if (text[i + 1] === '$') {
      literal += '$'
      i++
      continue
    }
    const reference = /^\$(?:\{([^}]*)\}|\(([^)]*)\)|(\w+))/.exec(text.slice(i, i + 64))
    if (!reference) {
      if (/[{(]/.test(text[i + 1] ?? '')) return { problem: [], unclosed: text.slice(i) }
      return { problem: [`empty macro name: "${text}"`] }
    }
    const name = reference[1] ?? reference[2] ?? reference[3] ?? ''
    const group = /^\d+$/.test(name) ? Number(name) : names.get(name)
    if (group === 0) return { problem: [`out of range replacement index "${name}"`] }
    if (group === undefined) return { problem: [`non-numeric replacement index "${name}"`] }
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push({ group })
    highest = Math.max(highest, group)
    i += reference[0].length - 1
  }
  if (literal !== '') parts.push(literal)
  return { parts, highest }
}

export const fillTemplate = (template: Template, groups: Groups): string =>
  template.parts.map((part) => (typeof part === 'string' ? part : (groups[part.group] ?? ''))).join('')
