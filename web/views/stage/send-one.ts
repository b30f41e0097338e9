/** "Send one yourself": a letter from the first lab user to a user of another office, by a MUA on a machine of hers. */
import type { Page } from '#web/model/page.svelte.ts'
import { isServer, officeOf } from './layout.ts'

export async function sendWelcome(page: Page): Promise<void> {
  const hosts = [...page.timeline.newest.hosts.values()]
  const server = hosts.find(
    (host) => host.users.length > 0 && host.services.some(({ name }) => name === 'submission'),
  )
  const user = server?.users[0]
  if (server === undefined || user === undefined) throw new Error(page.t.stage.nobody)
  const from =
    hosts.find((host) => !isServer(host) && officeOf(host.name) === officeOf(server.name)) ?? server
  const other = hosts.find((host) => host !== server && host.users.length > 0)
  const local = server.users[1]
  const recipients = [
    ...(local === undefined ? [] : [`${local}@${officeOf(server.name)}`]),
    ...(other?.users[0] === undefined ? [] : [`${other.users[0]}@${officeOf(other.name)}`]),
  ]
  page.playback.goLive()
  await page.request({
    type: 'mua.submit',
    from: from.name,
    server: server.name,
    user,
    password: '',
    sender: `${user}@${officeOf(server.name)}`,
    recipients,
    subject: page.t.stage.subject,
    body: page.t.stage.body,
  })
}
