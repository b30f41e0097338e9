/**
 * Addresses inside a header field: finds each one among names, comments and groups, and writes the list anew when
 * an address changed. Works as Postfix does: a field in which nothing changed keeps every blank it had.
 *
 * RFC 5322 §3.4, with the obsolete forms that are still seen.
 */
type Token =
  | { readonly kind: 'atom' | 'quoted' | 'literal' | 'comment'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: string }

export type ListPart =
  | { readonly kind: 'word' | 'comment' | 'operator'; readonly text: string }
  /** Internal form: unquoted. '' for `<>`. */
  | { readonly kind: 'address'; readonly address: string; readonly text: string }

const specials = new Set('<>,;:@.')

/** The parts of an address list, in order. */
export function readAddressList(value: string): readonly ListPart[] {
  const parts: ListPart[] = []
  let run: Token[] = []
  let angle: Token[] | null = null

  const endRun = () => {
    const words = run.filter((token) => token.kind !== 'comment')
    if (words.length > 0) parts.push(addressPart(words))
    for (const token of run) if (token.kind === 'comment') parts.push({ kind: 'comment', text: token.text })
    run = []
  }
  for (const token of tokens(value)) {
    if (token.kind !== 'operator') {
      ;(angle ?? run).push(token)
    } else if (angle !== null && token.text !== '>') {
      angle.push(token)
    } else if (token.text === '<') {
      for (const word of run) parts.push(phrasePart(word))
      run = []
      angle = []
    } else if (token.text === '>' && angle !== null) {
      parts.push({ kind: 'operator', text: '<' }, addressPart(angle), { kind: 'operator', text: '>' })
      angle = null
    } else if (token.text === ':') {
      for (const word of run) parts.push(phrasePart(word))
      run = []
      parts.push({ kind: 'operator', text: ':' })
    } else if (token.text === ',' || token.text === ';') {
      endRun()
      parts.push({ kind: 'operator', text: token.text })
    } else {
      run.push(token)
    }
  }
  if (angle !== null) run.push(...angle)
  endRun()
  return parts
}

/** The value of a field again, one address a line at most, lines filled up to 70 characters. `name`: before the colon. */
export function writeAddressField(name: string, parts: readonly ListPart[]): string {
  let text = `${name}: `
  parts.forEach((part, i) => {
    text += part.text
    const next = parts[i + 1]
    if (next === undefined) return
    if (part.text === ',' && part.kind === 'operator') text += '\n'
    else if (spaceBetween(part, next)) text += ' '
  })
  return fill(text)
}

export const addressesIn = (parts: readonly ListPart[]): readonly string[] =>
  parts.flatMap((part) => (part.kind === 'address' && part.address !== '' ? [part.address] : []))

/**
 * External form of an address: the local part quoted where it must be. What looks like a source route is written as
 * one: `@a:b@c.example` may have come as `"@a:b"@c.example`. RFC 5321 §4.1.2.
 */
export function quoteAddress(address: string): string {
  const start = address.startsWith('@') ? address.indexOf(':') + 1 : 0
  const at = address.lastIndexOf('@')
  const local = at < start ? address.slice(start) : address.slice(start, at)
  const domain = at < start ? '' : address.slice(at)
  return address.slice(0, start) + (at === start ? '""' : quoteLocalPart(local)) + domain
}

export function quoteLocalPart(local: string): string {
  const atoms = /^[^\s\u0000-\u001f\u007f()<>@,;:\\".[\]]+(?:\.[^\s\u0000-\u001f\u007f()<>@,;:\\".[\]]+)*$/
  return local === '' || atoms.test(local) ? local : `"${local.replace(/[\\"]/g, '\\$&')}"`
}

/** Internal form: quotes and backslashes of the local part taken away. */
export function unquoteAddress(address: string): string {
  if (!address.includes('"') && !address.includes('\\')) return address
  let internal = ''
  let quoted = false
  for (let i = 0; i < address.length; i++) {
    const c = address.charAt(i)
    if (c === '\\' && i + 1 < address.length) internal += address.charAt(++i)
    else if (c === '"') quoted = !quoted
    else internal += c
  }
  return internal
}

function addressPart(words: readonly Token[]): ListPart {
  const kept = words.filter((token) => token.kind !== 'comment')
  let text = ''
  let address = ''
  kept.forEach((token, i) => {
    const before = kept[i - 1]
    const gap = before !== undefined && before.kind !== 'operator' && token.kind !== 'operator' ? ' ' : ''
    text += gap + token.text
    address +=
      gap + (token.kind === 'quoted' || token.kind === 'atom' ? unquoteAddress(token.text) : token.text)
  })
  return { kind: 'address', address, text }
}

const phrasePart = (token: Token): ListPart =>
  token.kind === 'comment'
    ? { kind: 'comment', text: token.text }
    : token.kind === 'operator'
      ? { kind: 'operator', text: token.text }
      : { kind: 'word', text: token.text }

function spaceBetween(part: ListPart, next: ListPart): boolean {
  if (part.kind === 'operator' && (part.text === ':' || part.text === ',')) return true
  if (next.kind === 'operator' && next.text === '<') return true
  return part.kind !== 'operator' && next.kind !== 'operator'
}

function fill(text: string): string {
  const lines: string[] = []
  for (const piece of text.split('\n')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + piece.length < 70)
      lines[lines.length - 1] = `${last} ${piece}`
    else lines.push(piece)
  }
  return lines.join('\n\t')
}

function* tokens(value: string): Generator<Token> {
  let i = 0
  while (i < value.length) {
    const c = value.charAt(i)
    if (/\s/.test(c)) {
      i++
    } else if (c === '(') {
      const end = commentEnd(value, i)
      yield { kind: 'comment', text: closed(value.slice(i, end), ')') }
      i = end
    } else if (c === '"') {
      const end = quoteEnd(value, i, '"')
      yield { kind: 'quoted', text: closed(value.slice(i, end), '"') }
      i = end
    } else if (c === '[') {
      const end = quoteEnd(value, i, ']')
      yield { kind: 'literal', text: closed(value.slice(i, end), ']') }
      i = end
    } else if (specials.has(c)) {
      yield { kind: 'operator', text: c }
      i++
    } else {
      let end = i
      while (end < value.length && !/[\s("[]/.test(value.charAt(end)) && !specials.has(value.charAt(end))) {
        end += value.charAt(end) === '\\' ? 2 : 1
      }
      yield { kind: 'atom', text: value.slice(i, end) }
      i = end
    }
  }
}

function commentEnd(value: string, start: number): number {
  let depth = 0
  for (let i = start; i < value.length; i++) {
    const c = value.charAt(i)
    if (c === '\\') i++
    else if (c === '(') depth++
    else if (c === ')' && --depth === 0) return i + 1
  }
  return value.length
}

function quoteEnd(value: string, start: number, close: string): number {
  for (let i = start + 1; i < value.length; i++) {
    if (value.charAt(i) === '\\') i++
    else if (value.charAt(i) === close) return i + 1
  }
  return value.length
}

const closed = (text: string, close: string): string =>
  text.length > 1 && text.endsWith(close) ? text : text + close
