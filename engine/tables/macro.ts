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

export type TemplateProblem = {
  /** Said without the place in the table: it is the macro parser that says it. */
  readonly macro: string | null
  /** Said with the place in the table: it is the table that says it. */
  readonly index: string | null
}

/** A template, or what is wrong with it. Groups have numbers here and no names, also those of pcre. */
export function readTemplate(text: string): Template | TemplateProblem {
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
    const reference = readReference(text, i)
    if ('problem' in reference) return { macro: reference.problem, index: null }
    const { name, end } = reference
    const group = Number(name)
    if (!/^\d+$/.test(name)) return { macro: null, index: `non-numeric replacement index "${name}"` }
    if (group === 0) return { macro: null, index: `out of range replacement index "${name}"` }
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push({ group })
    highest = Math.max(highest, group)
    i = end - 1
  }
  if (literal !== '') parts.push(literal)
  return { parts, highest }
}

/** Stands on the dollar. */
function readReference(text: string, at: number): { name: string; end: number } | { problem: string } {
  const brace = text[at + 1]
  const empty = { problem: `empty macro name: "${text}"` }
  if (brace !== '{' && brace !== '(') {
    const name = /^\w+/.exec(text.slice(at + 1, at + 65))?.[0]
    return name === undefined ? empty : { name, end: at + 1 + name.length }
  }
  const close = endOfPair(text, at + 1, brace, brace === '{' ? '}' : ')')
  if (close < 0) return { problem: `truncated macro reference: "${text}"` }
  const name = text.slice(at + 2, close)
  return name === '' ? empty : { name, end: close + 1 }
}

function endOfPair(text: string, start: number, open: string, close: string): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text[i] === open) depth++
    else if (text[i] === close && --depth === 0) return i
  }
  return -1
}

export const fillTemplate = (template: Template, groups: Groups): string =>
  template.parts.map((part) => (typeof part === 'string' ? part : (groups[part.group] ?? ''))).join('')
