/**
 * The words of an address as RFC 822 cuts them: atoms, quoted strings, address literals, and the characters that
 * mean something. White space and comments only separate.
 *
 * RFC 822 §3.3, §3.4.
 */
export type AddressToken =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'comment' }
  | { readonly kind: 'special'; readonly text: '<' | '>' | '@' | ',' | ';' | ':' | '.' }

export function addressTokens(text: string): readonly AddressToken[] {
  const tokens: AddressToken[] = []
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (/\s/.test(character)) {
      at++
    } else if (character === '"') {
      const quoted = readUntil(text, at + 1, '"')
      tokens.push({ kind: 'word', text: quoted.text })
      at = quoted.end
    } else if (character === '[') {
      const literal = readUntil(text, at + 1, ']')
      tokens.push({ kind: 'literal', text: `[${literal.text}]` })
      at = literal.end
    } else if (character === '(') {
      at = skipComment(text, at)
      tokens.push({ kind: 'comment' })
    } else if (isSpecial(character)) {
      tokens.push({ kind: 'special', text: character })
      at++
    } else {
      const atom = readAtom(text, at)
      tokens.push({ kind: 'word', text: atom.text })
      at = atom.end
    }
  }
  return tokens
}

const isSpecial = (character: string): character is '<' | '>' | '@' | ',' | ';' | ':' | '.' =>
  '<>@,;:.'.includes(character)

/** Up to `close`, or to the end when it is missing: a missing quote is forgiven, as Postfix forgives it. */
function readUntil(text: string, start: number, close: string): { text: string; end: number } {
  let at = start
  let inside = ''
  while (at < text.length && text.charAt(at) !== close) {
    if (text.charAt(at) === '\\' && at + 1 < text.length) at++
    inside += text.charAt(at++)
  }
  return { text: inside, end: Math.min(at + 1, text.length) }
}

function skipComment(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const character = text.charAt(at++)
    if (character === '\\') at++
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) break
  }
  return at
}

/** A `)` or `]` without its beginning is a letter like others. */
function readAtom(text: string, start: number): { text: string; end: number } {
  let at = start
  let atom = ''
  while (at < text.length && !/[\s(<>@,;:."[]/.test(text.charAt(at))) {
    if (text.charAt(at) === '\\' && at + 1 < text.length) at++
    atom += text.charAt(at++)
  }
  return { text: atom, end: at }
}
