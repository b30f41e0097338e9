/**
 * What a verb's file says: how its line is read, how it is written, and what a wrong one is answered.
 * Syntax that costs no knowledge of the server is refused here; everything else in the server's handler.
 */
import type { Reply } from './reply.ts'
import type { Word } from './words.ts'

/** What a server's settings change in the syntax: passed as values, so that the grammar never asks a session. */
export type Limits = {
  /** strict_rfc821_envelopes. */
  readonly strictEnvelopes: 'yes' | 'no'
  /** Extensions that are off: their parameters are refused. */
  readonly smtputf8: 'yes' | 'no'
  /** allow_min_user: whether an address may begin with `-`. */
  readonly leadingDash?: 'allowed' | 'refused'
  readonly dsn: 'yes' | 'no'
  /** XVERP, and the delimiters that stand for none given; null when this client may not use it. */
  readonly verp: { readonly defaults: string; readonly allowed: string } | null
}

export const defaultLimits: Limits = { strictEnvelopes: 'no', smtputf8: 'yes', dsn: 'yes', verp: null }

export type Parsed<C> =
  | { readonly ok: true; readonly command: C }
  /** `illegalAddress`: the words of an address that could not be read, for the log. */
  | { readonly ok: false; readonly reply: Reply; readonly illegalAddress?: string }

export interface Grammar<C extends { readonly verb: string }> {
  readonly verb: C['verb']
  /** Shown by 501 replies, by the editor and beside the line. */
  readonly syntax: string
  readonly rfc: string
  parse(words: readonly Word[], limits: Limits): Parsed<C>
  format(command: C): string
}

export const refused = (reply: Reply, illegalAddress?: string): Parsed<never> =>
  illegalAddress === undefined ? { ok: false, reply } : { ok: false, reply, illegalAddress }

export const accepted = <C>(command: C): Parsed<C> => ({ ok: true, command })
