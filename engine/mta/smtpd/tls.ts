/** What is known of a TLS session once it stands, for the trace and for the Received header. RFC 8446; smtpd(8). */
import { createHash, X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { SmtpdTlsTerms } from './tls-terms.ts'

export type TlsFacts = {
  readonly version: string
  readonly cipher: string
  readonly bits: number
  /** ` key-exchange X25519 server-signature …`: TLS 1.3 negotiates these apart from the cipher; null before 1.3. */
  readonly exchange: string | null
  /** Null when the client was not asked for a certificate, or has none. */
  readonly certificate: ClientCertificate | null
}

export type ClientCertificate = {
  readonly subject: string
  readonly issuer: string
  readonly fingerprint: string
  readonly keyFingerprint: string
  readonly trusted: boolean
  /** How the client proved that the certificate is its own. */
  readonly signature: string
}

export function tlsFacts(socket: TLSSocket, terms: SmtpdTlsTerms): TlsFacts {
  const version = socket.getProtocol() ?? 'TLS'
  const { name } = socket.getCipher()
  return {
    version,
    cipher: name,
    bits: /(?:AES|ARIA|CAMELLIA)_?256|CHACHA20/.test(name) ? 256 : 128,
    exchange: version === 'TLSv1.3' ? keyExchange(socket, terms) : null,
    certificate: terms.certificates === 'not asked for' ? null : clientCertificate(socket, terms.digest),
  }
}

function keyExchange(socket: TLSSocket, { terms }: SmtpdTlsTerms): string {
  const certificate: { bits?: number; asn1Curve?: string } = socket.getCertificate() ?? {}
  const signature =
    certificate.asn1Curve !== undefined
      ? `ECDSA (${certificate.asn1Curve})`
      : `RSA-PSS (${certificate.bits ?? 2048} bits)`
  const group = clientOrder.find((curve) => terms.curves?.includes(curve)) ?? 'X25519'
  const exchange = group.startsWith('X') ? group : `ECDHE (${group})`
  return `key-exchange ${exchange} server-signature ${signature} server-digest SHA256`
}

/** Node does not say which group was agreed on; this is the order in which OpenSSL's clients offer them. */
const clientOrder = ['X25519', 'prime256v1', 'X448', 'secp521r1', 'secp384r1']

const nameIn = (name: string | readonly string[] | undefined): string =>
  (typeof name === 'string' ? name : name?.[0]) ?? ''

function clientCertificate(socket: TLSSocket, digest: string): ClientCertificate | null {
  const { raw, subject, issuer } = socket.getPeerCertificate()
  // Without a certificate Node gives an empty object.
  if ((raw as Buffer | undefined) === undefined) return null
  const { publicKey } = new X509Certificate(raw)
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const { namedCurve, modulusLength = 2048 } = publicKey.asymmetricKeyDetails ?? {}
  const fingerprint = (bytes: Buffer) =>
    createHash(digest)
      .update(bytes)
      .digest('hex')
      .toUpperCase()
      .replace(/..(?!$)/g, '$&:')
  return {
    subject: nameIn(subject.CN),
    issuer: nameIn(issuer.CN),
    fingerprint: fingerprint(raw),
    keyFingerprint: fingerprint(key),
    trusted: socket.authorized,
    signature: namedCurve === undefined ? `RSA-PSS (${modulusLength} bits)` : `ECDSA (${namedCurve})`,
  }
}
