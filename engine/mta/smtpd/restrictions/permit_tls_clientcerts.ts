/**
 * Lets in clients that show a certificate we know, or one that our authorities signed.
 *
 * postconf(5): permit_tls_clientcerts, permit_tls_all_clientcerts, relay_clientcerts.
 */
import { search } from '#tables/search.ts'
import { dunno, lookupFailure, permit, type Restriction } from './restriction.ts'

export const permit_tls_clientcerts: Restriction = {
  name: 'permit_tls_clientcerts',
  takes: 'nothing',
  async evaluate({ tls, settings, tables }, { looked, replyName }) {
    const certificate = tls?.certificate
    if (!certificate) return dunno
    const maps = settings.list('relay_clientcerts').map((name) => tables.open(name))
    const { tried, result } = await search(maps, [
      { key: certificate.fingerprint, part: 'whole' },
      { key: certificate.keyFingerprint, part: 'whole' },
    ])
    looked(tried)
    if (result.kind === 'unavailable') return lookupFailure(replyName)
    return result.kind === 'found' ? permit : dunno
  },
}

export const permit_tls_all_clientcerts: Restriction = {
  name: 'permit_tls_all_clientcerts',
  takes: 'nothing',
  evaluate: async ({ tls }) => (tls?.certificate?.trusted ? permit : dunno),
}
