/** Can mail go to this address at all? `user%@our.example` asks for a way and names nobody. trivial-rewrite(8). */
import type { Postfix } from '../postfix.ts'
import { resolveAddress } from './resolve.ts'
import { rewriteAddress } from './rewrite-address.ts'
import { MappingUnavailable } from './world.ts'

/** Internal form. What a table that cannot be asked would say is not held against an address. */
export async function isRoutable(address: string, sender: string, postfix: Postfix): Promise<boolean> {
  // Of the others the domain has been looked at already.
  if (!/[@%!].*@|@$/s.test(address)) return true
  try {
    const completed = rewriteAddress(address, 'local', postfix.settings)
    return !(await resolveAddress(completed, sender, postfix)).flags.malformed
  } catch (error) {
    if (error instanceof MappingUnavailable) return true
    throw error
  }
}
