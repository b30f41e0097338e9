/** ID: the server says its name; what the client says of itself is a fact. RFC 2971; Dovecot 2.3, imap_id_send. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { nstring, quoted } from '#protocol/imap/quoting.ts'
import type { Id } from '#protocol/imap/commands/id.ts'
import { ok, type ImapHandler } from '../outcome.ts'

const longestTold = 1000

/** What `*` stands for. */
const standard: Readonly<Record<string, string>> = {
  name: 'Dovecot',
  version: '2.3.19.1',
  'support-url': 'https://dovecot.org/',
  'support-email': 'dovecot@dovecot.org',
}

export type Speaker = {
  readonly machine: Machine
  readonly settings: DovecotSettings
  readonly session: string
}

export function identify({ fields }: Id, { machine, settings, session }: Speaker): string {
  const says = fields.map(([key, value]) => `${key}=${value}`).join(', ')
  if (says !== '') machine.emit({ type: 'imapd.client', session, says: says.slice(0, longestTold) })
  return `* ID ${ownFields(settings.text('imap_id_send'))}\r\n`
}

/** `name * version *`: pairs; the last may want its value. */
function ownFields(set: string): string {
  const words = set.split(/\s+/).filter((word) => word !== '')
  const pairs: string[] = []
  for (let at = 0; at < words.length; at += 2) {
    const [key = '', value] = words.slice(at, at + 2)
    const shown = value === '*' ? (standard[key.toLowerCase()] ?? null) : (value ?? null)
    pairs.push(`${quoted(key)} ${nstring(shown)}`)
  }
  return pairs.length === 0 ? 'NIL' : `(${pairs.join(' ')})`
}

export const id: ImapHandler<Id> = {
  updates: 'none',
  async *run(command, account) {
    yield identify(command, account.parts)
    return ok('ID completed')
  },
}
