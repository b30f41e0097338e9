/** What the page is about: one lab, its trace, what is shown of it and what is selected. Views take it from the context. */
import { createContext } from 'svelte'
import { openLabStream, type LabStream, type StreamState } from '#web/connection/lab-stream.ts'
import { labOfAddress, readGlossary, readLabs, readLessons, type LabSummary } from '#web/connection/api.ts'
import { loadWords, type Dictionary } from '#web/i18n/index.ts'
import { Lessons } from './lesson.svelte.ts'
import { Playback } from './playback.svelte.ts'
import { Preferences, type LanguageName } from './preferences.svelte.ts'
import { Selection, type Selected } from './selection.svelte.ts'
import { Terminal, type TerminalTarget } from './terminals.svelte.ts'
import { Timeline } from './timeline.svelte.ts'
import type { SessionView } from '#trace/world.ts'

/** Which tab of the dock shows a view, by its folder under `web/views`. */
const dockTabs: Readonly<Record<string, DockTab>> = {
  terminal: 'terminal',
  ladder: 'ladder',
  'machine-chart': 'chart',
  'queue-board': 'queue',
  'mailbox-glass': 'mailboxes',
  maillog: 'log',
}

export type DockTab = 'terminal' | 'ladder' | 'chart' | 'queue' | 'mailboxes' | 'log'
export type Column = 'lesson' | 'stage' | 'terminal' | 'details'
export type Sheet = 'none' | 'palette' | 'connect'

export class Page {
  readonly preferences: Preferences
  readonly timeline = new Timeline()
  readonly playback = new Playback(this.timeline)
  readonly selection = new Selection(this.timeline)
  readonly lessons = new Lessons(this.timeline)
  #stream: LabStream | null = null
  #historyEnds = 0
  labs = $state.raw<readonly LabSummary[]>([])
  lab = $state<string | null>(null)
  wire = $state<StreamState>('connecting')
  terminals = $state.raw<readonly Terminal[]>([])
  terminal = $state.raw<Terminal | null>(null)
  tab = $state<DockTab>('terminal')
  secondTab = $state<DockTab | null>(null)
  column = $state<Column>('stage')
  sheet = $state<Sheet>('none')
  lessonOpen = $state(true)
  inspectorOpen = $state(innerWidth >= 1400)
  dockOpen = $state(true)
  /** A sentence about what just could not be done. */
  notice = $state<string | null>(null)

  #words = $state.raw<Dictionary>() as Dictionary
  readonly t: Dictionary = $derived(this.#words)
  readonly world = $derived(this.timeline.world)
  /** The selected session; else the one in which something happened last. */
  readonly session: SessionView | null = $derived.by(() => this.#sessionShown())

  constructor(preferences: Preferences, words: Dictionary) {
    this.preferences = preferences
    this.#words = words
  }

  async speak(language: LanguageName): Promise<void> {
    this.#words = await loadWords(language)
    this.preferences.keep({ language })
  }

  async start(): Promise<void> {
    void readGlossary().then(
      (terms) => this.lessons.define(terms),
      (error: unknown) => this.say(error),
    )
    void readLessons().then(
      (lessons) => this.lessons.know(lessons),
      (error: unknown) => this.say(error),
    )
    try {
      this.labs = await readLabs()
      const wanted = labOfAddress()
      const lab = this.labs.find(({ id }) => id === wanted) ?? this.labs[0]
      if (lab === undefined) this.notice = this.t.wire.noLab
      else this.open(lab.id)
    } catch (error) {
      this.say(error)
      setTimeout(() => void this.start(), 2_000)
    }
  }

  open(lab: string): void {
    this.lab = lab
    this.notice = null
    this.#stream = openLabStream(lab, {
      hello: (head) => (this.#historyEnds = Math.max(this.#historyEnds, head)),
      state: (state) => {
        this.wire = state
        if (state === 'lost') for (const terminal of this.terminals) terminal.lost()
      },
      events: (events) => {
        const before = this.timeline.head
        this.timeline.append(events)
        // What was recorded before this page came is history: the picture begins at its end.
        if (before < this.#historyEnds) {
          if (this.playback.state === 'live')
            this.timeline.seek(Math.min(this.timeline.head, this.#historyEnds))
          if (this.timeline.head >= this.#historyEnds) this.#beginPicture()
        }
        this.playback.heard()
      },
      terminal: (id, text, ended) =>
        this.terminals.find((terminal) => terminal.id === id)?.heard(text, ended),
    })
  }

  /** A first visit finds the last letter on its way; a later one, the lab as it is. */
  #beginPicture(): void {
    if (this.preferences.visited) return
    this.preferences.keep({ visited: true })
    const last = [...this.timeline.newest.journeys.values()].at(-1)
    if (last === undefined) return
    this.playback.seek(last.begunSeq - 1)
    this.playback.play()
  }

  request(...given: Parameters<LabStream['request']>): ReturnType<LabStream['request']> {
    return this.#stream?.request(...given) ?? Promise.reject(new Error(this.t.wire.lost))
  }

  connectTerminal(target: TerminalTarget): void {
    const terminal = new Terminal(
      target,
      () => this.#stream,
      () => this.playback.hasten(),
    )
    this.terminals = [...this.terminals.filter((known) => known.open), terminal]
    this.terminal = terminal
    if (this.playback.state !== 'live') this.playback.goLive()
    void terminal.connect()
  }

  select(item: Selected | null): void {
    this.selection.select(item)
    if (item !== null && innerWidth >= 800) this.inspectorOpen = true
  }

  /** Selects a reply and shows why it came out so: where there is room for one column only, that column. */
  askWhy(seq: number): void {
    this.select({ kind: 'event', seq })
    if (innerWidth < 800) this.column = 'details'
  }

  show(tab: DockTab): void {
    this.tab = tab
    this.dockOpen = true
    if (innerWidth < 800) this.column = 'terminal'
  }

  /** The lesson beside the lab, and of the views that it names the first of the dock. */
  openLesson(id: string): void {
    this.lessons.choose(id)
    this.lessonOpen = true
    const views = this.lessons.chosen?.show ?? []
    const [first] = views.flatMap((view) => dockTabs[view] ?? [])
    if (first !== undefined) this.show(first)
    if (views.includes('inspector')) this.inspectorOpen = true
    this.column = 'lesson'
  }

  say(error: unknown): void {
    this.notice = error instanceof Error ? error.message : String(error)
  }

  #sessionShown(): SessionView | null {
    const { world } = this
    const chosen = this.selection.focus.session
    if (chosen !== null)
      return world.sessions.get(chosen) ?? this.timeline.newest.sessions.get(chosen) ?? null
    const moving = this.playback.moment?.session
    if (moving != null) return world.sessions.get(moving) ?? null
    return [...world.sessions.values()].at(-1) ?? null
  }
}

export const [getPage, setPage] = createContext<Page>()
