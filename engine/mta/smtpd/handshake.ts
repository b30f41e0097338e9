/** The TLS handshake, after STARTTLS or at once on port 465: with which certificate, and how it went. RFC 3207; smtpd(8). */
import type { SecureContext } from 'node:tls'
import type { Machine } from '#engine/machine.ts'
import { reply } from '#protocol/smtp/reply.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { SmtpdSettings } from './settings.ts'
import { tlsFacts } from './tls.ts'
import type { TlsFacts } from './tls.ts'
import type { SessionWire } from './wire.ts'

export type Handshake =
  | { readonly kind: 'established'; readonly facts: TlsFacts }
  /** `level` and `text`: what the log says of it. */
  | {
      readonly kind: 'failed'
      readonly level: 'info' | 'warning'
      readonly reason: string
      readonly text: string
    }

/** smtpd_tls_req_ccert: without a certificate that our authorities signed nobody goes on. */
export function refusedCertificate(
  { certificate }: TlsFacts,
  { tls, myhostname }: SmtpdSettings,
): Reply | null {
  if (tls.agreement.kind !== 'ready' || tls.agreement.certificates !== 'required') return null
  if (certificate?.trusted) return null
  const what = certificate === null ? 'No client certificate presented' : 'Client certificate not trusted'
  return reply(421, '4.7.1', `${myhostname} Error: ${what}`)
}

/** Certificate, key and authorities, ready for a handshake; or what the log says when there can be no TLS. */
export async function prepareTls(
  machine: Machine,
  { tls }: SmtpdSettings,
): Promise<{ readonly context: SecureContext } | { readonly problem: string }> {
  const { agreement, certificate, key } = tls
  if (agreement.kind === 'disabled') return { problem: agreement.why }
  const { terms, authorities } = agreement.kind === 'ready' ? agreement : { terms: {}, authorities: null }
  const more = authorities === null ? {} : { authorities }
  try {
    return { context: await machine.secureContext({ certificate, key, terms, ...more }) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { problem: `cannot get RSA private key from file "${key}": ${reason}: disabling TLS support` }
  }
}

export async function shakeHands(
  machine: Machine,
  wire: SessionWire,
  settings: SmtpdSettings,
  client: string,
): Promise<Handshake> {
  const { agreement, startTimeout } = settings.tls
  const failed = (reason: string) => ({ kind: 'failed', level: 'warning', reason, text: reason }) as const
  const prepared = await prepareTls(machine, settings)
  if ('problem' in prepared) return failed(prepared.problem)
  if (agreement.kind !== 'ready') return failed(`${client}: ${agreement.why}`)
  const ask = agreement.certificates === 'not asked for' ? 'no' : 'yes'
  const result = await wire.startTls(prepared.context, startTimeout, ask)
  if (result.kind === 'established') return { kind: 'established', facts: tlsFacts(result.socket, agreement) }
  const { reason } = result
  return { kind: 'failed', level: 'info', reason, text: `SSL_accept error from ${client}: ${reason}` }
}
