/**
 * The rule against open relays: mail for others only from those who may.
 *
 * SMTPD_ACCESS_README; postconf(5): reject_unauth_destination, defer_unauth_destination, permit_auth_destination.
 */
import type { Facts } from './facts.ts'
import { dunno, permit, refuse, type Outcome, type Restriction } from './restriction.ts'

/** Whether we deliver for the recipient's domain ourselves, or relay for it, and nothing hides in the local part. */
export async function isAuthorizedDestination(facts: Facts, recipient: string): Promise<boolean> {
  const { addressClass, flags } = await facts.resolve(recipient)
  if (flags.routed && !facts.settings.flag('allow_untrusted_routing')) return false
  return addressClass !== 'default'
}

async function refuseRelaying(facts: Facts, code: number, status: string): Promise<Outcome> {
  const { recipient } = facts
  if (recipient === null || (await isAuthorizedDestination(facts, recipient))) return dunno
  return refuse(code, status, `<${recipient}>: Relay access denied`)
}

export const reject_unauth_destination: Restriction = {
  name: 'reject_unauth_destination',
  takes: 'nothing',
  evaluate: (facts) => refuseRelaying(facts, facts.settings.number('relay_domains_reject_code'), '5.7.1'),
}

export const defer_unauth_destination: Restriction = {
  name: 'defer_unauth_destination',
  takes: 'nothing',
  evaluate: (facts) =>
    refuseRelaying(facts, facts.settings.number('relay_domains_reject_code') - 100, '4.7.1'),
}

export const permit_auth_destination: Restriction = {
  name: 'permit_auth_destination',
  takes: 'nothing',
  evaluate: async (facts) =>
    facts.recipient !== null && (await isAuthorizedDestination(facts, facts.recipient)) ? permit : dunno,
}
