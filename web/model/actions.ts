/** Everything that the page can do, as a list: the palette shows it, so that nothing needs a mouse. */
import type { DockTab, Page } from './page.svelte.ts'

export type Action = { readonly name: string; readonly keys?: string; act(): void }

export function actionsOf(page: Page): readonly Action[] {
  const { t, playback, timeline, lessons, preferences } = page
  const tabs: readonly DockTab[] = ['terminal', 'ladder', 'chart', 'queue', 'mailboxes', 'log']
  const world = timeline.newest
  return [
    {
      name: playback.state === 'paused' ? t.timeline.play : t.timeline.pause,
      keys: 'K',
      act: () => playback.toggle(),
    },
    { name: t.timeline.forward, keys: 'L', act: () => playback.stepForward() },
    { name: t.timeline.back, keys: 'J', act: () => playback.stepBack() },
    { name: t.timeline.goLive, keys: 'End', act: () => playback.goLive() },
    ...tabs.map((tab) => ({ name: t.palette.show(t.dock[tab]), act: () => page.show(tab) })),
    { name: t.rail.lessons, act: () => (page.lessonOpen = !page.lessonOpen) },
    { name: t.rail.dock, act: () => (page.dockOpen = !page.dockOpen) },
    { name: t.rail.inspector, act: () => (page.inspectorOpen = !page.inspectorOpen) },
    { name: t.rail.connect, act: () => (page.sheet = 'connect') },
    { name: t.stage.sendOne, act: () => void send(page) },
    { name: t.rail.presenter, act: () => preferences.keep({ presenter: !preferences.presenter }) },
    {
      name: t.rail.language,
      act: () => void page.speak(preferences.language === 'en' ? 'zh' : 'en'),
    },
    ...(['light', 'dark', 'system'] as const).map((theme) => ({
      name: `${t.palette.theme}: ${t.themes[theme]}`,
      act: () => preferences.keep({ theme }),
    })),
    ...lessons.all.map(({ id, title }) => ({
      name: `${t.lesson.title}: ${title[preferences.language]}`,
      act: () => page.openLesson(id),
    })),
    ...page.labs
      .filter(({ id }) => id !== page.lab)
      .map(({ id, title }) => ({
        name: t.palette.lab(title[preferences.language]),
        act: () => location.assign(`?lab=${encodeURIComponent(id)}`),
      })),
    ...[...world.hosts.keys()].map((name) => ({
      name: t.palette.host(name),
      act: () => page.select({ kind: 'host', name }),
    })),
    ...[...world.mailboxes.values()].map(({ key, user, host }) => ({
      name: t.palette.mailbox(`${user} @ ${host}`),
      act: () => page.select({ kind: 'mailbox', key }),
    })),
    ...[...world.queueFiles.values()]
      .slice(-20)
      .reverse()
      .map(({ key, queueId, subject }) => ({
        name: t.palette.letter(`${queueId} ${subject}`),
        act: () => page.select({ kind: 'queueFile', key }),
      })),
    ...[...world.sessions.values()]
      .slice(-20)
      .reverse()
      .map(({ id, host, service }) => ({
        name: t.palette.session(`${id} ${host} ${service}`),
        act: () => page.select({ kind: 'session', id }),
      })),
  ]
}

/** Those whose name has every typed word in it, in the order given. */
export function matching(actions: readonly Action[], typed: string): readonly Action[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return actions.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
}

async function send(page: Page): Promise<void> {
  try {
    const { sendWelcome } = await import('#web/views/stage/send-one.ts')
    await sendWelcome(page)
  } catch (error) {
    page.say(error)
  }
}
