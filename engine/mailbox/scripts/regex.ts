/** `:regex` by the house's own matcher, which counts its steps: a script cannot stop the server. */
import type { RegexCompiler } from '#protocol/sieve/matching/regex.ts'
import { compilePattern } from '#tables/patterns/match.ts'
import { readPosix } from '#tables/patterns/posix.ts'
import { PatternError } from '#tables/patterns/tree.ts'

export const posixRegex: RegexCompiler = (pattern, letters) => {
  const problem = glibcProblem(pattern)
  if (problem !== null) return { ok: false, problem }
  try {
    const match = compilePattern(
      readPosix(withLiteralBrackets(pattern), { syntax: 'extended', letters, lines: 'whole' }),
    )
    return {
      ok: true,
      match: (text) => {
        const found = match(text)
        return found.kind === 'match' ? found.groups : null
      },
    }
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    const [first = '', ...rest] = error.message
    return { ok: false, problem: first.toLowerCase() + rest.join('') }
  }
}

/** What glibc refuses, and the matcher would take. */
function glibcProblem(pattern: string): string | null {
  const plain = pattern.replace(/\\./g, 'x')
  if (/\[\.[^.\]]{2,}\.\]/.test(plain)) return 'invalid collation character'
  const outside = plain.replace(/\[\^?\]?(?:\[[.:=].*?[.:=]\]|[^\]])*\]/g, 'x')
  if (/(?:^|[(|])\^[*+?{]/.test(outside)) return 'invalid preceding regular expression'
  for (const [, least = '', most = ''] of outside.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Number(least) > 32767 || Number(most) > 32767) return 'regular expression too big'
  }
  return null
}

/** A `)` that closes nothing is itself. regex(7). */
function withLiteralBrackets(pattern: string): string {
  let whole = ''
  let open = 0
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i)
    if (c === '\\') {
      whole += c + pattern.charAt(++i)
      continue
    }
    if (c === '[') {
      const end = bracketEnd(pattern, i)
      whole += pattern.slice(i, end)
      i = end - 1
      continue
    }
    if (c === '(') open++
    whole += c === ')' && open-- <= 0 ? '\\)' : c
    open = Math.max(open, 0)
  }
  return whole
}

function bracketEnd(pattern: string, start: number): number {
  let at = start + 1
  if (pattern[at] === '^') at++
  if (pattern[at] === ']') at++
  for (; at < pattern.length; at++) {
    const kind = pattern[at] === '[' ? (pattern[at + 1] ?? '') : ''
    if (kind !== '' && '.:='.includes(kind)) {
      const end = pattern.indexOf(`${kind}]`, at + 2)
      if (end < 0) return pattern.length
      at = end + 1
    } else if (pattern[at] === ']') return at + 1
  }
  return pattern.length
}
