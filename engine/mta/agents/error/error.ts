/**
 * The agents that deliver nowhere: `error:` bounces mail with the text of its next hop, `retry:` puts it off.
 *
 * error(8); transport(5).
 */
import type { Agent } from '../../handover.ts'
import { failed, splitStatus } from '../results.ts'

/** The service of this name decides what a text without a status means. */
export function createErrorAgent(service: 'error' | 'retry'): Agent {
  const fallback = service === 'retry' ? '4.0.0' : '5.0.0'
  return {
    async deliver({ recipients, nexthop }) {
      const { status, text } = splitStatus(nexthop, fallback)
      // A status of the other class is not believed: what bounces does not come back, whatever the text says.
      const believed = status.charAt(0) === fallback.charAt(0) ? status : fallback
      return recipients.map((recipient) => failed(recipient, believed, text))
    },
  }
}
