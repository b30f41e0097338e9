/**
 * A lookup table answers one key. It knows nothing of addresses or of the order in which keys are tried:
 * that is `search.ts`. "Absent" and "could not look" differ: they lead to 550 and to 451.
 *
 * DATABASE_README; the manual page of each type.
 */
export type LookupResult =
  /** `line`: of the source file, 1-based, where the type can know it. `key`: the row's own key or pattern. */
  | { readonly outcome: 'found'; readonly value: string; readonly key?: string; readonly line?: number }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unavailable'; readonly reason: string }

export interface Table {
  /** As main.cf writes it: `hash:/etc/postfix/access`. */
  readonly name: string
  /** 'whole': patterns and networks, tried with the whole key only; 'partial': search.ts may try parts of the key. */
  readonly keys: 'whole' | 'partial'
  lookup(key: string): Promise<LookupResult>
  /** All rows, for `postmap -s`; absent where the type cannot list them. */
  rows?(): Promise<readonly { key: string; value: string }[]>
}

/**
 * Whether a row of a pattern table may put what the sender wrote into its answer. Where mail goes, in whose name and into
 * which file must not depend on that.
 */
export type Substitution = 'allowed' | 'refused'

/** The tables of one host, opened by the words of main.cf and kept open until a reload. */
export interface Tables {
  /** Never throws: a table that cannot be opened answers 'unavailable' and says why. */
  open(name: string, substitution?: Substitution): Table
}
