/** The settings of the queue manager. postconf(5), qmgr(8). */
import type { Settings } from '#config/settings.ts'

export type QmgrSettings = {
  readonly activeLimit: number
  readonly minimalBackoff: number
  readonly maximalBackoff: number
  readonly queueRunDelay: number
  readonly transportRetryTime: number
  readonly maximalLifetime: number
  readonly bounceLifetime: number
  readonly delayWarning: number
  readonly deferTransports: readonly string[]
  readonly softBounce: boolean
  readonly doubleBounceSender: string
  readonly defaultFilterNexthop: string
  transport(name: string): TransportSettings
}

export type TransportSettings = {
  /** 0: no limit. */
  readonly concurrency: number
  readonly initialConcurrency: number
  readonly recipients: number
  readonly failedCohorts: number
}

export function readQmgrSettings(settings: Settings): QmgrSettings {
  const perTransport = (transport: string, suffix: string): number => {
    const own = `${transport}_${suffix}`
    return settings.text(own) === '' ? settings.number(`default_${suffix}`) : settings.number(own)
  }
  return {
    activeLimit: settings.number('qmgr_message_active_limit'),
    minimalBackoff: settings.time('minimal_backoff_time'),
    maximalBackoff: settings.time('maximal_backoff_time'),
    queueRunDelay: settings.time('queue_run_delay'),
    transportRetryTime: settings.time('transport_retry_time'),
    maximalLifetime: settings.time('maximal_queue_lifetime'),
    // Never longer than any other mail.
    bounceLifetime: Math.min(settings.time('bounce_queue_lifetime'), settings.time('maximal_queue_lifetime')),
    delayWarning: settings.time('delay_warning_time'),
    deferTransports: settings.list('defer_transports'),
    softBounce: settings.flag('soft_bounce'),
    doubleBounceSender: settings.text('double_bounce_sender'),
    defaultFilterNexthop: settings.text('default_filter_nexthop'),
    transport: (name) => ({
      concurrency: perTransport(name, 'destination_concurrency_limit'),
      initialConcurrency:
        settings.text(`${name}_initial_destination_concurrency`) === ''
          ? settings.number('initial_destination_concurrency')
          : settings.number(`${name}_initial_destination_concurrency`),
      recipients: perTransport(name, 'destination_recipient_limit'),
      failedCohorts: perTransport(name, 'destination_concurrency_failed_cohort_limit'),
    }),
  }
}
