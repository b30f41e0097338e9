/** Commands that Dovecot knows and, as it is configured by default, does not do. RFC 4467. */
import { badArguments } from './refusal.ts'
import type { Tagged } from './outcome.ts'

const noUrls = new Set(['GENURLAUTH', 'URLFETCH', 'RESETKEY'])

export function unavailable(name: string): Tagged | null {
  if (noUrls.has(name)) return badArguments(name, 'URLAUTH disabled')
  if (name === 'X-CANCEL') return badArguments(name, 'Missing arguments')
  if (name === 'X-STATE') return badArguments(name, 'Command is disabled for now')
  return null
}
