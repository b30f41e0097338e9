/**
 * The right-hand side of an alias, a forward file or a virtual row: addresses, commands, files and lists of them,
 * between commas.
 *
 * aliases(5); virtual(5); local(8).
 */
export type AliasTarget =
  | { readonly kind: 'address'; readonly address: string }
  /** `|command` */
  | { readonly kind: 'command'; readonly command: string }
  /** `/path`; a final `/` means Maildir. */
  | { readonly kind: 'file'; readonly path: string }
  /** `:include:/path` */
  | { readonly kind: 'include'; readonly path: string }

/** Reads `alice, "|prog arg", :include:/list, /var/mail/x`: what local(8) does with each. */
export function parseAliasValue(text: string): readonly AliasTarget[] {
  return readAddressList(text).map(targetOf)
}

export function targetOf(address: string): AliasTarget {
  if (address.startsWith('|')) return { kind: 'command', command: address.slice(1) }
  if (address.startsWith('/')) return { kind: 'file', path: address }
  const include = /^:include:/i.exec(address)
  if (include) return { kind: 'include', path: address.slice(include[0].length) }
  return { kind: 'address', address }
}

/** The members in internal form: unquoted, comments and display names left out. */
export function readAddressList(text: string): readonly string[] {
  const members: string[] = []
  for (const member of splitMembers(text)) {
    // Without a comma between them, words are members of their own: `alice bob`.
    if (member.angle !== null) members.push(member.angle)
    else members.push(...member.words)
  }
  return members.filter((member) => member !== '')
}

type Member = { words: string[]; angle: string | null }

/** One pass over the text; each character is looked at once. */
function splitMembers(text: string): Member[] {
  const members: Member[] = []
  let member: Member = { words: [], angle: null }
  let word = ''
  let glued = false
  let angle: string | null = null

  const endWord = () => {
    if (word !== '' || glued) member.words.push(word)
    word = ''
    glued = false
  }
  const endMember = () => {
    endWord()
    if (member.angle !== null || member.words.length > 0) members.push(member)
    member = { words: [], angle: null }
  }

  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char === '"') {
      const quoted = readQuoted(text, i)
      if (angle === null) word += quoted.text
      else angle += quoted.text
      glued = true
      i = quoted.end
    } else if (char === '\\') {
      word += text[++i] ?? ''
    } else if (char === '(') {
      i = endOfComment(text, i)
    } else if (char === '<' && angle === null) {
      endWord()
      angle = ''
    } else if (char === '>' && angle !== null) {
      member.angle = angle
      angle = null
    } else if (angle !== null) {
      if (!/\s/.test(char)) angle += char
    } else if (char === ',') {
      endMember()
    } else if (char === ':' && word === '' && !glued) {
      // `:include:/path`, to the next comma or blank; a path with blanks stands in quotes.
      const rest = /^:include:\s*("(?:[^"\\]|\\.)*"|[^\s,]*)/i.exec(text.slice(i))
      if (!rest) continue
      member.words.push(`:include:${(rest[1] ?? '').replace(/^"|"$/g, '')}`)
      i += rest[0].length - 1
    } else if (/\s/.test(char)) {
      endWord()
    } else word += char
  }
  endMember()
  return members
}

function readQuoted(text: string, start: number): { text: string; end: number } {
  let out = ''
  let i = start + 1
  for (; i < text.length && text[i] !== '"'; i++)
    out += text[i] === '\\' ? (text[++i] ?? '') : (text[i] ?? '')
  return { text: out, end: i }
}

function endOfComment(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i
  }
  return text.length
}
