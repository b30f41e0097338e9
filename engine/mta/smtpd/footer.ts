/**
 * smtpd_reject_footer: a few words more on every refusal, with the time and the client, so that a user who asks for
 * help has something to show.
 */
import type { Postfix } from '#mta/postfix.ts'
import type { Reply } from '#protocol/smtp/reply.ts'
import type { Conversation } from './conversation.ts'
import { expandForReply } from './session-names.ts'
import type { SmtpdSettings } from './settings.ts'

export async function withFooter(
  reply: Reply,
  postfix: Postfix,
  settings: SmtpdSettings,
  now: Conversation,
): Promise<Reply> {
  if (reply.code < 400) return reply
  const footer = (await fromMaps(reply, postfix, settings)) ?? settings.rejectFooter
  if (footer === '') return reply

  const attached = footer.startsWith('\\c')
  const lines = expandFooter(attached ? footer.slice(2) : footer, postfix, settings, now).split('\\n')
  const [first = '', ...more] = lines
  const last = reply.lines.at(-1) ?? ''
  if (!attached) return { ...reply, lines: [...reply.lines, ...lines] }
  return { ...reply, lines: [...reply.lines.slice(0, -1), last + first, ...more] }
}

async function fromMaps(reply: Reply, postfix: Postfix, settings: SmtpdSettings): Promise<string | null> {
  if (settings.rejectFooterMaps.length === 0) return null
  const text = `${reply.code} ${reply.status === null ? '' : `${reply.status} `}${reply.lines.join(' ')}`
  for (const name of settings.rejectFooterMaps) {
    const found = await postfix.tables.open(name).lookup(text)
    if (found.outcome === 'found') return found.value
  }
  return null
}

/** A name that means nothing here is left out, and a footer that cannot be read at all is none. */
function expandFooter(
  text: string,
  { machine }: Postfix,
  settings: SmtpdSettings,
  now: Conversation,
): string {
  const expansion = expandForReply(text, {
    client: now.client,
    helo: now.helo,
    sender: now.transaction?.sender ?? null,
    recipient: null,
    myhostname: settings.myhostname,
    now: machine.clock.now(),
    expansionFilter: settings.all.text('smtpd_expansion_filter'),
  })
  return expansion.ok ? expansion.value : ''
}
