/** duplicate: did a letter with this Message-ID, or with another mark, come before? RFC 7352. */
import { decodedValues } from '../message.ts'
import { SieveRuntimeError } from '../run.ts'
import type { Tag, TestSpecification } from '../specification.ts'
import { checkFieldNames } from './header.ts'

const handleTag: Tag = { names: ['handle'], parameter: 'string' }
const secondsTag: Tag = { names: ['seconds'], parameter: 'number' }
const lastTag: Tag = { names: ['last'] }
const headerTag: Tag = { names: ['header'], parameter: 'string' }
const uniqueTag: Tag = { names: ['uniqueid'], parameter: 'string' }

/** sieve_duplicate_default_period, sieve_duplicate_max_period. */
const standardPeriod = 12 * 3600
const longestPeriod = 2 * 86_400

export const duplicate: TestSpecification = {
  kind: 'test',
  identifier: 'duplicate',
  positional: 0,
  tags: [handleTag, secondsTag, lastTag, headerTag, uniqueTag],
  compile(check) {
    if (check.given(headerTag) !== null && check.given(uniqueTag) !== null) {
      check.error('conflicting :header and :uniqueid arguments specified for the duplicate test')
      return null
    }
    const handle = check.tagString(handleTag)
    const header = check.tagString(headerTag)
    const unique = check.tagString(uniqueTag)
    if (handle === undefined || header === undefined || unique === undefined) return null
    if (header !== null) checkFieldNames(check, [header])
    const seconds = Math.min(check.tagNumber(secondsTag) ?? standardPeriod, longestPeriod)
    const last = check.given(lastTag) !== null
    const at = check.node.at
    return async (run) => {
      const mark = handle?.expand(run) ?? ''
      const fields = run.fieldsOf(run.world.message.root)
      const id = unique?.expand(run) ?? decodedValues(fields, header?.expand(run) ?? 'message-id')[0] ?? ''
      if (id === '') return false
      const earlier = run.actions.some(
        (action) => action.kind === 'track' && action.handle === mark && action.id === id,
      )
      // The mark is locked by this very run: Pigeonhole gives the script up, without a word.
      if (earlier) throw new SieveRuntimeError('', null)
      const seen = await run.world.isDuplicate(mark, id)
      run.track({ kind: 'track', at: run.place(at), handle: mark, id, seconds, last })
      return seen
    }
  },
}
