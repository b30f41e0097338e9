/** What the server says it can do: before login how one may prove who one is, after it how far a script may go. RFC 5804 §1.7. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { isSecured, isTrusted, plaintextRefused } from '#engine/wire-tls.ts'
import type { Wire } from '#engine/wire.ts'
import { enabledExtensions } from '#mailbox/scripts/options.ts'
import type { SaslContext, SaslServer } from '#protocol/sasl/mechanism.ts'
import { writeString } from '#protocol/sieve/managesieve/arguments.ts'

export type CapabilityWorld = {
  readonly settings: DovecotSettings
  readonly wire: Wire
  readonly sasl: SaslServer
  readonly context: SaslContext
  readonly tlsPossible: boolean
}

export function capabilities(
  when: 'before-login' | 'after-login',
  world: CapabilityWorld,
): readonly string[] {
  const { settings, wire, tlsPossible } = world
  const login = [
    `"SASL" ${writeString(mechanismsNow(world).join(' '))}`,
    ...(tlsPossible && !wire.secure ? ['"STARTTLS"'] : []),
  ]
  const limits = [`"MAXREDIRECTS" ${writeString(settings.plugin('sieve_max_redirects') ?? '4')}`]
  // What is configured holds until somebody logs in; then it is known what there really is.
  const configured = (name: string) =>
    when === 'before-login' && settings.isSet(name) ? settings.text(name) : null
  const canNotify = enabledExtensions(settings).includes('enotify')
  const notify = configured('managesieve_notify_capability') ?? (canNotify ? 'mailto' : null)
  return [
    `"IMPLEMENTATION" ${writeString(settings.text('managesieve_implementation_string'))}`,
    `"SIEVE" ${writeString(configured('managesieve_sieve_capability') ?? enabledExtensions(settings).join(' '))}`,
    ...(when === 'after-login' ? limits : []),
    ...(notify === null ? [] : [`"NOTIFY" ${writeString(notify)}`]),
    ...(when === 'before-login' ? login : []),
    '"VERSION" "1.0"',
    ...(when === 'before-login' && isTrusted(wire, settings) ? ['"XCLIENT"'] : []),
  ]
}

export const announcedMechanisms = ({ sasl, context }: CapabilityWorld): readonly string[] =>
  sasl.mechanisms(context).filter((name) => name !== 'APOP' && name !== 'ANONYMOUS')

export const isPlaintext = (mechanism: string): boolean => mechanism === 'PLAIN' || mechanism === 'LOGIN'

function mechanismsNow(world: CapabilityWorld): readonly string[] {
  const { settings, wire } = world
  if (settings.text('ssl') === 'required' && !isSecured(wire, settings)) return []
  return announcedMechanisms(world).filter((name) => !isPlaintext(name) || !plaintextRefused(settings, wire))
}
