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
  /** Whether XCLIENT and XFORWARD may name an IPv6 address: inet_protocols. */
  readonly ipv6?: 'yes' | 'no'
  /** XVERP, and the delimiters that stand for none given; null when this client may not use it. */
  readonly verp: { readonly defaults: string; readonly allowed: string } | null
}

export const defaultLimits: Limits = { strictEnvelopes: 'no', smtputf8: 'yes', dsn: 'yes', verp: null }

/** An address with a good form: whether mail could go there, only the server's own rules of routing tell. */
export type ReadAddress = {
  readonly internal: string
  /** As it came, for the log. */
  readonly typed: string
  /** The answer when it can be no address after all. */
  readonly bad: Reply
}

export type Parsed<C> =
  | { readonly ok: true; readonly command: C; readonly address?: ReadAddress }
  | {
      readonly ok: false
      readonly reply: Reply
      /** The words of an address that could not be read, for the log. */
      readonly illegalAddress?: string
      readonly address?: ReadAddress
    }

export interface Grammar<C extends { readonly verb: string }> {
  readonly verb: C['verb']
  /** Shown by 501 replies, by the editor and beside the line. */
  readonly syntax: string
  readonly rfc: string
  parse(words: readonly Word[], limits: Limits): Parsed<C>
  format(command: C): string
}

export const refused = (reply: Reply, illegalAddress?: string): Extract<Parsed<never>, { ok: false }> =>
  illegalAddress === undefined ? { ok: false, reply } : { ok: false, reply, illegalAddress }

export const accepted = <C>(command: C, address?: ReadAddress): Parsed<C> =>
  address === undefined ? { ok: true, command } : { ok: true, command, address }
