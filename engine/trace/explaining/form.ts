/** How a command is written, as its own grammar says. */
import { commands as imap } from '#protocol/imap/commands/index.ts'
import { commands as pop3 } from '#protocol/pop3/commands/index.ts'
import { commands as smtp } from '#protocol/smtp/commands/index.ts'
import type { ServerDaemon } from '../events.ts'

/** Null for a verb that has none here. */
export function formOf(daemon: ServerDaemon, verb: string): string | null {
  const commands: object = daemon === 'pop3d' ? pop3 : daemon === 'imapd' ? imap : smtp
  const grammar = Object.hasOwn(commands, verb)
    ? (commands as Readonly<Record<string, { readonly syntax?: string }>>)[verb]
    : undefined
  return grammar?.syntax ?? null
}
