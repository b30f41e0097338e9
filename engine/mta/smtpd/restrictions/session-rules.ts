/**
 * Rules about how a client speaks: pipelining before it may, no encryption, a bounce to many.
 *
 * RFC 2920 §3.1; postconf(5).
 */
import { dunno, refuse, refused, type Restriction } from './restriction.ts'

export const reject_unauth_pipelining: Restriction = {
  name: 'reject_unauth_pipelining',
  takes: 'nothing',
  async evaluate({ pipelining }, { replyName, replyClass }) {
    if (pipelining === 'proper') return dunno
    return refuse(503, '5.5.0', refused(replyName, replyClass, 'Improper use of SMTP command pipelining'))
  },
}

export const reject_plaintext_session: Restriction = {
  name: 'reject_plaintext_session',
  takes: 'nothing',
  async evaluate({ tls, settings }) {
    if (tls) return dunno
    return refuse(settings.number('plaintext_reject_code'), '4.7.1', 'Session encryption is required')
  },
}

export const reject_multi_recipient_bounce: Restriction = {
  name: 'reject_multi_recipient_bounce',
  takes: 'nothing',
  async evaluate({ sender, recipientCount, where, settings }, { replyName, replyClass }) {
    // Before DATA the recipient under way is not counted yet.
    const most = where === 'DATA' || where === 'END-OF-MESSAGE' ? 1 : 0
    if (sender !== '' || recipientCount <= most) return dunno
    const code = settings.number('multi_recipient_bounce_reject_code')
    return refuse(code, '5.5.3', refused(replyName, replyClass, 'Multi-recipient bounce'))
  },
}
