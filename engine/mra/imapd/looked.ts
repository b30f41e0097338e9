/** Whether a message's size and dates are known: of one that went before anybody looked at its file they never will be. */
import type { MessageEntry } from '#mailbox/mail-store.ts'
import { Entry } from '#mailbox/message-entry.ts'

export const isLooked = (entry: MessageEntry): boolean =>
  !(entry instanceof Entry) || entry.holder.details !== null
