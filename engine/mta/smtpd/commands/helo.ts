/** HELO and EHLO: what the client calls itself; a letter under way is forgotten. Who once said EHLO speaks ESMTP. */
import type { Greeting } from '#protocol/smtp/commands/greeting.ts'
import { reply } from '#protocol/smtp/reply.ts'
import { canTellExtensions, ehloLines } from '../ehlo.ts'
import { localDataError, refusalLine } from '../local-data.ts'
import { noTransaction } from '../conversation.ts'
import type { Handler } from '../handler.ts'

export const helo: Handler<Greeting<'HELO'>> = async (greeting, session) => {
  const name = harmless(greeting.name)
  const { refusal } = await session.ask({ stage: 'helo', name })
  if (refusal) return { reply: refusal }
  return {
    reply: reply(250, null, session.settings.myhostname),
    steps: [{ type: 'HELO' }],
    change: { ...noTransaction, helo: printable(name) },
  }
}

export const ehlo: Handler<Greeting<'EHLO'>> = async (greeting, session) => {
  const name = harmless(greeting.name)
  const { refusal } = await session.ask({ stage: 'helo', name })
  if (refusal) return { reply: refusal }
  if (!(await canTellExtensions(session))) {
    const answer = localDataError(session.settings.myhostname)
    session.log('info', refusalLine('EHLO', session.now.client, answer))
    return { reply: answer }
  }
  return {
    reply: reply(250, null, await ehloLines(session), 'RFC 5321 §4.1.1.1'),
    steps: [{ type: 'EHLO' }],
    change: { ...noTransaction, helo: printable(name), protocol: 'ESMTP' },
  }
}

/** The name goes into headers and logs: no control character may. */
const printable = (name: string) => name.replace(/\p{Cc}/gu, '?')

/** What could end an address or a comment in the Received field becomes `?`. */
const harmless = (name: string): string => name.replace(/[ <>()\\";@]/g, '?')
