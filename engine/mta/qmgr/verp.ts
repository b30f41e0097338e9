/**
 * Variable envelope return paths: each recipient gets a sender address of its own, so that a bounce says by its
 * address alone who could not be reached. `list@example.org`, to `carol@example.net`: `list+carol=example.net@example.org`.
 *
 * VERP_README.
 */
import { joinAddress, splitAddress } from '#tables/address.ts'
import type { DeliveryResult, QueueFile, Recipient } from '../handover.ts'
import type { Bounce, Told } from '../reporting.ts'

/** `delimiters`: two characters, `+=`. */
function verpSender(sender: string, recipient: string, delimiters: string): string {
  const { localPart, domain } = splitAddress(sender)
  const to = splitAddress(recipient)
  const place = to.domain === null ? '' : `${delimiters.charAt(1)}${to.domain}`
  return joinAddress(`${localPart}${delimiters.charAt(0)}${to.localPart}${place}`, domain)
}

/** The message as one of its recipients gets it. */
export function forRecipient(queueFile: QueueFile, recipient: Recipient | undefined): QueueFile {
  const { sender, envelope } = queueFile
  if (envelope.verp === null || sender === '' || !recipient) return queueFile
  return { ...queueFile, sender: verpSender(sender, recipient.address, envelope.verp) }
}

/** With VERP each failure is a report of its own, to an address of its own. */
export async function bounceEach(
  bounce: Bounce,
  queueFile: QueueFile,
  results: readonly DeliveryResult[],
): Promise<Told> {
  if (queueFile.envelope.verp === null) return bounce.failed(queueFile, results)
  let told: Told = 'told'
  for (const result of results) {
    if ((await bounce.failed(forRecipient(queueFile, result.recipient), [result])) === 'refused')
      told = 'refused'
  }
  return told
}
