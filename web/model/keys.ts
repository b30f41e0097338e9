/** The keys of the whole page. Keys that a field needs stay with the field. */
import type { Page } from './page.svelte.ts'

export function keysOf(page: Page): (event: KeyboardEvent) => void {
  return (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      page.sheet = page.sheet === 'palette' ? 'none' : 'palette'
      return
    }
    if (event.metaKey || event.ctrlKey || event.altKey || writes(event.target)) return
    const act = actOf(event.key, page)
    if (act === null) return
    event.preventDefault()
    act()
  }
}

function actOf(key: string, page: Page): (() => void) | null {
  switch (key) {
    case '/':
      return () => (page.sheet = 'palette')
    case 'k':
    case 'p':
      return () => page.playback.toggle()
    case 'l':
    case '.':
      return () => page.playback.stepForward()
    case 'j':
    case ',':
      return () => page.playback.stepBack()
    case 'End':
      return () => page.playback.goLive()
    case 'Escape':
      return page.sheet === 'none' && page.selection.item === null
        ? null
        : () => {
            if (page.sheet === 'none') page.selection.select(null)
            page.sheet = 'none'
          }
    default:
      return null
  }
}

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [contenteditable], [role=slider], [role=tablist]') !== null
