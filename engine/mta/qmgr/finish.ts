/**
 * The end of an attempt: who failed is reported, who was put off is tried again, and a message for whom nobody remains
 * leaves the queue.
 *
 * qmgr(8); postconf(5): maximal_queue_lifetime, bounce_queue_lifetime, delay_warning_time, minimal_backoff_time.
 */
import type { Machine } from '#engine/machine.ts'
import { quoteAddress } from '#protocol/message/address-list.ts'
import type { MessageQueue } from '../message-queue.ts'
import type { Bounce } from '../reporting.ts'
import type { Active } from './active.ts'
import { inOrder, progressOf } from './results.ts'
import type { QmgrSettings } from './settings.ts'
import { bounceEach } from './verp.ts'

/** By queue id: those who failed, and those who arrived and are to be told of it. */
export type Untold = Map<string, Pick<Active, 'failed' | 'reports'>>

const oneSecond = 1000

export async function finish(
  message: Active,
  {
    machine,
    queue,
    bounce,
    limits,
    untold,
  }: {
    readonly machine: Machine
    readonly queue: MessageQueue
    readonly bounce: Bounce
    readonly limits: QmgrSettings
    readonly untold: Untold
  },
): Promise<'gone' | 'kept'> {
  const { queueId, queueFile } = message
  const failed = inOrder(message.failed, message.sources)
  const deferred = inOrder(message.deferred, message.sources)
  const reports = inOrder(message.reports, message.sources)
  untold.delete(queueId)
  const failures = failed.length > 0 ? await bounceEach(bounce, queueFile, failed) : 'told'
  const successes = reports.length > 0 ? await bounce.succeeded(queueFile, reports) : 'told'
  if (message.all.length > 0) await bounce.verified(queueFile, inOrder(message.all, message.sources))
  if (failures === 'refused' || successes === 'refused') {
    untold.set(queueId, {
      failed: failures === 'refused' ? failed : [],
      reports: successes === 'refused' ? reports : [],
    })
    const text = `status=deferred (${failures === 'refused' ? 'bounce' : 'trace'} failed)`
    machine.emit({ type: 'daemon.logged', daemon: 'qmgr', level: 'info', queueId, text })
  }
  if (deferred.length === 0 && !untold.has(queueId)) {
    await queue.remove(queueId)
    return 'gone'
  }
  const now = machine.clock.now()
  const age = now - queueFile.arrivedAt
  const lifetime = queueFile.sender === '' ? limits.bounceLifetime : limits.maximalLifetime
  if (age >= lifetime || queue.get(queueId)?.forcedExpire) {
    machine.emit({ type: 'queue.expired', queueId, sender: quoteAddress(queueFile.sender) })
    await bounceEach(bounce, queueFile, deferred)
    untold.delete(queueId)
    await queue.remove(queueId)
    return 'gone'
  }
  // As qmgr reckons: whoever is a second short of it is not made to wait for another attempt.
  const due = limits.delayWarning > 0 && !queueFile.warned && age >= limits.delayWarning - oneSecond
  const warn = due && deferred.length > 0
  if (warn) await bounce.delayed(queueFile, deferred)
  const wait = Math.min(Math.max(age, limits.minimalBackoff), limits.maximalBackoff)
  const progress = progressOf(message, deferred, now + wait, warn ? 'warned' : 'not warned')
  await queue.move(queueId, 'deferred', progress, deferred[0]?.text)
  return 'kept'
}
