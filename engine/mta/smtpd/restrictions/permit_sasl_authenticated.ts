/**
 * Lets in whoever has logged in with AUTH.
 *
 * RFC 4954; postconf(5): permit_sasl_authenticated.
 */
import { dunno, permit, type Restriction } from './restriction.ts'

export const permit_sasl_authenticated: Restriction = {
  name: 'permit_sasl_authenticated',
  takes: 'nothing',
  evaluate: async ({ sasl }) => (sasl ? permit : dunno),
}
