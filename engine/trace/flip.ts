/**
 * A change that turns an answer around. The engine tells only those that it has tried: the same command, evaluated again
 * by the same server with the one thing changed.
 */
import type { TracedReply } from './events.ts'
import type { Words } from './words/words.ts'

/** What is changed: something of the client, lines sent before or instead, a setting of main.cf, a row of a table. */
export type Change =
  | { readonly on: 'client' }
  | { readonly on: 'command'; readonly lines: readonly string[] }
  | { readonly on: 'letter' }
  | { readonly on: 'main.cf'; readonly name: string; readonly value: string }
  /** `value` null: the row is taken out. */
  | { readonly on: 'table'; readonly table: string; readonly key: string; readonly value: string | null }

/** Which change it is, with the values that its sentence names. */
export type Flip =
  | {
      readonly kind:
        'authenticated' | 'encrypted' | 'here' | 'full-helo' | 'null-sender' | 'not-authenticated'
    }
  | { readonly kind: 'named'; readonly address: string }
  | { readonly kind: 'outside'; readonly address: string }
  | { readonly kind: 'sender-here' | 'recipient-here'; readonly domain: string }
  | { readonly kind: 'recipient-elsewhere' | 'recipient-unknown'; readonly recipient: string }
  /** `lines`: what is sent first; the last is the command itself. */
  | { readonly kind: 'before'; readonly lines: readonly string[] }
  | { readonly kind: 'instead'; readonly line: string }
  | { readonly kind: 'network'; readonly address: string }
  | { readonly kind: 'relayed' | 'delivered'; readonly domain: string }
  | { readonly kind: 'unlisted-accepted'; readonly recipient: string }
  | { readonly kind: 'begins-with'; readonly list: string; readonly item: string }
  | { readonly kind: 'without-item' | 'warns-only'; readonly list: string; readonly item: string }
  | { readonly kind: 'setting'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'without-row' | 'row-says'
      readonly table: string
      readonly key: string
      readonly value: string
    }
  | { readonly kind: 'without-line'; readonly line: string }
  | { readonly kind: 'row'; readonly table: string; readonly key: string; readonly value: string }

export type FoundFlip = {
  readonly flip: Flip
  readonly change: Change
  /** What the server would have answered. */
  readonly reply: TracedReply
}

/** `kept`: whether the engine still has that moment to try again. The smallest change comes first. */
export type FlipAnswer = { readonly kept: boolean; readonly flips: readonly FoundFlip[] }

/** The table has a sentence for each kind, and takes that kind. */
export const sayFlip = (flip: Flip, { flips }: Words): string =>
  (flips[flip.kind] as (flip: Flip) => string)(flip)
