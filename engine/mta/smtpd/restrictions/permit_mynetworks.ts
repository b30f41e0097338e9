/**
 * Lets in clients of our own networks: the first line of nearly every list.
 *
 * postconf(5): permit_mynetworks, mynetworks.
 */
import { matchClient } from '#tables/matching.ts'
import { parentStyle } from '#mta/rewrite/world.ts'
import { dunno, lookupFailure, permit, type Restriction } from './restriction.ts'

export const permit_mynetworks: Restriction = {
  name: 'permit_mynetworks',
  takes: 'nothing',
  async evaluate({ settings, client, world }, { looked, warn, replyName }) {
    const list = settings.list('mynetworks')
    const result = await matchClient(list, client, parentStyle(settings, 'mynetworks'), world)
    if (result.kind === 'unavailable') {
      warn(`mynetworks: ${result.reason}`)
      return lookupFailure(replyName)
    }
    const row = { table: 'mynetworks', key: client.address }
    const yes = result.kind === 'yes'
    looked([{ ...row, result: yes ? { outcome: 'found', value: result.item ?? '' } : { outcome: 'absent' } }])
    return yes ? permit : dunno
  },
}
