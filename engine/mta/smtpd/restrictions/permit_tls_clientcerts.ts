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
  explain: {
    en: 'Permits a client whose certificate or public key is listed in $relay_clientcerts.',
    zh: '客户端证书或公钥的指纹在 $relay_clientcerts 之内则放行。',
  },
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
  explain: {
    en: 'Permits a client whose certificate an authority that we trust has signed.',
    zh: '客户端证书由受信任的机构签发则放行。',
  },
  evaluate: async ({ tls }) => (tls?.certificate?.trusted ? permit : dunno),
}
