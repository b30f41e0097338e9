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
import { isWithin, maildirRefusal, resolved } from '../permission.ts'
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
    const uid = await idOf(input, address, 'uid')
    const gid = uid.problem === null ? await idOf(input, address, 'gid') : uid
    if (gid.problem !== null) {
      warn(input, gid.problem)
      return misconfigured(recipient)
    }
    const ids = { uid: uid.value, gid: gid.value }
    return await deliverTo(input, request, recipient, content, `${settings.mailboxBase}/${mailbox}`, ids)
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
  ids: { readonly uid: string; readonly gid: string },
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
  const refusal = await refusalOf(machine, path, settings().mailboxBase)
  if (refusal !== null) {
    if (refusal.startsWith('maildir')) {
      const problem = refusal.slice(refusal.indexOf(': ') + 2)
      warn({ machine }, `maildir access problem for UID/GID=${ids.uid}/${ids.gid}: ${problem}`)
      warn({ machine }, 'perhaps you need to create the maildirs in advance')
    }
    return deferred(recipient, '4.2.0', refusal, relay)
  }
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
        `delivery failed to mailbox ${path}: error writing message: File too large`,
        { ...relay, diagnostic: { type: 'x-unix', text: 'input/output error' } },
      )
    : delivered(recipient, 'delivered to mailbox', relay)
}

/** Why nothing can be put there; null when it can. What lies outside of the base is not the mailbox owner's. */
async function refusalOf(machine: Machine, path: string, base: string): Promise<string | null> {
  const place = resolved(path)
  const outside = !isWithin(place, resolved(base)) || !(await hasTopFolder(machine, place))
  if (path.endsWith('/')) return outside ? `maildir delivery failed: ${maildirRefusal(machine, path)}` : null
  const failed = `delivery failed to mailbox ${path}: `
  if (outside) return `${failed}unable to create lock file ${path}.lock: Permission denied`
  const isFolder = (await machine.disk.stat(place))?.kind === 'folder'
  return isFolder ? `${failed}cannot open file: Is a directory` : null
}

/** Only root makes folders in `/`. */
const hasTopFolder = async ({ disk }: Machine, path: string): Promise<boolean> =>
  (await disk.stat(`/${path.split('/')[1] ?? ''}`)) !== null

const misconfigured = (recipient: Recipient): DeliveryResult =>
  deferred(recipient, '4.3.5', 'mail system configuration error', { relay: 'virtual' })

/** Whose file it will be: virtual_uid_maps and virtual_gid_maps must know. */
async function idOf(
  { addressing, settings }: VirtualAgentInput,
  address: string,
  kind: 'uid' | 'gid',
): Promise<{ readonly value: string; readonly problem: string | null }> {
  const { uidMaps, gidMaps, minimumUid } = settings()
  const value = await addressing().find(kind === 'uid' ? uidMaps : gidMaps, address, 'refused')
  if (value === null) {
    return { value: '', problem: `recipient ${address}: not found in virtual_${kind}_maps` }
  }
  const good = /^\d+$/.test(value) && Number(value) >= (kind === 'uid' ? minimumUid : 1)
  return {
    value,
    problem: good ? null : `recipient ${address}: bad ${kind} ${value} in virtual_${kind}_maps`,
  }
}

function warn({ machine }: Pick<VirtualAgentInput, 'machine'>, text: string): void {
  machine.emit({ type: 'daemon.logged', daemon: 'virtual', level: 'warning', text })
}
