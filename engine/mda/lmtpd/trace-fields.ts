/**
 * The fields that the last server on the way puts above a letter: Return-Path, Delivered-To, Received.
 *
 * RFC 5321 §4.4; in the words of Dovecot's LMTP server.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'

export type TraceParts = {
  readonly settings: DovecotSettings
  /** '' for the null reverse-path. */
  readonly sender: string
  /** The only recipient of the transaction; null when there are several, who must not learn of each other. */
  readonly recipient: { readonly address: string; readonly original: string | null } | null
  readonly helo: string
  readonly client: string
  readonly hostname: string
  readonly id: string
  readonly tls: string | null
  readonly now: number
}

/** LF line ends. */
export function traceFields(parts: TraceParts): string {
  const { settings, sender, recipient } = parts
  const delivered = deliveredTo(settings.text('lmtp_hdr_delivery_address'), recipient)
  const received = settings.flag('lmtp_add_received_header')
    ? receivedField(
        parts,
        settings.text('lmtp_hdr_delivery_address') === 'none'
          ? null
          : (delivered ?? recipient?.address ?? null),
      )
    : ''
  return `Return-Path: <${sender}>\n${delivered === null ? '' : `Delivered-To: ${delivered}\n`}${received}`
}

function deliveredTo(which: string, recipient: TraceParts['recipient']): string | null {
  if (which === 'none' || recipient === null) return null
  return which === 'original' ? recipient.original : recipient.address
}

function receivedField(
  { sender, helo, client, hostname, id, tls, now }: TraceParts,
  delivered: string | null,
): string {
  const address = client.includes(':') ? `IPv6:${client}` : client
  const lines = [
    `Received: from ${helo} ([${address}])`,
    ...(tls === null ? [] : [`(using ${tls})`]),
    `by ${hostname} with LMTP${tls === null ? '' : 'S'}`,
    `id ${id}`,
    `(envelope-from <${sender}>)${delivered === null ? `; ${date(now)}` : ''}`,
    ...(delivered === null ? [] : [`for <${delivered}>; ${date(now)}`]),
  ]
  return `${lines.join('\n\t')}\n`
}

/** `Tue, 24 Nov 2026 08:34:11 +0000`: the day has two digits always. */
const date = (milliseconds: number): string => new Date(milliseconds).toUTCString().replace(/GMT$/, '+0000')
