/**
 * Restrictions that were removed from Postfix: the server says what to use instead, and goes on.
 */
import { dunno, type Restriction } from './restriction.ts'

const gone = (name: string, instead: string): Restriction => ({
  name,
  takes: 'nothing',
  async evaluate(_facts, { warn }) {
    warn(`support for restriction "${name}" will be removed from Postfix; use "${instead}" instead`)
    return dunno
  },
})

export const obsoleteRestrictions: readonly Restriction[] = [
  gone('reject_maps_rbl', 'reject_rbl_client domain-name'),
  gone('check_relay_domains', 'reject_unauth_destination'),
]
