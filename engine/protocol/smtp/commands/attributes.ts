/** What XCLIENT and XFORWARD have in common: `NAME=value` words, the values in xtext. XCLIENT_README, XFORWARD_README. */
import { isIpv4, isIpv6, isHostname } from '#protocol/address/domain.ts'
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { reply } from '../reply.ts'
import { decodeXtext, encodeXtext } from '../xtext.ts'

/** Null: `[UNAVAILABLE]` or `[TEMPUNAVAIL]`. */
export type Attributes<V extends string> = {
  readonly verb: V
  readonly attributes: ReadonlyMap<string, string | null>
}

export const attributes = <V extends 'XCLIENT' | 'XFORWARD'>(
  verb: V,
  rfc: string,
  names: readonly string[],
): Grammar<Attributes<V>> => ({
  verb,
  syntax: `${verb} attribute=value...`,
  rfc,

  parse(words) {
    if (words.length === 0) return refused(reply(501, '5.5.4', `Syntax: ${verb} attribute=value...`))
    const read = new Map<string, string | null>()
    for (const { text } of words) {
      const equals = text.indexOf('=')
      if (equals < 0) return refused(reply(501, '5.5.4', 'Error: attribute=value expected'))
      const name = text.slice(0, equals).toUpperCase()
      const value = decodeXtext(text.slice(equals + 1))
      if (value === null) {
        return refused(reply(501, '5.5.4', `Bad attribute value syntax: ${text.slice(equals + 1)}`))
      }
      if (!names.includes(name)) return refused(reply(501, '5.5.4', `Bad ${verb} attribute name: ${name}`))
      if (!isGood(name, value)) return refused(reply(501, '5.5.4', `Bad ${name} syntax: ${value}`))
      read.set(name, /^\[(UNAVAILABLE|TEMPUNAVAIL)\]$/i.test(value) ? null : value)
    }
    return accepted({ verb, attributes: read })
  },

  format(command) {
    const words = [...command.attributes].map(
      ([name, value]) => `${name}=${value === null ? '[UNAVAILABLE]' : encodeXtext(value)}`,
    )
    return [command.verb, ...words].join(' ')
  },
})

function isGood(name: string, value: string): boolean {
  if (/^\[(UNAVAILABLE|TEMPUNAVAIL)\]$/i.test(value)) return true
  if (name === 'NAME' || name === 'REVERSE_NAME') return isHostname(value)
  if (name === 'ADDR' || name === 'DESTADDR') return isIpv4(value) || isIpv6(value.replace(/^IPV6:/i, ''))
  if (name === 'PORT' || name === 'DESTPORT') return /^\d{1,5}$/.test(value)
  if (name === 'PROTO') return /^E?SMTP$/i.test(value)
  return true
}
