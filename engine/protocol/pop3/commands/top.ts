/**
 * TOP sends the header of a message and the first lines of its body.
 *
 * RFC 1939 §7.
 */
import type { Pop3Grammar } from '../grammar.ts'
import { readNumber } from '../numbers.ts'

export type Top = { readonly verb: 'TOP'; readonly message: number; readonly lines: number }

export const top: Pop3Grammar<Top> = {
  verb: 'TOP',
  syntax: 'TOP message lines',
  rfc: 'RFC 1939 §7',
  parse(args) {
    const message = readNumber(args, 'message number', 'space')
    if (!message.ok) return message
    const lines = readNumber(message.rest, 'size', 'end')
    if (!lines.ok) return lines
    return { ok: true, command: { verb: 'TOP', message: message.number, lines: lines.number } }
  },
}
