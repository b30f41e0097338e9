/** What a script may be called: a file name, and no way out of the folder. RFC 5804 §1.6. */
import { latin1, strictTextOf } from '../bytes/text.ts'

const longestName = 256

/** One character a byte. */
export function isScriptName(name: string): boolean {
  const text = strictTextOf(latin1(name))
  if (text === null || name === '' || text.length > longestName) return false
  return !/[\x00-\x1f\x7f-\x9f\u2028\u2029/]/.test(text)
}

/** sieve_include_max_nesting_depth. */
export const deepestInclude = 10
