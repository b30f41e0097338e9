/**
 * Every delivery service of master.cf brings parameters of its own: a service `slow` that runs smtp(8) makes
 * `slow_destination_concurrency_limit` a parameter, whose default is the one for all transports.
 *
 * postconf(5), "transport_destination_concurrency_limit" and its neighbours; postconf(1), -C service.
 */
import { named } from '#protocol/named.ts'

const transportSuffixes: Readonly<Record<string, string>> = named({
  _delivery_slot_cost: '$default_delivery_slot_cost',
  _delivery_slot_discount: '$default_delivery_slot_discount',
  _delivery_slot_loan: '$default_delivery_slot_loan',
  _destination_concurrency_failed_cohort_limit: '$default_destination_concurrency_failed_cohort_limit',
  _destination_concurrency_limit: '$default_destination_concurrency_limit',
  _destination_concurrency_negative_feedback: '$default_destination_concurrency_negative_feedback',
  _destination_concurrency_positive_feedback: '$default_destination_concurrency_positive_feedback',
  _destination_rate_delay: '$default_destination_rate_delay',
  _destination_recipient_limit: '$default_destination_recipient_limit',
  _extra_recipient_limit: '$default_extra_recipient_limit',
  _initial_destination_concurrency: '$initial_destination_concurrency',
  _minimum_delivery_slots: '$default_minimum_delivery_slots',
  _recipient_limit: '$default_recipient_limit',
  _recipient_refill_delay: '$default_recipient_refill_delay',
  _recipient_refill_limit: '$default_recipient_refill_limit',
  _transport_rate_delay: '$default_transport_rate_delay',
})

const timeLimit = { _time_limit: '$command_time_limit' }

/** local(8) writes one mailbox at a time: for it alone the defaults differ. */
const localDefaults: Readonly<Record<string, string>> = named({
  local_destination_concurrency_limit: '2',
  local_destination_recipient_limit: '1',
})

const suffixesOf: Readonly<Record<string, Readonly<Record<string, string>>>> = named({
  error: transportSuffixes,
  lmtp: transportSuffixes,
  local: transportSuffixes,
  pipe: { ...transportSuffixes, ...timeLimit },
  smtp: transportSuffixes,
  spawn: timeLimit,
  virtual: transportSuffixes,
})

const allSuffixes = { ...transportSuffixes, ...timeLimit }

export type ServiceName = { readonly name: string; readonly daemon: string }

/** The parameters that these services bring, with their defaults. */
export function serviceParameters(services: readonly ServiceName[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { name, daemon } of services) {
    for (const [suffix, value] of Object.entries(suffixesOf[daemon] ?? {})) {
      const parameter = `${name}${suffix}`
      found.set(parameter, localDefaults[parameter] ?? value)
    }
  }
  return found
}

/** The default of a service's parameter, by its name alone: qmgr asks for any transport that mail is sent to. */
export function serviceParameterDefault(parameter: string): string | null {
  const suffix = Object.keys(allSuffixes)
    .filter((suffix) => parameter.endsWith(suffix) && parameter.length > suffix.length)
    .sort((a, b) => b.length - a.length)[0]
  if (suffix === undefined) return null
  return localDefaults[parameter] ?? (allSuffixes as Readonly<Record<string, string>>)[suffix] ?? null
}
