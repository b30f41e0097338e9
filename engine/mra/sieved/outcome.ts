/** What a command comes to; the session alone writes, steps the chart and states facts. */
import type { SaslExchange } from '#protocol/sasl/mechanism.ts'
import type { ManageSieveReply } from '#protocol/sieve/managesieve/reply.ts'
import { no, ok } from '#protocol/sieve/managesieve/reply.ts'
import { writeString, type Word } from '#protocol/sieve/managesieve/arguments.ts'

export type Outcome =
  | {
      readonly kind: 'reply'
      readonly reply: ManageSieveReply
      readonly close?: string
      /** What the client still sends of the command is passed over, once it has its answer. */
      readonly after?: () => Promise<'passed over' | 'gone'>
      /** It would have been an attempt to log in. */
      readonly refused?: 'plaintext' | 'mechanism' | 'tls' | 'base64'
      readonly mechanism?: string
      /** What the log says was tried, when it did not succeed: "delete script `a'". */
      readonly tried?: string
    }
  /** It cannot be understood; so many of them, and the server hangs up. */
  | {
      readonly kind: 'bad'
      readonly problem: string
      readonly after?: () => Promise<'passed over' | 'gone'>
    }
  | { readonly kind: 'tls' }
  | {
      readonly kind: 'exchange'
      readonly mechanism: string
      readonly exchange: SaslExchange
      readonly response: Uint8Array | null
    }
  /** The client went away in the middle of it. */
  | { readonly kind: 'gone' }

export const say = (reply: ManageSieveReply): Outcome => ({ kind: 'reply', reply })
/** A refusal that is logged, too. */
export const failed = (tried: string, reply: ManageSieveReply): Outcome => ({ kind: 'reply', reply, tried })
export const bad = (problem: string): Outcome => ({ kind: 'bad', problem })

export const loggedOut: Outcome = { kind: 'reply', reply: ok('Logout completed.'), close: 'Logged out' }

/** NOOP, with a word that is said back. RFC 5804 §2.13. */
export function noop(word: Word | undefined): Outcome {
  if (word === undefined) return say(ok('NOOP Completed'))
  return say(word.kind === 'string' ? ok('Done', `TAG ${writeString(word.text)}`) : no('Invalid echo tag.'))
}
