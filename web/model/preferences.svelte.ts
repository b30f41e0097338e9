/** How this person wants the page: theme, language, motion. Kept in the browser, if the browser keeps anything. */
export type Theme = 'light' | 'dark' | 'system'
export type LanguageName = 'en' | 'zh'

type Kept = { theme?: Theme; language?: LanguageName; visited?: boolean; presenter?: boolean }

const key = 'mailscope'

export class Preferences {
  #kept = $state.raw<Kept>(read())
  #dark = $state(false)
  #still = $state(false)

  constructor() {
    follow('(prefers-color-scheme: dark)', (matches) => (this.#dark = matches))
    follow('(prefers-reduced-motion: reduce)', (matches) => (this.#still = matches))
  }

  readonly theme: Theme = $derived(this.#kept.theme ?? 'system')
  readonly shown: 'light' | 'dark' = $derived(
    this.theme === 'system' ? (this.#dark ? 'dark' : 'light') : this.theme,
  )
  readonly language: LanguageName = $derived(
    this.#kept.language ?? (navigator.language.startsWith('zh') ? 'zh' : 'en'),
  )
  readonly stillness = $derived(this.#still)
  readonly visited = $derived(this.#kept.visited === true)
  readonly presenter = $derived(this.#kept.presenter === true)

  keep(change: Kept): void {
    this.#kept = { ...this.#kept, ...change }
    try {
      localStorage.setItem(key, JSON.stringify(this.#kept))
    } catch {
      // A browser that keeps nothing still shows the page as asked, until it is closed.
    }
  }
}

function read(): Kept {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    return typeof kept === 'object' && kept !== null ? kept : {}
  } catch {
    return {}
  }
}

function follow(query: string, say: (matches: boolean) => void): void {
  const media = matchMedia(query)
  say(media.matches)
  media.addEventListener('change', ({ matches }) => say(matches))
}
