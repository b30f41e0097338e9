/**
 * BDAT carries a piece of the message of a stated size, so that no dot ends it. `LAST` says that it is the last.
 *
 * RFC 3030 §2.
 */
import { accepted, refused } from '../grammar.ts'
import type { Grammar } from '../grammar.ts'
import { reply } from '../reply.ts'

export type Bdat = { readonly verb: 'BDAT'; readonly size: number; readonly last: 'yes' | 'no' }

const rfc = 'RFC 3030 §2'

export const bdat: Grammar<Bdat> = {
  verb: 'BDAT',
  syntax: 'BDAT size [LAST]',
  rfc,

  parse([size, last, ...rest]) {
    const wellFormed = last === undefined || (last.text.toUpperCase() === 'LAST' && rest.length === 0)
    const bytes = Number(size?.text)
    // 521, which hangs up: the server cannot know where the next command begins.
    if (size === undefined || !wellFormed || !/^\d+$/.test(size.text) || bytes >= 2 ** 63) {
      return refused(reply(521, '5.5.4', 'Syntax: BDAT count [LAST]', rfc))
    }
    return accepted({ verb: 'BDAT', size: bytes, last: last === undefined ? 'no' : 'yes' })
  },

  format: ({ size, last }) => `BDAT ${size}${last === 'yes' ? ' LAST' : ''}`,
}
