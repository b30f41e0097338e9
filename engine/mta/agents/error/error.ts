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
      const wanted = service === 'retry' ? `4${status.slice(1)}` : status
      return recipients.map((recipient) => failed(recipient, wanted, text))
    },
  }
}
