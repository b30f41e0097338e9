/**
 * Addresses of a header field, each as name, route, mailbox and host; a group as its begin and its end.
 *
 * RFC 5322 §3.4; the four parts: RFC 3501 §7.4.2 (ENVELOPE). What is broken is read as Dovecot reads it.
 */
export type HeaderAddress = {
  readonly name: string | null
  readonly route: string | null
  readonly mailbox: string | null
  readonly host: string | null
}

type Token = {
  readonly kind: 'atom' | 'quoted' | 'comment' | 'literal' | 'special'
  readonly text: string
  readonly spaced: boolean
}

const missingMailbox = 'MISSING_MAILBOX'
const missingHost = 'MISSING_DOMAIN'
const mostAddresses = 10_000

export function readAddresses(value: string): readonly HeaderAddress[] {
  const addresses: HeaderAddress[] = []
  let run: Token[] = []
  let angle: Token[] | null = null
  let inGroup = false
  const end = () => {
    const address = run.length > 0 || angle !== null ? addressOf(run, angle) : null
    if (address !== null) addresses.push(address)
    run = []
    angle = null
  }
  let open = false
  for (const token of tokens(value)) {
    if (addresses.length >= mostAddresses) break
    const special = token.kind === 'special' ? token.text : ''
    if (open) {
      if (special === '>') open = false
      else angle?.push(token)
    } else if (special === '<') {
      angle = []
      open = true
    } else if (special === ',') {
      end()
    } else if (special === ':' && !inGroup && angle === null) {
      addresses.push({ name: null, route: null, mailbox: phrase(run) ?? '', host: null })
      run = []
      inGroup = true
    } else if (special === ';') {
      end()
      if (inGroup) addresses.push({ name: null, route: null, mailbox: null, host: null })
      inGroup = false
    } else {
      run.push(token)
    }
  }
  end()
  if (inGroup) addresses.push({ name: null, route: null, mailbox: null, host: null })
  return addresses
}

function addressOf(run: readonly Token[], angle: readonly Token[] | null): HeaderAddress | null {
  const comment = run.findLast((token) => token.kind === 'comment')?.text ?? null
  const words = run.filter((token) => token.kind !== 'comment')
  if (angle !== null) {
    const { route, rest } = splitRoute(angle.filter((token) => token.kind !== 'comment'))
    const { mailbox, host } = addrSpec(rest)
    const name = phrase(words) ?? comment
    return { name, route, mailbox: mailbox === '' ? missingMailbox : mailbox, host: host ?? missingHost }
  }
  if (words.length === 0) return null
  const at = words.findIndex((token) => token.kind === 'special' && token.text === '@')
  const single = words.every((token, i) => i === 0 || !token.spaced || isDot(token) || isDot(words[i - 1]))
  if (at < 0 && !single)
    return { name: phrase(words), route: null, mailbox: missingMailbox, host: missingHost }
  const { mailbox, host } = addrSpec(words)
  return {
    name: comment,
    route: null,
    mailbox: mailbox === '' ? missingMailbox : mailbox,
    host: host ?? missingHost,
  }
}

const isDot = (token: Token | undefined): boolean => token?.kind === 'special' && token.text === '.'

/** `<@relay1,@relay2:user@host>` */
function splitRoute(words: readonly Token[]): { route: string | null; rest: readonly Token[] } {
  const colon = words.findIndex((token) => token.kind === 'special' && token.text === ':')
  if (colon < 0 || words[0]?.text !== '@') return { route: null, rest: words }
  const route = words
    .slice(0, colon)
    .map((token) => token.text)
    .join('')
  return { route, rest: words.slice(colon + 1) }
}

function addrSpec(words: readonly Token[]): { mailbox: string; host: string | null } {
  const at = words.findLastIndex((token) => token.kind === 'special' && token.text === '@')
  const join = (part: readonly Token[]) => part.map((token) => token.text).join('')
  if (at < 0) return { mailbox: join(words), host: null }
  const host = join(words.slice(at + 1))
  return { mailbox: join(words.slice(0, at)), host: host === '' ? null : host }
}

/** Words with one blank where there were some. */
function phrase(words: readonly Token[]): string | null {
  const text = words
    .filter((token) => token.kind !== 'comment')
    .map((token, i) => (i > 0 && token.spaced ? ` ${token.text}` : token.text))
    .join('')
  return text === '' ? null : text
}

const atomEnd = /[\s()<>@,;:."[\]]/

function* tokens(value: string): Generator<Token> {
  let at = 0
  let spaced = false
  while (at < value.length) {
    const c = value.charAt(at)
    if (/\s/.test(c)) {
      spaced = true
      at++
      continue
    }
    if (c === '"' || c === '(' || c === '[') {
      const { text, end } = c === '(' ? comment(value, at) : quoted(value, at, c === '"' ? '"' : ']')
      const kind = c === '"' ? 'quoted' : c === '(' ? 'comment' : 'literal'
      yield { kind, text: c === '[' ? `[${text}]` : text, spaced }
      at = end
    } else if ('<>@,;:.'.includes(c)) {
      yield { kind: 'special', text: c, spaced }
      at++
    } else {
      const start = at++
      while (at < value.length && !atomEnd.test(value.charAt(at))) at++
      yield { kind: 'atom', text: value.slice(start, at), spaced }
    }
    spaced = false
  }
}

function quoted(value: string, start: number, close: string): { text: string; end: number } {
  let text = ''
  let at = start + 1
  for (; at < value.length; at++) {
    const c = value.charAt(at)
    if (c === close) return { text, end: at + 1 }
    if (c === '\\' && at + 1 < value.length) text += value.charAt(++at)
    else text += c
  }
  return { text, end: at }
}

function comment(value: string, start: number): { text: string; end: number } {
  let depth = 0
  let text = ''
  for (let at = start; at < value.length; at++) {
    const c = value.charAt(at)
    if (c === '(' && depth++ === 0) continue
    if (c === ')' && --depth === 0) return { text: text.trim(), end: at + 1 }
    if (c === '\\' && at + 1 < value.length) text += value.charAt(++at)
    else text += c
  }
  return { text: text.trim(), end: value.length }
}
