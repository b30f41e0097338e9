/** Commands that Dovecot knows and, as it is configured by default, does not do. RFC 4467, RFC 5464. */
import { badArguments } from './refusal.ts'
import { no, type Tagged } from './outcome.ts'

const noUrls = new Set(['GENURLAUTH', 'URLFETCH', 'RESETKEY'])
const noMetadata = new Set(['GETMETADATA', 'SETMETADATA'])

export function unavailable(name: string): Tagged | null {
  if (noUrls.has(name)) return badArguments(name, 'URLAUTH disabled')
  if (name === 'X-CANCEL') return badArguments(name, 'Missing arguments')
  if (name === 'X-STATE') return badArguments(name, 'Command is disabled for now')
  return noMetadata.has(name) ? no('Generic mailbox attributes not enabled', 'CANNOT') : null
}
