/** The page's words, in each of its languages. A phrase that is missing in one does not compile. */
import type { LanguageName } from '#web/model/preferences.svelte.ts'
import { en } from './en.ts'

export type Dictionary = Widened<typeof en>

/** The shape of the English dictionary with any words in it. */
type Widened<T> = T extends string
  ? string
  : T extends (...given: infer G) => string
    ? (...given: G) => string
    : { readonly [K in keyof T]: Widened<T[K]> }

/** Chinese is loaded when it is wanted; English is at hand. */
export async function loadWords(language: LanguageName): Promise<Dictionary> {
  return language === 'zh' ? (await import('./zh.ts')).zh : en
}
