/** Chance, from the lab's seed: two labs with one seed choose the same. Keys and salts use the computer's own. */
export interface Random {
  /** A number in [0, 1). */
  number(): number
  /** An integer in [0, limit). */
  integer(limit: number): number
  bytes(count: number): Uint8Array
}
