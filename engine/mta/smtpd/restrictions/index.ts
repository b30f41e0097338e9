/** The restrictions that a list may name. SMTPD_ACCESS_README; postconf(5). */
import * as address from './address-domain.ts'
import * as access from './check_access.ts'
import { check_policy_service } from './check_policy_service.ts'
import { serverAccessRestrictions } from './check_server_access.ts'
import { dnsListRestrictions } from './dns-list.ts'
import * as generic from './generic.ts'
import * as helo from './helo.ts'
import { obsoleteRestrictions } from './obsolete.ts'
import { permit_inet_interfaces } from './permit_inet_interfaces.ts'
import { permit_mx_backup } from './permit_mx_backup.ts'
import { permit_mynetworks } from './permit_mynetworks.ts'
import { permit_sasl_authenticated } from './permit_sasl_authenticated.ts'
import { permit_tls_all_clientcerts, permit_tls_clientcerts } from './permit_tls_clientcerts.ts'
import * as unauth from './reject_unauth_destination.ts'
import * as client from './reject_unknown_client_hostname.ts'
import { reject_unlisted_recipient, reject_unlisted_sender } from './reject_unlisted.ts'
import { reject_unverified_recipient, reject_unverified_sender } from './reject_unverified.ts'
import type { Restriction } from './restriction.ts'
import * as login from './sender_login.ts'
import * as session from './session-rules.ts'
import { named } from '#protocol/named.ts'

const all: readonly Restriction[] = [
  generic.permit,
  generic.reject,
  generic.defer,
  generic.defer_if_permit,
  generic.defer_if_reject,
  generic.sleep,
  check_policy_service,

  permit_mynetworks,
  permit_inet_interfaces,
  permit_sasl_authenticated,
  permit_tls_clientcerts,
  permit_tls_all_clientcerts,
  access.check_client_access,
  access.check_reverse_client_hostname_access,
  access.check_ccert_access,
  access.check_sasl_access,
  client.reject_unknown_client_hostname,
  client.reject_unknown_reverse_client_hostname,
  session.reject_unauth_pipelining,
  session.reject_plaintext_session,

  access.check_helo_access,
  helo.reject_invalid_helo_hostname,
  helo.reject_non_fqdn_helo_hostname,
  helo.reject_unknown_helo_hostname,
  helo.permit_naked_ip_address,

  access.check_sender_access,
  address.reject_non_fqdn_sender,
  address.reject_unknown_sender_domain,
  reject_unlisted_sender,
  reject_unverified_sender,
  login.reject_sender_login_mismatch,
  login.reject_authenticated_sender_login_mismatch,
  login.reject_known_sender_login_mismatch,
  login.reject_unauthenticated_sender_login_mismatch,

  access.check_recipient_access,
  unauth.reject_unauth_destination,
  unauth.defer_unauth_destination,
  unauth.permit_auth_destination,
  permit_mx_backup,
  address.reject_non_fqdn_recipient,
  address.reject_unknown_recipient_domain,
  reject_unlisted_recipient,
  reject_unverified_recipient,
  session.reject_multi_recipient_bounce,

  access.check_etrn_access,

  ...serverAccessRestrictions,
  ...dnsListRestrictions,
  ...obsoleteRestrictions,
]

/** Older names that Postfix still understands. */
const aliases: Readonly<Record<string, string>> = named({
  reject_unknown_client: 'reject_unknown_client_hostname',
  reject_invalid_hostname: 'reject_invalid_helo_hostname',
  reject_unknown_hostname: 'reject_unknown_helo_hostname',
  reject_non_fqdn_hostname: 'reject_non_fqdn_helo_hostname',
  reject_unknown_address: 'reject_unknown_sender_domain',
  reject_rbl: 'reject_rbl_client',
  check_recipient_maps: 'reject_unlisted_recipient',
})

export const restrictions: ReadonlyMap<string, Restriction> = new Map(all.map((item) => [item.name, item]))

/** Names are read without regard to case, as Postfix does. */
export function findRestriction(name: string): Restriction | null {
  const lower = name.toLowerCase()
  return restrictions.get(aliases[lower] ?? lower) ?? null
}
