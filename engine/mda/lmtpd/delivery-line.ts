/**
 * How the log tells of a delivery: deliver_log_format, `msgid=%m: %$` by default.
 *
 * Dovecot 2.3, deliver_log_format.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { expandVariables } from '#config/dovecot-variables.ts'
import { toCrlf } from '#protocol/bytes/lines.ts'
import { findField, headerValue, readFields } from '#protocol/message/header.ts'

export type ToldLetter = {
  readonly settings: DovecotSettings
  readonly sender: string
  readonly content: Uint8Array
  readonly recipient: { readonly address: string }
}

export function deliveryLine(text: string, letter: ToldLetter): string {
  const { settings, content, sender, recipient } = letter
  const header =
    Buffer.from(content)
      .toString('latin1')
      .split(/\n\r?\n/, 1)[0] ?? ''
  const fields = readFields(`${header}\n`)
  const value = (name: string): string | null => {
    const field = findField(fields, name)
    return field === undefined
      ? null
      : headerValue(field)
          .replace(/\r?\n\s*/g, ' ')
          .trim()
  }
  const from = value('from') ?? ''
  return expandVariables(settings.text('deliver_log_format'), {
    $: text,
    m: shortened(/<[^<>]+>/.exec(value('message-id') ?? '')?.[0] ?? 'unspecified'),
    s: shortened(value('subject') ?? ''),
    f: /<([^>]*)>/.exec(from)?.[1] ?? from,
    e: sender,
    from_envelope: sender,
    to_envelope: recipient.address,
    p: String(content.length),
    w: String(toCrlf(content).length),
    size: String(content.length),
    vsize: String(toCrlf(content).length),
    session_time: '0',
    delivery_time: '0',
    storage_id: '',
  })
}

const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 197)}...` : text)
