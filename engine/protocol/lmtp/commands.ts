/**
 * The commands of LMTP as Dovecot reads them: SMTP's, but stricter about blanks and milder about addresses, and refused
 * in words of its own. LHLO instead of EHLO, and one reply for each recipient after the data.
 *
 * RFC 2033; BDAT: RFC 3030.
 */
import { reply, type Reply } from '#protocol/smtp/reply.ts'
import { readPath, type LmtpPath } from './path.ts'

export type LmtpCommand =
  | { readonly verb: 'LHLO'; readonly domain: string; readonly valid: 'yes' | 'no' }
  | { readonly verb: 'MAIL'; readonly sender: LmtpPath | null }
  | { readonly verb: 'RCPT'; readonly recipient: LmtpPath; readonly original: string | null }
  | { readonly verb: 'BDAT'; readonly size: number; readonly last: 'yes' | 'no' }
  | { readonly verb: 'XCLIENT'; readonly attributes: ReadonlyMap<string, string> }
  | { readonly verb: 'DATA' | 'RSET' | 'NOOP' | 'QUIT' | 'VRFY' | 'STARTTLS' }

export type LmtpVerb = LmtpCommand['verb']
export type LmtpParsed =
  { readonly ok: true; readonly command: LmtpCommand } | { readonly ok: false; readonly reply: Reply }

export const lmtpVerbs: readonly LmtpVerb[] = [
  ...(['LHLO', 'MAIL', 'RCPT', 'DATA', 'BDAT'] as const),
  ...(['RSET', 'NOOP', 'VRFY', 'QUIT', 'STARTTLS', 'XCLIENT'] as const),
]

export const lmtpSyntax: Readonly<Record<LmtpVerb, { readonly syntax: string; readonly rfc: string }>> = {
  LHLO: { syntax: 'LHLO domain', rfc: 'RFC 2033 §4.1' },
  MAIL: { syntax: 'MAIL FROM:<reverse-path> [BODY=…]', rfc: 'RFC 5321 §4.1.1.2' },
  RCPT: { syntax: 'RCPT TO:<forward-path> [ORCPT=…]', rfc: 'RFC 5321 §4.1.1.3' },
  DATA: { syntax: 'DATA', rfc: 'RFC 2033 §4.2' },
  BDAT: { syntax: 'BDAT size [LAST]', rfc: 'RFC 3030 §2' },
  RSET: { syntax: 'RSET', rfc: 'RFC 5321 §4.1.1.5' },
  NOOP: { syntax: 'NOOP [string]', rfc: 'RFC 5321 §4.1.1.9' },
  VRFY: { syntax: 'VRFY string', rfc: 'RFC 5321 §4.1.1.6' },
  QUIT: { syntax: 'QUIT', rfc: 'RFC 5321 §4.1.1.10' },
  STARTTLS: { syntax: 'STARTTLS', rfc: 'RFC 3207 §4' },
  XCLIENT: { syntax: 'XCLIENT attribute=value …', rfc: 'XCLIENT_README' },
}

export type LmtpLine =
  | { readonly kind: 'command'; readonly verb: LmtpVerb; readonly args: string }
  | { readonly kind: 'unknown'; readonly verb: string; readonly reply: Reply }

/** The verb and what follows it. One character a byte. */
export function readLine(line: string): LmtpLine {
  const found = /^([A-Za-z]{0,32})(?: (.*))?$/.exec(line)
  // What is not ASCII may stand in a parameter.
  if (found === null || /[\x00-\x08\x0a-\x1f\x7f]/.test(line)) {
    return { kind: 'unknown', verb: '', reply: reply(500, '5.5.2', 'Invalid command syntax') }
  }
  const verb = (found[1] ?? '').toUpperCase()
  const known = lmtpVerbs.find((one) => one === verb)
  if (known !== undefined) return { kind: 'command', verb: known, args: found[2] ?? '' }
  const refusal =
    verb === 'AUTH' ? reply(502, '5.5.1', 'Unsupported command') : reply(500, '5.5.1', 'Unknown command')
  return { kind: 'unknown', verb, reply: refusal }
}

const refuse = (code: number, status: string | null, text: string, rfc?: string): LmtpParsed => ({
  ok: false,
  reply: reply(code, status, text, rfc),
})

const invalidParameters = refuse(501, '5.5.4', 'Invalid parameters')

/** lmtp_client_workarounds. */
export type LmtpWorkarounds = readonly string[]

export function parseArguments(verb: LmtpVerb, args: string, workarounds: LmtpWorkarounds = []): LmtpParsed {
  switch (verb) {
    case 'LHLO':
      return lhlo(args)
    case 'MAIL':
      return mail(args, workarounds)
    case 'RCPT':
      return rcpt(args, workarounds)
    case 'BDAT':
      return bdat(args)
    case 'XCLIENT':
      return xclient(args)
    case 'NOOP':
      return args === '' || isString(args) ? { ok: true, command: { verb } } : invalidString
    case 'VRFY':
      if (args === '') return invalidParameters
      return isString(args) ? { ok: true, command: { verb } } : invalidString
    case 'DATA':
    case 'RSET':
    case 'QUIT':
    case 'STARTTLS':
      return args === '' ? { ok: true, command: { verb } } : invalidParameters
    default:
      return verb satisfies never
  }
}

