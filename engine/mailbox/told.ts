/** What a store states of its files: which were gained, renamed, removed, rewritten, and by whose command. */
import type { Machine } from '#engine/machine.ts'
import type { FactOf } from '#trace/events.ts'
import type { Cause } from './mail-store.ts'

export function stateFile(
  { emit }: Machine,
  what: Omit<FactOf<'mailbox.file'>, 'type' | 'session' | 'command'>,
  { session, command }: Cause,
): void {
  emit({
    type: 'mailbox.file',
    ...what,
    ...(session === undefined ? {} : { session }),
    ...(command === undefined ? {} : { command }),
  })
}

export function stateDelivered(
  { emit }: Machine,
  what: Omit<FactOf<'mailbox.delivered'>, 'type' | 'session' | 'queueId'>,
  { session, queueId }: Cause,
): void {
  emit({
    type: 'mailbox.delivered',
    ...what,
    ...(session === undefined ? {} : { session }),
    ...(queueId === undefined ? {} : { queueId }),
  })
}
