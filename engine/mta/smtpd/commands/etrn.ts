/** ETRN: mail waits for this site; try it now. Only for the domains of fast_flush_domains. ETRN_README. */
import type { Etrn } from '#protocol/smtp/commands/etrn.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Handler } from '../handler.ts'
import { namaddr } from '../client.ts'
import { hasWord, isReadable } from '../lists.ts'

export const etrn: Handler<Etrn> = async ({ site }, session) => {
  const { refusal } = await session.ask({ stage: 'etrn', domain: site })
  if (refusal) return { reply: refusal }
  if (!(await isReadable(session, session.settings.fastFlushDomains))) {
    return { reply: reply(458, null, 'Unable to queue messages', 'RFC 1985 §5.2') }
  }
  if (!(await hasWord(session.postfix, session.settings.fastFlushDomains, site, 'plain'))) {
    session.log('warning', `reject: ETRN ${site}... from ${namaddr(session.now.client)}`)
    const words = reply(459, null, `<${site}>: service unavailable`)
    return {
      reply: because(words, 'fast_flush_domains', session.settings.fastFlushDomains.join(' ')),
      trouble: 'none',
    }
  }
  await session.flush(site)
  return { reply: reply(250, null, 'Queuing started', 'RFC 1985 §5.1'), steps: [{ type: 'ETRN' }] }
}
