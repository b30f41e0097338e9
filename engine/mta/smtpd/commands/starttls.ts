/** STARTTLS: may TLS begin on this connection? The handshake itself is the session's. RFC 3207 §4. */
import type { Bare } from '#protocol/smtp/commands/bare.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Handler } from '../handler.ts'
import { prepareTls } from '../handshake.ts'

export const starttls: Handler<Bare<'STARTTLS'>> = async (_command, session) => {
  const { tls } = session.settings
  if (session.now.tls !== null) return { reply: reply(554, '5.5.1', 'Error: TLS already active') }
  if (tls.level === 'none' || session.discards.has('starttls')) {
    const words = reply(502, '5.5.1', 'Error: command not implemented')
    return {
      reply:
        tls.level === 'none'
          ? because(words, 'smtpd_tls_security_level', 'none')
          : because(words, 'smtpd_discard_ehlo_keywords', 'starttls'),
    }
  }
  const local = reply(454, '4.7.0', 'TLS not available due to local problem')
  if (!hasCertificate(tls)) {
    return { reply: because(local, 'smtpd_tls_cert_file', tls.certificate), trouble: 'software' }
  }
  const prepared = await prepareTls(session.machine, session.settings)
  if ('problem' in prepared) {
    session.log('warning', prepared.problem)
    return { reply: local, trouble: 'software' }
  }
  const tooMany = session.limit('handshake')
  if (tooMany) return { reply: tooMany, trouble: 'policy' }
  return { reply: reply(220, '2.0.0', 'Ready to start TLS'), steps: [{ type: 'STARTTLS' }] }
}

const hasCertificate = (tls: { readonly certificate: string }): boolean =>
  tls.certificate !== '' && tls.certificate !== 'none'
