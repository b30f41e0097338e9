/**
 * The agent that throws mail away and says it was sent, with the text of the next hop.
 *
 * discard(8); transport(5).
 */
import type { Agent } from '../../handover.ts'
import { delivered, splitStatus } from '../results.ts'

export function createDiscardAgent(): Agent {
  return {
    async deliver({ recipients, nexthop }) {
      const { status, text } = splitStatus(nexthop, '2.0.0')
      return recipients.map((recipient) => delivered(recipient, text, { status: `2${status.slice(1)}` }))
    },
  }
}
