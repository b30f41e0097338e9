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

const specials = new Set('<>,;:@.|!%')

/**
 * The parts of an address list, in order. Read from its end, as what a word is shows in what follows it: a word before
 * `<` is a name, one before `:` with a `;` behind it is the name of a group. Where two words stand side by side with
 * nothing to join them, a comma is missing and is put there.
 */
export function readAddressList(value: string): readonly ListPart[] {
  return new ListReader([...tokens(value)]).parts()
}

class ListReader {
  readonly #tokens: readonly Token[]
  #at: number
  /** Last part first. */
  readonly #parts: ListPart[] = []
  /** Of the address under way, last token first. */
  #pending: Token[] = []

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    this.#at = tokens.length - 1
  }

  parts(): readonly ListPart[] {
    let mayJoin = true
    let inGroup = false
    for (; this.#at >= 0; this.#at--) {
      const token = this.#tokens[this.#at]
      if (token === undefined) break
      const { kind, text } = token
      if (kind === 'comment') {
        this.#parts.push(phrasePart(token))
      } else if (kind !== 'operator') {
        if (!mayJoin) this.#endAddress('with a comma before it')
        this.#pending.push(token)
        mayJoin = false
      } else if (text === ':' && inGroup) {
        this.#endAddress()
        this.#groupName()
        inGroup = false
        mayJoin = true
      } else if (text === '>') {
        this.#endAddress('with a comma before it')
        this.#angle()
        mayJoin = true
      } else if (text === ',' || text === ';') {
        this.#endAddress(text === ';' ? 'with a comma before it' : undefined)
        this.#parts.push(phrasePart(token))
        mayJoin = true
        inGroup ||= text === ';'
      } else {
        this.#pending.push(token)
        mayJoin = true
      }
    }
    this.#endAddress()
    return this.#parts.reverse()
  }

  #endAddress(comma?: 'with a comma before it'): void {
    if (this.#pending.length === 0) return
    this.#parts.push(addressPart(this.#pending.reverse()))
    if (comma !== undefined) this.#parts.push({ kind: 'operator', text: ',' })
    this.#pending = []
  }

  /** From the colon on: the words before it, up to the comma of what was before. */
  #groupName(): void {
    for (let token = this.#tokens[this.#at]; token; token = this.#tokens[--this.#at]) {
      if (token.text === ',' && token.kind === 'operator') break
      this.#parts.push(phrasePart(token))
    }
    this.#at++
  }

  /** From `>` on: the address before it, up to `<`, and the words before that. */
  #angle(): void {
    this.#parts.push({ kind: 'operator', text: '>' })
    this.#at--
    const inside: Token[] = []
    let token = this.#tokens[this.#at]
    for (; token && !isOperator(token, '<'); token = this.#tokens[--this.#at]) {
      if (token.kind === 'comment') this.#parts.push(phrasePart(token))
      else inside.push(token)
    }
    this.#parts.push(addressPart(inside.reverse()))
    for (; token && !isOperator(token, '>', ';', ',', ':'); token = this.#tokens[--this.#at]) {
      this.#parts.push(phrasePart(token))
    }
    this.#at++
  }
}

const isOperator = ({ kind, text }: Token, ...operators: readonly string[]): boolean =>
  kind === 'operator' && operators.includes(text)

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
    const words = before?.kind !== 'operator' && token.kind !== 'operator'
    const gap = before !== undefined && (words || before.text === ',' || token.text === '<') ? ' ' : ''
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
