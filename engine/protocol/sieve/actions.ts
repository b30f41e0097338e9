/**
 * What a script has decided to do with a letter, as values: nothing is done before the script has ended well.
 *
 * RFC 5228 §2.10, §4; conflicts: §2.10.4.
 */
import type { HeaderLine } from '../message/header-lines.ts'
import type { Position } from './problem.ts'

export type Place = Position & { readonly script: string }

/** `header`: that of the letter at this moment, when the script has edited it. */
export type Action = { readonly at: Place; readonly header?: readonly HeaderLine[] } & (
  | {
      readonly kind: 'store'
      readonly by: 'keep' | 'fileinto'
      /** Null: the folder where the letter would be kept anyway. */
      readonly folder: string | null
      readonly flags: readonly string[]
      /** `:copy`: the implicit keep stays in force. */
      readonly copy: boolean
      readonly create: boolean
      /** `:specialuse "\\Junk"`. */
      readonly specialUse: string | null
    }
  | { readonly kind: 'redirect'; readonly address: string; readonly copy: boolean }
  | { readonly kind: 'discard' }
  | { readonly kind: 'reject'; readonly reason: string; readonly by: 'reject' | 'ereject' }
  | {
      readonly kind: 'vacation'
      readonly reason: string
      readonly subject: string | null
      readonly from: string | null
      readonly seconds: number
      readonly addresses: readonly string[]
      readonly handle: string
      readonly mime: boolean
    }
  | {
      readonly kind: 'notify'
      readonly uri: string
      readonly from: string | null
      readonly importance: '1' | '2' | '3'
      readonly message: string | null
      readonly options: readonly string[]
    }
  | {
      readonly kind: 'track'
      readonly handle: string
      readonly id: string
      readonly seconds: number
      readonly last: boolean
    }
)

export type ActionKind = Action['kind']

export const mostActions = 32
export const mostRedirects = 4
