/** A cleanup for trials: it judges a letter as the real one does, and keeps nothing of it. */
import { createCleanup } from '#mta/cleanup/cleanup.ts'
import { readCleanupSettings } from '#mta/cleanup/settings.ts'
import type { Cleanup } from '#mta/handover.ts'
import type { Postfix } from '#mta/postfix.ts'
import { createAddressing } from '#mta/rewrite/addressing.ts'

export const trialCleanup = (postfix: Postfix): Cleanup =>
  createCleanup({
    machine: postfix.machine,
    queue: {
      newQueueId: () => 'NOQUEUE',
      create: () => Promise.resolve(),
      remove: () => Promise.resolve(true),
    },
    settings: () => readCleanupSettings(postfix),
    addressing: () => createAddressing(postfix),
    arrived: () => undefined,
    returned: () => Promise.resolve(),
    expanded: () => undefined,
  })
