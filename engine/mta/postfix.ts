/**
 * Postfix on one host at one moment: its settings, services and open tables. Made at start and at every
 * `postfix reload`; whoever holds one keeps it to the end of what it began.
 */
import type { Machine } from '#engine/machine.ts'
import type { Settings } from '#config/settings.ts'
import type { Tables } from '#tables/table.ts'

/** One line of master.cf. master(5). */
export type Service = {
  /** First column: `smtp`, `submission`, `127.0.0.1:10025`, or the name of a unix socket. */
  readonly name: string
  readonly type: 'inet' | 'unix' | 'unix-dgram' | 'fifo' | 'pass'
  /** smtpd, cleanup, smtp, lmtp, local … */
  readonly daemon: string
  readonly arguments: readonly string[]
  /** `-o name=value`, in order. */
  readonly overrides: readonly (readonly [name: string, value: string])[]
  readonly maxProcesses: number
}

export interface Postfix {
  readonly machine: Machine
  /** main.cf without the overrides of any service. */
  readonly settings: Settings
  readonly services: readonly Service[]
  settingsFor(service: Service): Settings
  readonly tables: Tables
}
