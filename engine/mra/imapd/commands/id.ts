/** ID: the server says its name; what the client says of itself is a fact. RFC 2971. */
import type { Machine } from '#engine/machine.ts'
import type { Id } from '#protocol/imap/commands/id.ts'
import { ok, type ImapHandler } from '../outcome.ts'

const longestTold = 1000

export function identify({ fields }: Id, machine: Machine, session: string): string {
  const says = fields.map(([key, value]) => `${key}=${value}`).join(', ')
  if (says !== '') machine.emit({ type: 'imapd.client', session, says: says.slice(0, longestTold) })
  return '* ID ("name" "Dovecot")\r\n'
}

export const id: ImapHandler<Id> = {
  updates: 'none',
  async *run(command, account) {
    yield identify(command, account.parts.machine, account.parts.session)
    return ok('ID completed')
  },
}
