/**
 * A table that may change how a delivery ended: `5.1.1 unknown user` becomes `4.1.1 try again`, or other words.
 *
 * postconf(5): default_delivery_status_filter, smtp_delivery_status_filter.
 */
import type { Agent, DeliveryResult } from '../handover.ts'

export type StatusFilter = {
  /** The row for `5.1.1 unknown user`, or null. */
  readonly lookup: (outcome: string) => Promise<string | null>
  readonly warn: (text: string) => void
}

export function filtered<A extends Agent>(agent: A, filter: StatusFilter): A {
  return {
    ...agent,
    async deliver(request) {
      const results: DeliveryResult[] = []
      for (const result of await agent.deliver(request)) results.push(await changed(result, filter))
      return results
    },
  }
}

async function changed(result: DeliveryResult, filter: StatusFilter): Promise<DeliveryResult> {
  const value = await filter.lookup(`${result.status} ${result.text}`)
  if (value === null) return result
  const [, status, text = result.text] = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+(.*))?$/s.exec(value) ?? []
  if (status === undefined) {
    filter.warn(`bad status code in delivery status filter: ${value}`)
    return result
  }
  // Success stays success: a table must not lose mail, nor bounce what arrived.
  if ((status.startsWith('2') ? 'ok' : 'failed') !== (result.status.startsWith('2') ? 'ok' : 'failed')) {
    filter.warn(`delivery status filter may not change success and failure: ${value}`)
    return result
  }
  return { ...result, status, text, outcome: outcomeOf(status, result.outcome) }
}

function outcomeOf(status: string, before: DeliveryResult['outcome']): DeliveryResult['outcome'] {
  if (before !== 'bounced' && before !== 'deferred') return before
  return status.startsWith('4') ? 'deferred' : 'bounced'
}
