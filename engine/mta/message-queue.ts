/**
 * The queue as cleanup, pickup and the queue manager use it: they say what is to be kept, moved or written down;
 * only `queue/` touches the files.
 */
import type { QueueFile, QueueName } from './handover.ts'

/** What became of a message since it was queued. */
export type Progress = {
  /** Addresses that need no more deliveries, each with its original: two aliases may lead to one address. */
  readonly done?: readonly (readonly [address: string, original: string])[]
  readonly reasons?: QueueFile['reasons']
  readonly warned?: true
  readonly nextAttemptAt?: number | null
  readonly forcedExpire?: true
}

/** What is remembered of a message without reading its file. */
export type QueueEntry = {
  readonly queue: QueueName
  readonly queueFile: QueueFile
  readonly forcedExpire: boolean
}

export interface MessageQueue {
  newQueueId(): string
  entries(): IterableIterator<QueueEntry>
  get(queueId: string): QueueEntry | undefined
  /** Resolves when the message would survive a loss of power. */
  create(queue: 'incoming' | 'hold' | 'maildrop', queueFile: QueueFile, content: Uint8Array): Promise<void>
  /** The message as cleanup wrote it. Null when the file is not there any more, or broken: then it is set aside. */
  content(queueId: string): Promise<Uint8Array | null>
  /** Moves a message, and records what became of it in the same change. Undefined when it is gone. */
  move(queueId: string, to: QueueName, progress?: Progress, reason?: string): Promise<QueueEntry | undefined>
  /** Records what became of a message that stays where it is. */
  record(queueId: string, progress: Progress): Promise<void>
  /** `by`: who removed it, for the log. False when it was gone. */
  remove(queueId: string, by?: 'qmgr' | 'pickup' | 'cleanup' | 'postsuper'): Promise<boolean>
}
