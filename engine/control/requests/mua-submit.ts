/** A letter from the page's own mail form, submitted by a user agent on a host of the lab. */
import { submitLetter, writeLetter } from '#control/mail-agent.ts'
import { RequestRefused, type RequestHandler } from './context.ts'

export const muaSubmit: RequestHandler<'mua.submit'> = async (request, { lab }) => {
  const { from, server, user, password, sender, recipients } = request
  const known = (name: string) => lab.definition.hosts.some((host) => host.name === name)
  if (!known(from)) throw new RequestRefused('from', `the lab has no host ${from}`)
  if (recipients.length === 0) throw new RequestRefused('recipients', 'a letter needs at least one recipient')
  const unsafe = [sender, ...recipients].find((address) => /[\r\n<>]/.test(address))
  if (unsafe !== undefined)
    throw new RequestRefused('recipients', `${JSON.stringify(unsafe)} is not an address`)

  // The page knows no password: an empty one stands for that of the lab's own user.
  const users = lab.definition.hosts.find((host) => host.name === server)?.users ?? {}
  const login = { user, password: password || (users[user] ?? ''), from, host: server, port: 587 }
  const message = writeLetter(lab, request)
  const result = await submitLetter(lab, login, { sender, recipients, message })
  if (!result.ok) throw new RequestRefused(null, `${result.at} was refused: ${result.reply}`)
  return { reply: result.reply, refused: result.refused }
}
