/** What POP3's DELE has marked and QUIT has not yet removed: RFC 1939 §6 deletes only in the UPDATE state. */
import { mailboxKey, type SessionView, type World } from '#trace/world.ts'

/** By mailbox: the places, 0-based, of the letters marked in the open sessions that read it. */
export function pendingDeletions(world: World): ReadonlyMap<string, ReadonlySet<number>> {
  const pending = new Map<string, Set<number>>()
  for (const session of world.sessions.values()) {
    if (session.daemon !== 'pop3d' || session.closed !== null || session.user === null) continue
    const marked = markedIn(session)
    if (marked.size > 0) pending.set(mailboxKey(session.host, session.user, 'INBOX'), marked)
  }
  return pending
}

function markedIn(session: SessionView): Set<number> {
  const marked = new Set<number>()
  for (const { command, replies } of session.exchanges) {
    if (replies[0]?.reply.code !== '+OK') continue
    if (command?.verb === 'RSET') marked.clear()
    if (command?.verb === 'DELE') marked.add(Number(command.line.split(' ')[1]) - 1)
  }
  return marked
}
