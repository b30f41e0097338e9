/** The groups of a Perl-compatible pattern: how many there are, which have names, and which one a reference means. pcre2pattern(3). */
import { PatternError } from './tree.ts'

/** A group by its number, by its name, or by how many groups away it is. */
export type Reference =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'relative'; readonly by: number }

export const readReference = (text: string): Reference =>
  /^[+-]/.test(text)
    ? { kind: 'relative', by: Number(text) }
    : /^\d/.test(text)
      ? { kind: 'number', number: Number(text) }
      : { kind: 'name', name: text }

const missing = (at: number) => new PatternError('reference to non-existent subpattern', at)

export class Groups {
  count = 0
  readonly #names = new Map<string, number>()
  readonly #references: (() => number)[] = []

  name(name: string, group: number, again: 'allowed' | 'refused', at: number): void {
    const known = this.#names.get(name)
    if (known !== undefined && known !== group && again === 'refused') {
      throw new PatternError('two named subpatterns have the same name (PCRE2_DUPNAMES not set)', at)
    }
    this.#names.set(name, known ?? group)
  }

  /** A group may be called before it is written, so its number is known when the whole has been read. */
  find(reference: Reference, at: number): () => number {
    const before = this.count
    const number = (): number | undefined => {
      if (reference.kind === 'name') return this.#names.get(reference.name)
      if (reference.kind === 'number') return reference.number
      return reference.by < 0 ? before + 1 + reference.by : before + reference.by
    }
    if (reference.kind === 'relative' && (number() ?? 0) < 1) throw missing(at)
    const checked = () => {
      const found = number()
      if (found === undefined || found > this.count) throw missing(at)
      return found
    }
    this.#references.push(checked)
    return checked
  }

  /** Throws when a group that something refers to is nowhere. */
  check(): void {
    for (const reference of this.#references) reference()
  }
}
