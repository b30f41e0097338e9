/**
 * Flags of messages, as clients write them and as servers order them.
 *
 * RFC 3501 §2.3.2.
 */
import type { Argument } from './tokens.ts'

/** In the order in which Dovecot shows them. */
export const systemFlags = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'] as const

export type FlagsRead =
  | { readonly ok: true; readonly flags: readonly string[] }
  | { readonly ok: false; readonly message: string }
  /** Grammar has nothing against it, the mailbox does. */
  | { readonly ok: false; readonly cannot: string }

const longestKeyword = 255

export const isKeyword = (text: string): boolean =>
  /^[^\x00-\x20(){%*"\\\]\x7f-\xff]+$/.test(text) && text.length <= longestKeyword

export function readFlags(args: readonly Argument[]): FlagsRead {
  const flags: string[] = []
  for (const arg of args) {
    if (arg.kind !== 'atom') return { ok: false, message: 'Flags list contains non-atoms' }
    const { text } = arg
    if (text.startsWith('\\')) {
      const system = systemFlags.find((flag) => flag.toLowerCase() === text.toLowerCase())
      if (system === undefined) return { ok: false, message: `Invalid system flag ${text.toUpperCase()}` }
      flags.push(system)
    } else if (/[(){%*"\\\]]/.test(text)) {
      return { ok: false, cannot: 'Invalid characters in keyword' }
    } else {
      flags.push(text)
    }
  }
  return { ok: true, flags }
}
