/** What goes wrong on the way to a host, and what the log says of it. smtp(8). */
import type { Machine } from '#engine/machine.ts'
import { MappingUnavailable } from '../../addressing.ts'
import type { DeliveryRequest } from '../../handover.ts'
import { SessionFailed, type Peer } from './session.ts'
import type { ClientSettings } from './settings.ts'

/** `of`: the message that it is about, when it is about one. */
export function log(
  { machine }: { readonly machine: Machine },
  { protocol }: ClientSettings,
  text: string,
  of?: DeliveryRequest,
): void {
  const about = of ? { queueId: of.queueFile.queueId } : {}
  machine.emit({ type: 'daemon.logged', daemon: protocol, level: 'info', text, ...about })
}

/** A table that could not be asked, in the midst of a session. */
export function unlessMapFailed(error: unknown, { label }: Peer): SessionFailed {
  if (error instanceof SessionFailed) return error
  if (!(error instanceof MappingUnavailable)) throw error
  return new SessionFailed('4.3.0', `local data error while talking to ${label}`)
}
