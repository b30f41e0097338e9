/**
 * The way of a probe may be another than that of mail: past a filter, or straight to the server that must know.
 *
 * ADDRESS_VERIFICATION_README, "Controlling the routing of address verification probes".
 */
import type { Postfix } from '../postfix.ts'

const routed = [
  'default_transport',
  'local_transport',
  'relay_transport',
  'virtual_transport',
  'relayhost',
  'transport_maps',
  'sender_dependent_default_transport_maps',
  'sender_dependent_relayhost_maps',
]

/** The settings of main.cf with address_verify_… in the place of each parameter that routes mail. */
export function asProbed(postfix: Postfix): Postfix {
  const overrides = routed.map((name) => [name, postfix.settings.text(`address_verify_${name}`)] as const)
  const settings = postfix.settingsFor({
    name: 'verify',
    type: 'unix',
    daemon: 'trivial-rewrite',
    arguments: [],
    overrides,
    maxProcesses: 1,
  })
  return { ...postfix, settings }
}
