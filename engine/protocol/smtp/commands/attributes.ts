/** What XCLIENT and XFORWARD have in common: `NAME=value` words, the values in xtext. XCLIENT_README, XFORWARD_README. */
import { isIpv4, isIpv6, isHostname } from '#protocol/address/domain.ts'
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { reply } from '../reply.ts'
import { decodeXtext, encodeXtext } from '../xtext.ts'

/** Null: `[UNAVAILABLE]`, or of a name `[TEMPUNAVAIL]`. */
export type Attributes<V extends string> = {
  readonly verb: V
  readonly attributes: ReadonlyMap<string, string | null>
}

const unavailable = '[UNAVAILABLE]'
const longest = 255

export const attributes = <V extends 'XCLIENT' | 'XFORWARD'>(
  verb: V,
  rfc: string,
  names: readonly string[],
): Grammar<Attributes<V>> => ({
  verb,
  syntax: `${verb} attribute=value...`,
  rfc,

  parse(words, { ipv6 = 'yes' }) {
    if (words.length === 0) return refused(reply(501, '5.5.4', `Syntax: ${verb} attribute=value...`))
    const read = new Map<string, string | null>()
    for (const { text } of words) {
      const equals = text.indexOf('=')
      const coded = text.slice(equals + 1)
      if (equals < 0 || coded === '') {
        return refused(reply(501, '5.5.4', 'Error: attribute=value expected'))
      }
      if (coded.length > longest) return refused(reply(501, '5.5.4', 'Error: attribute value too long'))
      const name = text.slice(0, equals).toUpperCase()
      const value = decodeXtext(coded) ?? coded
      if (!names.includes(name)) return refused(reply(501, '5.5.4', `Bad ${verb} attribute name: ${name}`))
      if (!isGood(verb, name, value, ipv6)) {
        return refused(reply(501, '5.5.4', `Bad ${name} syntax: ${harmless(value)}`))
      }
      read.set(name, isMissing(name, value) ? null : harmless(value))
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

const isName = (attribute: string) => attribute === 'NAME' || attribute === 'REVERSE_NAME'

const isMissing = (attribute: string, value: string): boolean => {
  const said = value.toUpperCase()
  return said === unavailable || (isName(attribute) && said === '[TEMPUNAVAIL]')
}

function isGood(verb: string, attribute: string, value: string, ipv6: 'yes' | 'no'): boolean {
  // XCLIENT has to speak some protocol; a forwarded letter may have come by any.
  if (attribute === 'PROTO') return verb === 'XFORWARD' || /^E?SMTP$/i.test(value)
  if (isMissing(attribute, value)) return true
  if (isName(attribute)) return isHostname(value)
  if (attribute === 'ADDR' || attribute === 'DESTADDR') {
    return isIpv4(value) || (ipv6 === 'yes' && /^IPV6:/i.test(value) && isIpv6(value.slice(5)))
  }
  if (attribute === 'PORT' || attribute === 'DESTPORT') return /^\d{1,5}$/.test(value)
  if (attribute === 'SOURCE') return /^(?:LOCAL|REMOTE)$/i.test(value)
  return true
}

/** The values go into headers and logs. */
const harmless = (text: string): string => text.replace(/[^!-~]|[()<>\\";]/g, '?')
