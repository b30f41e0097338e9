/** Commands that Dovecot knows and, as it is configured by default, does not do. RFC 4467, RFC 5464. */
import { badArguments } from './refusal.ts'
import { no, type Tagged } from './outcome.ts'

const noUrls = new Set(['GENURLAUTH', 'URLFETCH', 'RESETKEY'])
const noMetadata = new Set(['GETMETADATA', 'SETMETADATA'])

export function unavailable(name: string): Tagged | null {
  if (noUrls.has(name)) return badArguments(name, 'URLAUTH disabled')
  return noMetadata.has(name) ? no('Generic mailbox attributes not enabled', 'CANNOT') : null
}
