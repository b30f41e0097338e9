/**
 * The arguments of an IMAP command: atoms, quoted strings, literals and lists of these. A command comes here whole,
 * one character a byte, with each literal where it stood: `{3}` CR LF and three bytes.
 *
 * RFC 3501 §4, §9; literal8: RFC 3516; LITERAL+: RFC 7888. The sentences about errors are Dovecot's.
 */
export type Argument =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly form: 'quoted' | 'literal' }
  | { readonly kind: 'list'; readonly items: readonly Argument[] }

/** `rest`: what of the text was not read any more. */
export type Arguments =
  | { readonly ok: true; readonly args: readonly Argument[] }
  | { readonly ok: false; readonly message: string; readonly rest: string }

/** Lists within lists within lists …: nobody means more. */
const deepestList = 1000

const fault = (message: string, rest: string): Arguments => ({ ok: false, message, rest })

export function readArguments(text: string): Arguments {
  const open: Argument[][] = []
  let items: Argument[] = []
  let at = 0
  while (at < text.length) {
    const c = text.charAt(at)
    if (c === ' ') {
      at++
    } else if (c === '(') {
      if (open.length >= deepestList) return fault("Too many '('", text.slice(at))
      open.push(items)
      items = []
      at++
    } else if (c === ')') {
      const outer = open.pop()
      if (outer === undefined) return fault("Unexpected ')'", text.slice(at))
      outer.push({ kind: 'list', items })
      items = outer
      at++
    } else {
      const read = c === '"' ? readQuoted(text, at) : readLiteral(text, at)
      const found = read ?? readAtom(text, at)
      if ('message' in found) return fault(found.message, text.slice(found.at))
      items.push(found.argument)
      at = found.end
    }
  }
  return open.length > 0 ? fault("Missing ')'", '') : { ok: true, args: items }
}

/** What a line ends with when a literal follows it: `{12}`, `{12+}`, `~{12}`. */
export type LiteralStart = { readonly size: number; readonly waits: 'for-continuation' | 'for-nothing' }

export function literalAtEnd(line: string): LiteralStart | null {
  if (!line.endsWith('}')) return null
  const open = line.lastIndexOf('{')
  const match = /^\{(\d{1,100})(\+?)\}$/.exec(line.slice(open))
  // Within a word it is none.
  if (match === null || !/(?:^|[ (])~?$/.test(line.slice(Math.max(open - 2, 0), open))) return null
  return { size: Number(match[1]), waits: match[2] === '+' ? 'for-nothing' : 'for-continuation' }
}

type Found = { readonly argument: Argument; readonly end: number }
type Missed = { readonly message: string; readonly at: number }

function readQuoted(text: string, start: number): Found | Missed {
  let value = ''
  let from = start + 1
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at)
    if (c === '"') {
      value += text.slice(from, at)
      return { argument: { kind: 'string', text: value, form: 'quoted' }, end: at + 1 }
    }
    if (c === '\0') return { message: 'NULs not allowed in strings', at }
    if (c === '\r' || c === '\n') break
    if (c === '\\') {
      value += text.slice(from, at)
      from = ++at
    }
  }
  return { message: `Missing '"'`, at: start + 1 }
}

const literalPattern = /\{(\d{1,10})\+?\}/y

function readLiteral(text: string, start: number): Found | Missed | null {
  const c = text.charAt(start)
  if (c === '~' && text.charAt(start + 1) === '{') return { message: 'literal8 not allowed here', at: start }
  if (c !== '{') return null
  literalPattern.lastIndex = start
  const match = literalPattern.exec(text)
  if (match === null) return { message: 'Invalid literal size', at: start + 1 }
  const after = start + match[0].length
  if (!text.startsWith('\r\n', after)) {
    const message = after < text.length ? 'Missing LF after literal size' : 'Invalid literal size'
    return { message, at: after }
  }
  const from = after + 2
  const end = from + Number(match[1])
  if (end > text.length) return { message: 'Invalid literal size', at: from }
  return { argument: { kind: 'string', text: text.slice(from, end), form: 'literal' }, end }
}

function readAtom(text: string, start: number): Found | Missed {
  let end = start
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === 0x20 || code === 0x28 || code === 0x29) break
    if (code < 0x20 || code === 0x7f || code === 0x22 || code === 0x7b)
      return { message: 'Invalid characters in atom', at: end }
    if (code > 0x7f) return { message: '8bit data in atom', at: end }
  }
  return { argument: { kind: 'atom', text: text.slice(start, end) }, end }
}

/** An atom or a string. */
export const astring = (arg: Argument | undefined): string | null =>
  arg === undefined || arg.kind === 'list' ? null : arg.text

export const atom = (arg: Argument | undefined): string | null => (arg?.kind === 'atom' ? arg.text : null)

export const list = (arg: Argument | undefined): readonly Argument[] | null =>
  arg?.kind === 'list' ? arg.items : null
