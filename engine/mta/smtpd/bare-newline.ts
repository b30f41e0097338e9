/**
 * LF without CR: some clients end their lines so, and others hide a second letter behind such an end.
 *
 * postconf(5): smtpd_forbid_bare_newline, smtpd_forbid_bare_newline_exclusions.
 */
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import { namaddr } from './client.ts'
import type { SmtpdSession } from './handler.ts'
import { hasClient } from './lists.ts'
import type { BareNewlines } from './message.ts'

export async function bareNewlines({ settings, postfix, now }: SmtpdSession): Promise<BareNewlines> {
  const mode = settings.forbidBareNewline
  if (mode === '' || mode === 'no') return 'allowed'
  if (await hasClient(postfix, settings.clients.bareNewlineExclusions, now.client)) return 'allowed'
  return mode === 'reject' ? 'reject' : 'normalize'
}

/** `where`: what the log calls the moment. */
export function refuseBareNewline(session: SmtpdSession, where: string): Reply {
  const { settings, now } = session
  const { client, helo, protocol, transaction } = now
  const [only, ...others] = transaction?.recipients ?? []
  const from = transaction === null ? '' : `from=<${transaction.sender}> `
  const to = only !== undefined && others.length === 0 ? `to=<${only.address}> ` : ''
  session.log(
    'info',
    `${transaction?.queueId ?? 'NOQUEUE'}: reject: ${where} from ${namaddr(client)}: bare <LF> received; ` +
      `${from}${to}proto=${protocol}${helo === null ? '' : ` helo=<${helo}>`}`,
  )
  return because(
    reply(550, '5.5.2', `${settings.myhostname} Error: bare <LF> received`, 'RFC 5321 §2.3.8'),
    'smtpd_forbid_bare_newline',
    settings.forbidBareNewline,
  )
}
