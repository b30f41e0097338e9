/** What a command of POP3 is to the parser, the ladder and the editor. */
import type { Pop3Reply } from './reply.ts'

export type Parsed<C> =
  { readonly ok: true; readonly command: C } | { readonly ok: false; readonly reply: Pop3Reply }

export type Pop3Grammar<C extends { readonly verb: string }> = {
  readonly verb: C['verb']
  readonly syntax: string
  readonly rfc: string
  /** `args`: what follows the verb and its blanks. */
  parse(args: string): Parsed<C>
}

/** A command whose arguments nobody reads. */
export const bare = <V extends string>(verb: V, rfc: string): Pop3Grammar<{ readonly verb: V }> => ({
  verb,
  syntax: verb,
  rfc,
  parse: () => ({ ok: true, command: { verb } }),
})
