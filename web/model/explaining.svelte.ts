/** The words that explain replies, in the page's language. They come with the first view that explains something. */
import { en } from '#trace/words/en.ts'
import type { Words } from '#trace/words/words.ts'
import type { LanguageName } from './preferences.svelte.ts'

/** For a component: its words follow the page's language. Null until they are here. */
export function explainingWords(page: { readonly preferences: { readonly language: LanguageName } }): {
  readonly now: Words | null
} {
  let zh = $state.raw<Words | null>(null)
  $effect(() => {
    if (page.preferences.language === 'zh' && zh === null)
      void import('#trace/words/zh.ts').then((loaded) => (zh = loaded.zh))
  })
  return {
    get now() {
      return page.preferences.language === 'zh' ? zh : en
    },
  }
}
