/** Commands that name one message: RETR and DELE. */
import type { Pop3Grammar } from '../grammar.ts'
import { readNumber } from '../numbers.ts'

export type OneMessage<V extends string> = { readonly verb: V; readonly message: number }

export const oneMessage = <V extends string>(verb: V, rfc: string): Pop3Grammar<OneMessage<V>> => ({
  verb,
  syntax: `${verb} message`,
  rfc,
  parse(args) {
    const read = readNumber(args, 'message number', 'end')
    return read.ok ? { ok: true, command: { verb, message: read.number } } : read
  },
})

export type MaybeMessage<V extends string> = { readonly verb: V; readonly message: number | null }

/** LIST and UIDL: one message, or all of them. */
export const maybeMessage = <V extends string>(verb: V, rfc: string): Pop3Grammar<MaybeMessage<V>> => ({
  verb,
  syntax: `${verb} [message]`,
  rfc,
  parse(args) {
    if (args === '') return { ok: true, command: { verb, message: null } }
    const read = readNumber(args, 'message number', 'end')
    return read.ok ? { ok: true, command: { verb, message: read.number } } : read
  },
})
