/**
 * Strings of a script as they are when it runs: plain, or with `${variables}` and `${hex:..}` in them.
 *
 * RFC 5229 §3 (variables), RFC 5228 §2.4.2.4 (encoded-character).
 */
import { utf8, latin1Of } from '../bytes/text.ts'
import type { Position } from './problem.ts'

/** What a string is looked up in while the script runs. */
export type VariableSource = {
  variable(name: string): string
  matchValue(index: number): string
}

export type StringValue = {
  readonly at: Position
  /** As in the script, encoded characters decoded. */
  readonly source: string
  /** Null when it has variables in it. */
  readonly constant: string | null
  expand(run: VariableSource): string
}

export const largestMatchValue = 32
export const longestVariableName = 64
export const longestVariable = 4096
export const deepestNamespace = 10

export type StringReading =
  | { readonly ok: true; readonly value: StringValue; readonly globals: readonly string[] }
  | { readonly ok: false; readonly text: string }

export const plain = (at: Position, text: string): StringValue => ({
  at,
  source: text,
  constant: text,
  expand: () => text,
})

type Piece = { readonly text: string } | { readonly variable: string } | { readonly match: number }

/** `features`: which of the two extensions are on. */
export function readString(
  at: Position,
  written: string,
  features: { readonly encoded: boolean; readonly variables: boolean; readonly global: boolean },
): StringReading {
  let text = written
  if (features.encoded && text.includes('${')) {
    const decoded = decodeCharacters(text)
    if (!decoded.ok) return decoded
    text = decoded.text
  }
  if (!features.variables || !text.includes('${')) return { ok: true, value: plain(at, text), globals: [] }
  const pieces: Piece[] = []
  const reference = /\$\{([^${}]*)\}/g
  let end = 0
  for (let found = reference.exec(text); found !== null; found = reference.exec(text)) {
    const piece = readReference(found[1] ?? '', features.global)
    if (piece === null) continue
    if ('problem' in piece) return { ok: false, text: piece.problem }
    if (found.index > end) pieces.push({ text: text.slice(end, found.index) })
    pieces.push(piece)
    end = found.index + found[0].length
  }
  if (pieces.length === 0) return { ok: true, value: plain(at, text), globals: [] }
  if (end < text.length) pieces.push({ text: text.slice(end) })
  const value: StringValue = {
    at,
    source: text,
    constant: null,
    expand: (run) => {
      let whole = ''
      for (const piece of pieces) {
        if ('text' in piece) whole += piece.text
        else whole += 'match' in piece ? run.matchValue(piece.match) : run.variable(piece.variable)
        if (whole.length > longestVariable * 16) break
      }
      return whole
    },
  }
  const globals = pieces.flatMap((piece) =>
    'variable' in piece && piece.variable.startsWith('global.') ? [piece.variable] : [],
  )
  return { ok: true, value, globals }
}

/** Null: no reference at all, the text stays as it is. RFC 5229 §3. */
function readReference(name: string, global: boolean): Piece | { readonly problem: string } | null {
  if (/^\d+$/.test(name)) {
    const index = Number(name)
    return index <= largestMatchValue
      ? { match: index }
      : { problem: `match value index ${name} out of range (max: ${largestMatchValue})` }
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|\d+))*$/.test(name)) return null
  const names = name.toLowerCase().split('.')
  if (names.length === 1) return name.length > longestVariableName ? null : { variable: name.toLowerCase() }
  if (names.length === 2 && names[0] === 'global' && global) return { variable: name.toLowerCase() }
  return { problem: `referring to variable in unknown namespace '${name.split('.')[0]}'` }
}

export const isVariableName = (name: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= longestVariableName

function decodeCharacters(text: string): { ok: true; text: string } | { ok: false; text: string } {
  const problems: string[] = []
  const decoded = text.replace(
    /\$\{(hex|unicode):([ \t\r\n0-9a-f]*)\}/gi,
    (whole, kind: string, digits: string) => {
      const words = digits.trim().split(/[ \t\r\n]+/)
      if (words[0] === '') return whole
      if (kind.toLowerCase() === 'hex') {
        if (words.some((word) => word.length > 2)) return whole
        return String.fromCharCode(...words.map((word) => Number.parseInt(word, 16)))
      }
      if (words.some((word) => word.length > 8)) return whole
      const codes = words.map((word) => Number.parseInt(word, 16))
      const wrong = codes.find((code) => code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      if (wrong !== undefined) {
        const shown = wrong.toString(16).padStart(8, '0')
        problems.push(`invalid unicode character 0x${shown} in encoded character substitution`)
        return whole
      }
      return latin1Of(utf8(String.fromCodePoint(...codes)))
    },
  )
  const [problem] = problems
  return problem === undefined ? { ok: true, text: decoded } : { ok: false, text: problem }
}
