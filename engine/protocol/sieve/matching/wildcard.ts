/**
 * `:matches`: `*` is any text, `?` one character, a backslash takes the next one as it is.
 *
 * RFC 5228 §2.7.1. Never slower than the length of the text times that of the pattern.
 */
type Token = '*' | '?' | { readonly literal: string }

/** What each wildcard stood for, the whole first; null: no match. Each `*` takes as little as it can. RFC 5229 §3.2. */
export function matchWildcard(
  text: string,
  pattern: string,
  fold: (text: string) => string,
): readonly string[] | null {
  const tokens = readPattern(fold(pattern))
  const folded = fold(text)
  const values: string[] = [text]
  let at = 0
  let index = 0
  /** The last `*`: its token, where its text begins and ends, which value it is. */
  let star: { readonly index: number; readonly from: number; to: number; readonly value: number } | null =
    null
  while (at < folded.length || index < tokens.length) {
    const token = tokens[index]
    if (token === '*') {
      star = { index, from: at, to: at, value: values.length }
      values.push('')
      index++
    } else if (token === '?' && at < folded.length) {
      values.push(text.charAt(at++))
      index++
    } else if (typeof token === 'object' && at < folded.length && token.literal === folded.charAt(at)) {
      at++
      index++
    } else if (star !== null && star.to < folded.length) {
      // The last `*` takes one character more.
      star.to++
      at = star.to
      index = star.index + 1
      values.length = star.value
      values.push(text.slice(star.from, star.to))
    } else {
      return null
    }
  }
  return values
}

function readPattern(pattern: string): readonly Token[] {
  const tokens: Token[] = []
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i)
    if (c === '*' || c === '?') tokens.push(c)
    else if (c === '\\' && i + 1 < pattern.length) tokens.push({ literal: pattern.charAt(++i) })
    else tokens.push({ literal: c })
  }
  return tokens
}
