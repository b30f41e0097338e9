/**
 * Delivers to the users of this host.
 *
 * local(8).
 */
import { unfoldedValue, readFields, headerEnd } from '#protocol/message/header.ts'
import { quoteAddress, unquoteAddress } from '#protocol/message/address-list.ts'
import type { Agent, DeliveryRequest, DeliveryResult, Recipient } from '../../handover.ts'
import { deferred, sent } from '../results.ts'
import type { LocalAgentInput, LocalRun } from './delivery.ts'
import { report } from './delivery.ts'
import { deliverRecipient, tableProblem } from './expand.ts'

export function createLocalAgent(input: LocalAgentInput): Agent {
  return {
    async deliver(request) {
      const content = await request.content()
      const results: DeliveryResult[] = []
      for (const recipient of request.recipients) {
        results.push(...(await deliverOne(input, request, content, recipient)))
      }
      return results
    },
  }
}

async function deliverOne(
  input: LocalAgentInput,
  request: DeliveryRequest,
  content: Uint8Array,
  root: Recipient,
): Promise<readonly DeliveryResult[]> {
  const run: LocalRun = {
    input,
    settings: input.settings(),
    request,
    content,
    root,
    visited: deliveredTo(content),
    seen: new Set(),
    results: [],
    forwards: new Map(),
  }
  try {
    await deliverRecipient(run, {
      recipient: root,
      sender: request.queueFile.sender,
      owner: null,
      from: null,
      by: 'nothing',
      level: 0,
    })
  } catch (error) {
    tableProblem(run, root, error)
  }
  await sendForwards(run)
  return run.results
}

/** New messages for those that a .forward or an owned list named; not when something has to be tried again. */
async function sendForwards(run: LocalRun): Promise<void> {
  if (run.results.some(({ outcome }) => outcome === 'deferred')) return
  for (const { sender, recipients } of run.forwards.values()) {
    const queueId = await run.input.forward({
      of: run.request.queueFile,
      sender,
      recipients,
      deliveredTo: run.settings.prependDelivered.forward
        ? quoteAddress(run.root.address).toLowerCase()
        : null,
      content: run.content,
    })
    report(
      run,
      queueId === null
        ? deferred(run.root, '4.3.0', 'unable to forward message', { relay: 'local' })
        : sent(run.root, `forwarded as ${queueId}`, { relay: 'local' }),
    )
  }
}

function deliveredTo(content: Uint8Array): ReadonlySet<string> {
  const bytes = content.subarray(0, headerEnd(content))
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (!header.includes('Delivered-To:') && !/delivered-to:/i.test(header.toString('latin1'))) return new Set()
  return new Set(
    readFields(header.toString('latin1'))
      .filter(({ name }) => name.toLowerCase() === 'delivered-to')
      .map((field) => unquoteAddress(unfoldedValue(field)).toLowerCase()),
  )
}
