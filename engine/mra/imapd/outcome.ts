/**
 * What a handler makes of a command: pieces of untagged responses as they become ready, at the end the tagged one. A
 * handler that needs more of the client's bytes says so and is given them; the session alone reads and writes.
 */
import type { By } from '#protocol/imap/grammar.ts'
import type { Account } from './account.ts'

export type Tagged = {
  readonly status: 'OK' | 'NO' | 'BAD'
  readonly code?: string
  readonly text: string
}

export type Chunk = string | Uint8Array

/** `{size}`, after `+ OK` when the client waits for it; the rest of the command line; or what becomes of a line that went wrong. */
export type Ask =
  | { readonly ask: 'literal'; readonly size: number; readonly waits: 'for-continuation' | 'for-nothing' }
  | { readonly ask: 'line' }
  /** The next line, and those that follow it when each ends as if a literal came: nobody wants them. */
  | { readonly ask: 'to-skip-lines' }
  /** The same, but once they come: the command has its answer before. */
  | { readonly ask: 'to-overlook-line' }
  /** What is left of the line is no part of this command: it is the next. */
  | { readonly ask: 'to-put-back'; readonly text: string }

export type Answer = Uint8Array | string | undefined

export type Outcome = Promise<Tagged> | AsyncGenerator<Chunk | Ask, Tagged, Answer>

/** How the command came: its tag, whether UID stood before it, its first line with its literals. */
export type Came = { readonly tag: string; readonly by: By; readonly line: string }

/**
 * What the client may be told before the tagged response: everything, all but expunges (RFC 3501 §7.4.1), that only
 * unless UID stood before it, or nothing.
 */
export type Updates = 'all' | 'no-expunges' | 'by-uid' | 'none'

export type ImapHandler<C> = {
  readonly updates: Updates
  run(command: C, account: Account, came: Came): Outcome
}

export const ok = (text: string, code?: string): Tagged => ({ status: 'OK', text, ...codeOf(code) })
export const no = (text: string, code?: string): Tagged => ({ status: 'NO', text, ...codeOf(code) })

const codeOf = (code: string | undefined) => (code === undefined ? {} : { code })
