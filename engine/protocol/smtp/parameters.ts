/**
 * The parameters after the address of MAIL and RCPT, each from an extension that EHLO announced.
 *
 * SIZE: RFC 1870. BODY: RFC 6152. SMTPUTF8: RFC 6531. AUTH: RFC 4954 §5. RET, ENVID, NOTIFY, ORCPT: RFC 3461 §4.
 */
import { reply } from './reply.ts'
import type { Reply } from './reply.ts'
import type { Limits } from './grammar.ts'
import type { Word } from './words.ts'
import { decodeUtf8Xtext, decodeXtext, encodeXtext } from './xtext.ts'

export type MailParameters = {
  readonly size: number | null
  readonly body: '7bit' | '8bitmime' | null
  readonly smtputf8: 'yes' | 'no'
  readonly ret: 'full' | 'hdrs' | null
  readonly envid: string | null
  /** AUTH=: who the submitter says gave this letter in; `<>` when nobody is known. */
  readonly auth: string | null
  readonly verp: string | null
}

export type NotifyWord = 'never' | 'success' | 'failure' | 'delay'

export type RcptParameters = {
  readonly notify: readonly NotifyWord[]
  /** Decoded: `rfc822;carol@example.org`. */
  readonly orcpt: string | null
}

export type Read<P> =
  { readonly ok: true; readonly parameters: P } | { readonly ok: false; readonly reply: Reply }

export const noMailParameters: MailParameters = {
  size: null,
  body: null,
  smtputf8: 'no',
  ret: null,
  envid: null,
  auth: null,
  verp: null,
}
export const noRcptParameters: RcptParameters = { notify: [], orcpt: null }

const no = (code: number, status: string, text: string) =>
  ({ ok: false, reply: reply(code, status, text) }) as const

export const asksForSmtputf8 = (words: readonly Word[]): boolean =>
  words.some((word) => word.text.toUpperCase() === 'SMTPUTF8')

export function readMailParameters(words: readonly Word[], limits: Limits): Read<MailParameters> {
  let parameters = noMailParameters
  for (const { text } of words) {
    const { name, value } = divide(text)
    if (name === 'BODY' && /^(7BIT|8BITMIME)$/i.test(value ?? '')) {
      parameters = { ...parameters, body: value?.toUpperCase() === '7BIT' ? '7bit' : '8bitmime' }
    } else if (name === 'SIZE' && value !== null) {
      if (!/^\d+$/.test(value)) return no(501, '5.5.4', 'Bad message size syntax')
      const size = Number(value)
      if (size > Number.MAX_SAFE_INTEGER) {
        return no(552, '5.3.4', 'Message size exceeds file system imposed limit')
      }
      parameters = { ...parameters, size }
    } else if (name === 'SMTPUTF8' && value === null && limits.smtputf8 === 'yes') {
      parameters = { ...parameters, smtputf8: 'yes' }
    } else if (name === 'AUTH' && value !== null) {
      if (parameters.auth !== null) return no(503, '5.5.4', 'Error: multiple AUTH= options')
      parameters = { ...parameters, auth: decodeXtext(value) ?? value }
    } else if (name === 'XVERP' && limits.verp !== null) {
      const { allowed, defaults } = limits.verp
      const delimiters = value ?? defaults
      if (
        delimiters.length !== 2 ||
        !Array.from(delimiters).every((delimiter) => allowed.includes(delimiter))
      ) {
        return no(501, '5.5.4', `Error: XVERP needs two characters from ${allowed}`)
      }
      parameters = { ...parameters, verp: delimiters }
    } else if (name === 'RET' && value !== null) {
      if (limits.dsn === 'no') return dsnDisabled
      const ret = value.toLowerCase()
      if (parameters.ret !== null || (ret !== 'full' && ret !== 'hdrs')) {
        return no(501, '5.5.4', 'Bad RET parameter syntax')
      }
      parameters = { ...parameters, ret }
    } else if (name === 'ENVID' && value !== null) {
      if (limits.dsn === 'no') return dsnDisabled
      const envid = decodeXtext(value)
      if (parameters.envid !== null || envid === null || !/^[\x20-\x7e]+$/.test(envid)) {
        return no(501, '5.5.4', 'Bad ENVID parameter syntax')
      }
      parameters = { ...parameters, envid }
    } else {
      return no(555, '5.5.4', `Unsupported option: ${text}`)
    }
  }
  return { ok: true, parameters }
}

