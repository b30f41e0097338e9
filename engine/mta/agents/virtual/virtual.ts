/**
 * Delivers to mailboxes of people who are no users of the system: a table says which file or Maildir is whose.
 *
 * virtual(8), VIRTUAL_README.
 */
import type { Machine } from '#engine/machine.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { Addressing } from '../../addressing.ts'
import { MappingUnavailable } from '../../addressing.ts'
import type { Agent, DeliveryRequest, DeliveryResult, Recipient } from '../../handover.ts'
import type { MailboxWriter } from '../mailbox-writer.ts'
import { bounced, deferred, delivered } from '../results.ts'

export type VirtualSettings = {
  readonly mailboxBase: string
  readonly mailboxMaps: string
  readonly uidMaps: string
  readonly gidMaps: string
  readonly minimumUid: number
  readonly mailboxLimit: number
  /** enable_original_recipient: X-Original-To is written. */
  readonly tellsOriginal: boolean
}

export type VirtualAgentInput = {
  readonly machine: Machine
  readonly settings: () => VirtualSettings
  readonly addressing: () => Addressing
  readonly mailboxes: MailboxWriter
}

export function createVirtualAgent(input: VirtualAgentInput): Agent {
  return {
    async deliver(request) {
      const content = await request.content()
      const results: DeliveryResult[] = []
      for (const recipient of request.recipients) {
        const result = await deliverOne(input, request, recipient, content)
        // A service of master.cf has a name of its own: it is the relay of the log.
        results.push({ ...result, relay: request.transport })
      }
      return results
    },
  }
}

async function deliverOne(
  input: VirtualAgentInput,
  request: DeliveryRequest,
  recipient: Recipient,
  content: Uint8Array,
): Promise<DeliveryResult> {
  const settings = input.settings()
  const relay = { relay: 'virtual' }
  const { address } = recipient
  try {
    const mailbox = await input.addressing().find(settings.mailboxMaps, address, 'refused')
    if (mailbox === null)
      return bounced(recipient, '5.1.1', `unknown user: "${quoteAddress(address)}"`, relay)
    const problem = (await idProblem(input, address, 'uid')) ?? (await idProblem(input, address, 'gid'))
    if (problem !== null) {
      warn(input, problem)
      return misconfigured(recipient)
    }
    return await deliverTo(input, request, recipient, content, `${settings.mailboxBase}/${mailbox}`)
  } catch (error) {
    if (!(error instanceof MappingUnavailable)) throw error
    warn(input, `table ${error.table}: lookup ${address} failed`)
    return misconfigured(recipient)
  }
}

async function deliverTo(
  { machine, mailboxes, settings }: VirtualAgentInput,
  { queueFile }: DeliveryRequest,
  recipient: Recipient,
  message: Uint8Array,
  path: string,
): Promise<DeliveryResult> {
  const header = [
    `Return-Path: <${quoteAddress(queueFile.sender)}>\n`,
    recipient.original === '' || !settings().tellsOriginal
      ? ''
      : `X-Original-To: ${quoteAddress(recipient.original)}\n`,
    `Delivered-To: ${quoteAddress(recipient.address)}\n`,
  ].join('')
  const letter = {
    path,
    content: Buffer.concat([Buffer.from(header), message]),
    user: recipient.address,
    queueId: queueFile.queueId,
  }
  const relay = { relay: 'virtual' }
  if (path.endsWith('/')) {
    await mailboxes.deliverToMaildir(letter)
    return delivered(recipient, 'delivered to maildir', relay)
  }
  const folder = path.slice(0, path.lastIndexOf('/'))
  if (folder !== settings().mailboxBase && (await machine.disk.stat(folder)) === null) {
    const lock = `unable to create lock file ${path}.lock: No such file or directory`
    return deferred(recipient, '4.2.0', `delivery failed to mailbox ${path}: ${lock}`, relay)
  }
  const sizeLimit = settings().mailboxLimit
  const end = await mailboxes.deliverToMbox({ ...letter, sender: queueFile.sender, sizeLimit })
  return end === 'full'
    ? bounced(
        recipient,
        '5.2.2',
        `cannot update mailbox ${path} for user ${recipient.address}. error writing message: File too large`,
        { ...relay, diagnostic: { type: 'x-unix', text: 'input/output error' } },
      )
    : delivered(recipient, 'delivered to mailbox', relay)
}

const misconfigured = (recipient: Recipient): DeliveryResult =>
  deferred(recipient, '4.3.5', 'mail system configuration error', { relay: 'virtual' })

/** Whose file it will be: virtual_uid_maps and virtual_gid_maps must know. */
async function idProblem(
  { addressing, settings }: VirtualAgentInput,
  address: string,
  kind: 'uid' | 'gid',
): Promise<string | null> {
  const { uidMaps, gidMaps, minimumUid } = settings()
  const value = await addressing().find(kind === 'uid' ? uidMaps : gidMaps, address, 'refused')
  if (value === null) return `recipient ${address}: not found in virtual_${kind}_maps`
  if (!/^\d+$/.test(value)) return `recipient ${address}: bad ${kind} ${value} in virtual_${kind}_maps`
  if (Number(value) < (kind === 'uid' ? minimumUid : 1)) {
    return `recipient ${address}: bad ${kind} ${value} in virtual_${kind}_maps`
  }
  return null
}

function warn({ machine }: VirtualAgentInput, text: string): void {
  machine.emit({ type: 'daemon.logged', daemon: 'virtual', level: 'warning', text })
}
