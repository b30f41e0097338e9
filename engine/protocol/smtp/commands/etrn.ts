/**
 * ETRN asks the server to try the mail that waits for a domain now: the client is that domain, on line again.
 *
 * RFC 1985 §4.
 */
import { isAddressLiteral, isHostname } from '#protocol/address/domain.ts'
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { reply } from '../reply.ts'

export type Etrn = { readonly verb: 'ETRN'; readonly site: string }

const rfc = 'RFC 1985 §4'

export const etrn: Grammar<Etrn> = {
  verb: 'ETRN',
  syntax: 'ETRN domain',
  rfc,

  parse([domain, ...rest]) {
    if (domain === undefined || rest.length > 0) return refused(reply(500, null, 'Syntax: ETRN domain', rfc))
    const site = domain.text.replace(/^[@#]/, '')
    if (!isHostname(site) && !isAddressLiteral(site)) {
      return refused(reply(501, null, 'Error: invalid parameter syntax', rfc))
    }
    return accepted({ verb: 'ETRN', site })
  },

  format: ({ site }) => `ETRN ${site}`,
}