export function readRcptParameters(words: readonly Word[], limits: Limits): Read<RcptParameters> {
  let parameters = noRcptParameters
  for (const { text } of words) {
    const { name, value } = divide(text)
    if (name === 'NOTIFY' && value !== null) {
      if (limits.dsn === 'no') return dsnDisabled
      const notify = readNotify(value)
      if (parameters.notify.length > 0 || notify === null) {
        return no(501, '5.5.4', 'Error: Bad NOTIFY parameter syntax')
      }
      parameters = { ...parameters, notify }
    } else if (name === 'ORCPT' && value !== null) {
      if (limits.dsn === 'no') return dsnDisabled
      const orcpt = readOrcpt(value)
      if (parameters.orcpt !== null || orcpt === null) {
        return no(501, '5.5.4', 'Error: Bad ORCPT parameter syntax')
      }
      parameters = { ...parameters, orcpt }
    } else {
      return no(555, '5.5.4', `Unsupported option: ${text}`)
    }
  }
  return { ok: true, parameters }
}

export function writeMailParameters(parameters: MailParameters): string {
  const { size, body, smtputf8, ret, envid, auth, verp } = parameters
  return [
    size === null ? '' : ` SIZE=${size}`,
    body === null ? '' : ` BODY=${body.toUpperCase()}`,
    smtputf8 === 'yes' ? ' SMTPUTF8' : '',
    ret === null ? '' : ` RET=${ret.toUpperCase()}`,
    envid === null ? '' : ` ENVID=${encodeXtext(envid)}`,
    auth === null ? '' : ` AUTH=${auth === '<>' ? auth : encodeXtext(auth)}`,
    verp === null ? '' : ` XVERP=${verp}`,
  ].join('')
}

export function writeRcptParameters({ notify, orcpt }: RcptParameters): string {
  const words = notify.length === 0 ? '' : ` NOTIFY=${notify.join(',').toUpperCase()}`
  if (orcpt === null) return words
  const semicolon = orcpt.indexOf(';')
  return `${words} ORCPT=${orcpt.slice(0, semicolon)};${encodeXtext(orcpt.slice(semicolon + 1))}`
}

const dsnDisabled = no(501, '5.7.1', 'DSN support is disabled')

function divide(text: string): { name: string; value: string | null } {
  const equals = text.indexOf('=')
  if (equals < 0) return { name: text.toUpperCase(), value: null }
  return { name: text.slice(0, equals).toUpperCase(), value: text.slice(equals + 1) }
}

const notifyWords: readonly string[] = ['never', 'success', 'failure', 'delay'] satisfies NotifyWord[]

function readNotify(value: string): readonly NotifyWord[] | null {
  const words = value
    .toLowerCase()
    .split(',')
    .filter((word) => word !== '')
  const known = words.filter((word): word is NotifyWord => notifyWords.includes(word))
  if (known.length === 0 || known.length < words.length) return null
  return known.includes('never') && known.length > 1 ? null : known
}

function readOrcpt(value: string): string | null {
  const semicolon = value.indexOf(';')
  if (semicolon <= 0) return null
  const type = value.slice(0, semicolon)
  const coded = value.slice(semicolon + 1)
  const address = type.toLowerCase() === 'utf-8' ? decodeUtf8Xtext(coded) : decodeXtext(coded)
  return address === null ? null : `${type};${address}`
}
