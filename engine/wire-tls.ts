/**
 * Which certificate a Dovecot shows, and whether a client's connection counts as secure.
 *
 * Dovecot 2.3: ssl_cert, ssl_key, disable_plaintext_auth, login_trusted_networks.
 */
import type { SecureContext } from 'node:tls'
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { inNetwork } from '#config/network.ts'
import type { Machine } from './machine.ts'
import type { Wire } from './wire.ts'

/** Null when TLS is off, or no certificate can be read; `warn` says why. */
export async function dovecotTls(
  machine: Machine,
  settings: DovecotSettings,
  warn: (text: string) => void,
): Promise<SecureContext | null> {
  if (settings.text('ssl') === 'no') return null
  const certificate = fileOf(settings.text('ssl_cert'))
  const key = fileOf(settings.text('ssl_key'))
  if (certificate === null || key === null) return null
  try {
    return await machine.secureContext({ certificate, key })
  } catch (error) {
    warn(`ssl_cert: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

/** `</etc/ssl/certs/mail.pem`: the value is what the file holds. */
const fileOf = (value: string): string | null => (value.startsWith('<') ? value.slice(1).trim() : null)

/** With TLS, or from this very computer, or from a network that is trusted: then a password may be sent in clear. */
export const isSecured = (wire: Wire, settings: DovecotSettings): boolean =>
  wire.secure || wire.remote.address === wire.local.address || isTrusted(wire, settings)

/** login_trusted_networks: clients whose word is believed, such as a proxy. */
export const isTrusted = ({ peer }: Wire, settings: DovecotSettings): boolean =>
  settings.list('login_trusted_networks').some((network) => inNetwork(peer.address, network))

/** Whether a password in clear is refused on this connection. */
export const plaintextRefused = (settings: DovecotSettings, wire: Wire): boolean =>
  !isSecured(wire, settings) &&
  (settings.flag('disable_plaintext_auth') || settings.text('ssl') === 'required')
