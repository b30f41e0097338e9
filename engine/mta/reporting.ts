/** What the queue manager asks of bounce(8): tell senders what became of their mail. */
import type { DeliveryResult, QueueFile } from './handover.ts'

/** `refused`: cleanup did not take the report: it is too large, or a check of the administrator's is against it. */
export type Told = 'told' | 'refused'

export interface Bounce {
  /** Reports failures; the postmaster gets copies as notify_classes says. `owner`: of a list, who hears it instead of the sender. */
  failed(queueFile: QueueFile, results: readonly DeliveryResult[], owner?: string): Promise<Told>
  delayed(queueFile: QueueFile, results: readonly DeliveryResult[]): Promise<void>
  /** Delivered, relayed to a host that cannot report, or expanded to several: to those who asked. */
  succeeded(queueFile: QueueFile, results: readonly DeliveryResult[]): Promise<Told>
  /** `sendmail -bv`: what would happen. */
  verified(queueFile: QueueFile, results: readonly DeliveryResult[]): Promise<void>
}