const invalidString = refuse(501, '5.5.4', 'Invalid string parameter: Invalid character in string')

/** RFC 5321 §4.1.2, String: an atom or a quoted string. */
const isString = (text: string): boolean =>
  /^(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+|"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*")$/.test(text)

function lhlo(args: string): LmtpParsed {
  if (args === '') return refuse(501, null, 'Missing hostname', 'RFC 2033 §4.1')
  // What stands after the first word is not looked at.
  const [name = ''] = args.split(/[ \t]/, 1)
  const domain = /^(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f.:IPv]+\])$/
  return { ok: true, command: { verb: 'LHLO', domain: name, valid: domain.test(name) ? 'yes' : 'no' } }
}

/** A path as it should have been: blanks before it gone, brackets around it. */
function mended(path: string, workarounds: LmtpWorkarounds): string {
  const close = workarounds.includes('whitespace-before-path') ? path.replace(/^[ \t]+/, '') : path
  if (!workarounds.includes('mailbox-for-path') || close.startsWith('<')) return close
  return close.replace(/^[^ \t]+/, (mailbox) => `<${mailbox}>`)
}

function mail(args: string, workarounds: LmtpWorkarounds): LmtpParsed {
  const after = /^FROM:(.*)$/i.exec(args)?.[1]
  if (after === undefined) return invalidParameters
  const path = readPath(mended(after, workarounds), 'reverse')
  if (!path.ok) return refuse(501, '5.5.4', `Invalid FROM: ${path.why}`)
  const parameters = readParameters(path.rest)
  if (parameters === null) return refuse(501, '5.5.4', 'Invalid MAIL parameter: Parameter is empty')
  for (const [name, value] of parameters) {
    if (name !== 'BODY') return refuse(555, '5.5.4', 'Unsupported parameters')
    if (value === null) return refuse(501, '5.5.4', 'Missing BODY= parameter value')
    if (!/^(?:7BIT|8BITMIME)$/i.test(value)) return refuse(555, '5.5.4', 'Unsupported mail BODY type')
  }
  return { ok: true, command: { verb: 'MAIL', sender: path.path } }
}

function rcpt(args: string, workarounds: LmtpWorkarounds): LmtpParsed {
  const after = /^TO:(.*)$/i.exec(args)?.[1]
  if (after === undefined) return invalidParameters
  const path = readPath(mended(after, workarounds), 'forward')
  if (!path.ok) return refuse(501, '5.5.4', `Invalid TO: ${path.why}`)
  if (path.path === null) return refuse(501, '5.5.4', 'Invalid TO: Null path not allowed')
  const parameters = readParameters(path.rest)
  if (parameters === null) return refuse(501, '5.5.4', 'Invalid RCPT parameter: Parameter is empty')
  let original: string | null = null
  for (const [name, value] of parameters) {
    if (name !== 'ORCPT') return refuse(555, '5.5.4', 'Unsupported parameters')
    if (value === null) return refuse(501, '5.5.4', 'Missing ORCPT= parameter value')
    const address = /^[A-Za-z0-9-]+;(.*)$/.exec(value)?.[1]
    if (address === undefined) return refuse(501, '5.5.4', 'Invalid addr-type for ORCPT= parameter')
    if (/\+(?![0-9A-F]{2})/.test(address))
      return refuse(501, '5.5.4', "Invalid ORCPT= parameter: Invalid hexchar after '+' in xtext")
    original = address.replace(/\+([0-9A-F]{2})/g, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
  return { ok: true, command: { verb: 'RCPT', recipient: path.path, original } }
}

function bdat(args: string): LmtpParsed {
  const found = /^(\d{1,15})(?: (.*))?$/.exec(args)
  if (/^\d+ \S+ /.test(args)) return refuse(501, '5.5.4', 'Invalid parameters')
  if (found === null) return refuse(501, '5.5.4', 'Invalid chunk size parameter')
  if (found[2] !== undefined && !/^LAST$/i.test(found[2]))
    return refuse(501, '5.5.4', 'Invalid end marker parameter')
  return {
    ok: true,
    command: { verb: 'BDAT', size: Number(found[1]), last: found[2] === undefined ? 'no' : 'yes' },
  }
}

function xclient(args: string): LmtpParsed {
  const attributes = new Map<string, string>()
  for (const word of args.split(' ').filter((text) => text !== '')) {
    const equals = word.indexOf('=')
    if (equals <= 0) return refuse(501, '5.5.4', 'Invalid parameters')
    attributes.set(word.slice(0, equals).toUpperCase(), word.slice(equals + 1))
  }
  return { ok: true, command: { verb: 'XCLIENT', attributes } }
}

/** ` NAME=value NAME`: null when a parameter is empty. */
function readParameters(text: string): readonly (readonly [name: string, value: string | null])[] | null {
  if (text.trim() === '') return []
  const words = text.slice(1).split(' ')
  if (words.includes('')) return null
  return words.map((word) => {
    const equals = word.indexOf('=')
    return equals < 0
      ? [word.toUpperCase(), null]
      : [word.slice(0, equals).toUpperCase(), word.slice(equals + 1)]
  })
}
