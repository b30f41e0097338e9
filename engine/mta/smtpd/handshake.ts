/** The TLS handshake, after STARTTLS or at once on port 465: with which certificate, and how it went. RFC 3207; smtpd(8). */
import type { Machine } from '#engine/machine.ts'
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

export async function shakeHands(
  machine: Machine,
  wire: SessionWire,
  { tls }: SmtpdSettings,
  client: string,
): Promise<Handshake> {
  let context
  try {
    context = await machine.secureContext({ certificate: tls.certificate, key: tls.key })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const text = `cannot get RSA private key from file "${tls.key}": ${reason}`
    return { kind: 'failed', level: 'warning', reason, text }
  }
  const result = await wire.startTls(context, tls.startTimeout)
  if (result.kind === 'established') return { kind: 'established', facts: tlsFacts(result.socket) }
  const { reason } = result
  return { kind: 'failed', level: 'info', reason, text: `SSL_accept error from ${client}: ${reason}` }
}
