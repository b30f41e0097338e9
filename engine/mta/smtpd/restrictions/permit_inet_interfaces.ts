/**
 * Lets in this host itself.
 *
 * postconf(5): permit_inet_interfaces.
 */
import { isOwnAddress } from '#mta/rewrite/own-domain.ts'
import { dunno, permit, type Restriction } from './restriction.ts'

export const permit_inet_interfaces: Restriction = {
  name: 'permit_inet_interfaces',
  takes: 'nothing',
  evaluate: async ({ client, postfix }) =>
    isOwnAddress(client.socket ?? client.address, postfix) ? permit : dunno,
}
