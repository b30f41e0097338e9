import { en } from '#web/i18n/en.ts'
import { Page } from '#web/model/page.svelte.ts'
import { Preferences } from '#web/model/preferences.svelte.ts'
import { fixture } from '../web/fixtures.ts'

/** A page that has heard the whole fixture, and stands still at the given event; at its end when none is given. */
export function pageAt(seq = Infinity): Page {
  localStorage.clear()
  const page = new Page(new Preferences(), en)
  page.timeline.append(fixture())
  page.playback.seek(seq)
  return page
}
