/**
 * The fields that say what a part is and how it is encoded.
 *
 * RFC 2045 §5.1, §6.1: tokens, quoted strings, and comments that mean nothing.
 */

export type ContentType = {
  readonly type: 'text' | 'message' | 'multipart' | 'other'
  /** Lower case. */
  readonly subtype: string
  /** Of a multipart: one, as a rule. */
  readonly boundaries: readonly string[]
}

export type Encoding = {
  readonly name: '7bit' | '8bit' | 'binary' | 'base64' | 'quoted-printable'
  /** What the encoded text is made of. */
  readonly domain: '7bit' | '8bit' | 'binary'
}

/** Whether a field describes a MIME part, wherever it stands. */
export const isMimeField = (text: string): boolean =>
  /^(mime-version|content-(type|transfer-encoding|description|disposition|id))[ \t]*:/i.test(text)

/** Null when it is another field. */
export function readContentType(field: string): ContentType | null {
  const value = valueOf(field, 'content-type')
  if (value === null) return null
  const [first = [], ...parameters] = groups(value)
  const [main = '', slash, sub = ''] = first
  const subtype = slash === '/' ? sub.toLowerCase() : ''
  switch (main.toLowerCase()) {
    case 'text':
      return { type: 'text', subtype, boundaries: [] }
    case 'message':
      return { type: 'message', subtype, boundaries: [] }
    case 'multipart': {
      const boundaries = parameters.flatMap(([name = '', equals, boundary = '']) =>
        name.toLowerCase() === 'boundary' && equals === '=' && boundary !== '' ? [boundary] : [],
      )
      return { type: 'multipart', subtype, boundaries }
    }
    default:
      return { type: 'other', subtype, boundaries: [] }
  }
}

/** Null when it is another field, or a word that means nothing. */
export function readEncoding(field: string): Encoding | null {
  const value = valueOf(field, 'content-transfer-encoding')
  if (value === null) return null
  const word = groups(value)[0]?.[0]?.toLowerCase()
  return encodings.find(({ name }) => name === word) ?? null
}

const encodings: readonly Encoding[] = [
  { name: '7bit', domain: '7bit' },
  { name: '8bit', domain: '8bit' },
  { name: 'binary', domain: 'binary' },
  { name: 'base64', domain: '7bit' },
  { name: 'quoted-printable', domain: '7bit' },
]

function valueOf(field: string, name: string): string | null {
  const colon = field.indexOf(':')
  return field.slice(0, colon).trimEnd().toLowerCase() === name ? field.slice(colon + 1) : null
}

/** The words between semicolons: `multipart / mixed`, `boundary = x`. */
function groups(value: string): readonly (readonly string[])[] {
  const found: string[][] = [[]]
  for (const token of tokens(value)) {
    if (token === ';') found.push([])
    else found.at(-1)?.push(token.startsWith('"') ? unquoted(token) : token)
  }
  return found
}

const unquoted = (token: string): string => token.replace(/^"|"$/g, '').replace(/\\(.)/gs, '$1')

function* tokens(value: string): Generator<string> {
  const pattern = /"(?:[^"\\]|\\.)*"?|[^\s()<>@,;:\\"/[\]?=]+|[()<>@,;:\\"/[\]?=]/gs
  for (let match = pattern.exec(value); match; match = pattern.exec(value)) {
    if (match[0] === '(') pattern.lastIndex = endOfComment(value, match.index)
    else yield match[0]
  }
}

/** Comments nest. RFC 5322 §3.2.2 */
function endOfComment(value: string, start: number): number {
  let depth = 0
  for (let i = start; i < value.length; i++) {
    const c = value.charAt(i)
    if (c === '\\') i++
    else if (c === '(') depth++
    else if (c === ')' && --depth === 0) return i + 1
  }
  return value.length
}
