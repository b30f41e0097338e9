/** `\p{Lu}`, `\pL`, `\p{^Latin}`: what Unicode says of a character. Mail is matched byte by byte, so of the first 256. pcre2pattern(3). */
import { complement, type Ranges } from './tree.ts'

/** Null: no property of that name. `length`: of what was read after `\p`. */
export function readProperty(text: string): { readonly ranges: Ranges; readonly length: number } | null {
  const read = /^(?:\{(\^?)([A-Za-z&_]{1,40})\}|([A-Z]))/.exec(text)
  const test = read === null ? null : testOf(read[2] ?? read[3] ?? '')
  if (read === null || test === null) return null
  const ranges = Array.from({ length: 256 }, (_, code) => code)
    .filter((code) => test.test(String.fromCharCode(code)))
    .map((code) => [code, code] as const)
  return { ranges: read[1] === '^' ? complement(ranges) : ranges, length: read[0].length }
}

function testOf(name: string): RegExp | null {
  if (name === 'L&') return /^[\p{Lu}\p{Ll}\p{Lt}]$/u
  for (const property of [name, `Script=${name}`]) {
    try {
      return new RegExp(`^\\p{${property}}$`, 'u')
    } catch {
      // Not of that kind.
    }
  }
  return null
}
