/**
 * What `:regex` asks of a regular-expression engine: one that reads POSIX extended syntax and gives up when a pattern
 * takes too long. The engine is handed in, so that this folder needs none.
 *
 * draft-ietf-sieve-regex.
 */
export type RegexReading =
  | {
      readonly ok: true
      /** The groups; null: no match, or given up. */
      readonly match: (text: string) => readonly (string | undefined)[] | null
    }
  /** In glibc's words, in lower case. */
  | { readonly ok: false; readonly problem: string }

export type RegexCompiler = (pattern: string, letters: 'fold' | 'exact') => RegexReading
