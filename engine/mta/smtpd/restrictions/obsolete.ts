/**
 * Restrictions that will be removed from Postfix: the server says what to use instead, and still does what they say.
 */
import { matchDomain } from '#tables/matching.ts'
import { parentStyle } from '#mta/rewrite/world.ts'
import { blockByAddress } from './dns-list.ts'
import { isAuthorizedDestination } from './reject_unauth_destination.ts'
import { dunno, permit, refuse, refused, type Restriction } from './restriction.ts'

const obsolete = (name: string, instead: string, evaluate: Restriction['evaluate']): Restriction => ({
  name,
  takes: 'nothing',
  evaluate(facts, call) {
    call.warn(`support for restriction "${name}" will be removed from Postfix; use "${instead}" instead`)
    return evaluate(facts, call)
  },
})

const reject_maps_rbl = obsolete('reject_maps_rbl', 'reject_rbl_client domain-name', async (facts, call) => {
  for (const argument of facts.settings.list('maps_rbl_domains')) {
    const outcome = await blockByAddress(facts, { ...call, argument })
    if (outcome.kind !== 'dunno') return outcome
  }
  return dunno
})

/** Both ends are asked: a client of ours may send anywhere. */
const check_relay_domains = obsolete(
  'check_relay_domains',
  'reject_unauth_destination',
  async (facts, call) => {
    const { settings, client, recipient, world } = facts
    const style = parentStyle(settings, 'relay_domains')
    const ours = await matchDomain(settings.list('relay_domains'), client.name, style, world)
    if (ours.kind === 'yes') return permit
    if (recipient !== null && (await isAuthorizedDestination(facts, recipient))) return permit
    const text = refused(call.replyName, call.replyClass, 'Relay access denied')
    return refuse(settings.number('relay_domains_reject_code'), '5.7.1', text)
  },
)

export const obsoleteRestrictions: readonly Restriction[] = [reject_maps_rbl, check_relay_domains]
