import type { DeliveryResult, QueueFile, Recipient } from '../handover.ts'

/** A message in the active queue. */
export type Active = {
  readonly queueId: string
  readonly queueFile: QueueFile
  readonly since: number
  readonly release: () => void
  pending: number
  sources: ReadonlyMap<Recipient, Recipient>
  readonly done: Recipient[]
  readonly failed: DeliveryResult[]
  readonly deferred: DeliveryResult[]
  readonly reports: DeliveryResult[]
  /** Everything, for a sender who wants to hear of everything. */
  readonly all: DeliveryResult[]
}
