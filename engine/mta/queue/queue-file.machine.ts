/**
 * The queues a message passes through: incoming, active, and deferred until it can be delivered; hold at an
 * operator's wish. It leaves when every recipient was delivered to, was bounced, or was given up.
 *
 * qmgr(8), "MAIL QUEUES"; postsuper(1).
 */
import { setup } from 'xstate'

export type QueueStep =
  | { readonly type: 'arrive' }
  | { readonly type: 'hold' }
  | { readonly type: 'release' }
  | { readonly type: 'activate' }
  | { readonly type: 'defer' }
  | { readonly type: 'requeue' }
  | { readonly type: 'corrupt' }
  | { readonly type: 'remove' }

export const queueFile = setup({ types: { events: {} as QueueStep } }).createMachine({
  id: 'queue-file',
  initial: 'new',
  on: { corrupt: '.corrupt', remove: '.removed' },
  states: {
    new: { on: { arrive: 'incoming', hold: 'hold', requeue: 'maildrop' } },
    maildrop: { on: { arrive: 'incoming', hold: 'hold' } },
    incoming: { on: { activate: 'active', hold: 'hold', requeue: 'maildrop' } },
    active: { on: { defer: 'deferred', hold: 'hold', requeue: 'maildrop' } },
    deferred: { on: { activate: 'active', hold: 'hold', requeue: 'maildrop' } },
    hold: { on: { release: 'deferred', requeue: 'maildrop' } },
    corrupt: {},
    removed: { type: 'final' },
  },
})
