/**
 * What a type of table is: how `type:name` of main.cf becomes a table. One file a type in `types/`.
 *
 * DATABASE_README.
 */
import type { Substitution, Table } from './table.ts'

export type OpenInput = {
  /** As main.cf writes it: `hash:/etc/postfix/access`. */
  readonly name: string
  /** What follows the type: a path, or `{ … }`. */
  readonly argument: string
  /** The content of the file that the type reads; '' for a type that reads none. */
  readonly text: string
  /** Whether keys are folded to lower case, as all of Postfix does except `postmap -f`. */
  readonly fold: 'lower' | 'keep'
  /** Of two rows with one key: a tool warns and keeps the first, a daemon does not trust the table. */
  readonly duplicates: 'warn' | 'refuse'
  readonly substitution: Substitution
  /** Opens a table that is part of this one: `unionmap:{…}`. */
  readonly open: (name: string) => Table
  /** An integer in [0, limit), for `randmap:`. */
  readonly choose: (limit: number) => number
  readonly environment: (name: string) => string | undefined
  /** Says what goes wrong during a lookup. */
  readonly warn: (text: string) => void
}

export type OpenOutcome =
  | { readonly kind: 'open'; readonly table: Table; readonly warnings: readonly string[] }
  /** Postfix gives up with these words. */
  | { readonly kind: 'bad'; readonly reason: string; readonly warnings: readonly string[] }

export type TableType = {
  readonly type: string
  /** 'compiled': the `.db` that postmap made; 'source': the text file itself; 'none': nothing on disk. */
  readonly reads: 'compiled' | 'source' | 'none'
  readonly open: (input: OpenInput) => OpenOutcome
}

export const opened = (table: Table, warnings: readonly string[] = []): OpenOutcome => ({
  kind: 'open',
  table,
  warnings,
})

export const bad = (reason: string, warnings: readonly string[] = []): OpenOutcome => ({
  kind: 'bad',
  reason,
  warnings,
})

/** `hash:/etc/x` is type hash; a name without a type has the default type. */
export function splitName(name: string, defaultType: string): { type: string; argument: string } {
  const colon = name.indexOf(':')
  return colon < 0
    ? { type: defaultType, argument: name }
    : { type: name.slice(0, colon), argument: name.slice(colon + 1) }
}

export const foldKey = (key: string, fold: 'lower' | 'keep'): string =>
  fold === 'lower' ? key.toLowerCase() : key
