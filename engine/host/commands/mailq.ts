/** mailq: the mail queue, as sendmail showed it before there was a postqueue. sendmail(1). */
import type { HostCommand } from '#host/command.ts'
import { listQueue } from './postqueue.ts'
import { printQueue } from './queue-listing.ts'

export const mailq: HostCommand = {
  name: 'mailq',
  run: ({ box }) => listQueue(box, printQueue),
}
