/** The sentences that explain: one table a language. A phrase that is missing in one does not compile. */
import type { Cause } from '../cause.ts'
import type { Flip } from '../flip.ts'
import type { imap } from './imap.en.ts'
import type { meanings } from './meanings.en.ts'
import type { restrictions } from './restrictions.en.ts'

export type LanguageName = 'en' | 'zh'

type Widened<T> = T extends string ? string : { readonly [K in keyof T]: Widened<T[K]> }

/** Of a union by `kind`: a sentence for each. */
type Sentences<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: (fact: T & { readonly kind: K }) => string
}

export type Words = {
  readonly meanings: Widened<typeof meanings>
  readonly imap: Widened<typeof imap>
  readonly restrictions: Widened<typeof restrictions>
  /** Why a recipient goes the way it goes, from what the queue manager stated. */
  readonly route: (why: string) => string
  readonly causes: Sentences<Cause>
  readonly flips: Sentences<Flip>
}
