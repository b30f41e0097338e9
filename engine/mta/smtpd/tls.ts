/** What is known of a TLS session once it stands, for the trace and for the Received header. RFC 8446; smtpd(8). */
import type { TLSSocket } from 'node:tls'

export type TlsFacts = {
  readonly version: string
  readonly cipher: string
  readonly bits: number
  /** ` key-exchange X25519 server-signature …`: TLS 1.3 negotiates these apart from the cipher; null before 1.3. */
  readonly exchange: string | null
}

export function tlsFacts(socket: TLSSocket): TlsFacts {
  const version = socket.getProtocol() ?? 'TLS'
  const { name } = socket.getCipher()
  return {
    version,
    cipher: name,
    bits: /256|CHACHA20/.test(name) ? 256 : 128,
    exchange: version === 'TLSv1.3' ? keyExchange(socket) : null,
  }
}

function keyExchange(socket: TLSSocket): string {
  const certificate: { bits?: number; asn1Curve?: string } = socket.getCertificate() ?? {}
  const signature =
    certificate.asn1Curve !== undefined
      ? `ECDSA (${certificate.asn1Curve})`
      : `RSA-PSS (${certificate.bits ?? 2048} bits)`
  // Node does not say which group was agreed on; X25519 is the first choice of OpenSSL at both ends.
  return `key-exchange X25519 server-signature ${signature} server-digest SHA256`
}
