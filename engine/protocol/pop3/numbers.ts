/**
 * Message numbers and line counts, read as Dovecot reads them: what follows a number is called noise.
 *
 * RFC 1939 §3; the words are Dovecot's.
 */
import { err, type Pop3Reply } from './reply.ts'

export type NumberReading =
  | { readonly ok: true; readonly number: number; readonly rest: string }
  | { readonly ok: false; readonly reply: Pop3Reply }

const largestNumber = 4_294_967_295
/** More digits than these do not fit a machine word either: then Dovecot repeats them. */
const largestWord = 18_446_744_073_709_551_615n

/** `then`: what must follow the number. */
export function readNumber(
  args: string,
  what: 'message number' | 'size',
  then: 'end' | 'space',
): NumberReading {
  const digits = /^\d+/.exec(args)?.[0]
  if (digits === undefined) return { ok: false, reply: err(`Invalid ${what}: ${args}`) }
  const rest = args.slice(digits.length)
  const number = Number(digits)
  const tooLong = digits.length > 20 || BigInt(digits) > largestWord
  if (tooLong || (what === 'message number' && number > largestNumber)) {
    const shown = tooLong ? args : rest
    return { ok: false, reply: err(`${what === 'size' ? 'Size' : 'Message number'} too large: ${shown}`) }
  }
  if (then === 'end' ? rest !== '' : !rest.startsWith(' ')) {
    return { ok: false, reply: err(`Noise after ${what}: ${rest}`) }
  }
  return { ok: true, number, rest: rest.replace(/^ +/, '') }
}
