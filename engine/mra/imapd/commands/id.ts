/** ID: the server says its name; what the client says of itself is a fact. RFC 2971; Dovecot 2.3, imap_id_send. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { nstring, quoted } from '#protocol/imap/quoting.ts'
import type { Id, IdField } from '#protocol/imap/commands/id.ts'
import { astring, readArguments } from '#protocol/imap/tokens.ts'
import { ok, type ImapHandler } from '../outcome.ts'

const longestTold = 1000

/** What `*` stands for. */
const standard: Readonly<Record<string, string>> = {
  name: 'Dovecot',
  version: '2.3.19.1',
  'support-url': 'https://dovecot.org/',
  'support-email': 'dovecot@dovecot.org',
  os: 'Linux',
}

export type Speaker = {
  readonly machine: Machine
  readonly settings: DovecotSettings
  readonly session: string
  /** Writes in the mail log. */
  readonly log: (text: string) => void
}

export function identify({ fields }: Id, { machine, settings, session, log }: Speaker): string {
  const says = fields.map(([key, value]) => `${key}=${value ?? 'NIL'}`).join(', ')
  if (says !== '') machine.emit({ type: 'imapd.client', session, says: says.slice(0, longestTold) })
  const logged = loggedFields(fields, settings.text('imap_id_log'))
  if (logged !== '') log(`ID sent: ${logged}`)
  return `* ID ${ownFields(settings.text('imap_id_send'))}\r\n`
}

/** `name * version *`: pairs, as IMAP writes words and strings; the last may want its value. */
function ownFields(set: string): string {
  const read = readArguments(set)
  const words = read.ok ? read.args.flatMap((argument) => astring(argument) ?? []) : []
  const pairs: string[] = []
  for (let at = 0; at < words.length; at += 2) {
    const [key = '', value] = words.slice(at, at + 2)
    const shown = value === '*' ? (standard[key.toLowerCase()] ?? null) : (value ?? null)
    pairs.push(`${quoted(key)} ${nstring(shown)}`)
  }
  return pairs.length === 0 ? 'NIL' : `(${pairs.join(' ')})`
}

/** Of what a client said, that which `imap_id_log` names, or with `*` all. */
function loggedFields(fields: readonly IdField[], wanted: string): string {
  const names = new Set(wanted.split(/\s+/).map((name) => name.toLowerCase()))
  return fields
    .filter(([key]) => names.has('*') || names.has(key))
    .map(([key, value]) => `${key}=${value ?? 'NIL'}`)
    .join(', ')
}

export const id: ImapHandler<Id> = {
  updates: 'none',
  async *run(command, account) {
    yield identify(command, { ...account.parts, log: (text) => account.parts.log.write('info', text) })
    return ok('ID completed')
  },
}
