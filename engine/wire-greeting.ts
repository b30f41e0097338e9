/** What a Dovecot says first: login_greeting, in which the addresses and the service may stand. Dovecot 2.3, login_greeting. */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { expandVariables } from '#config/dovecot-variables.ts'
import type { Machine } from './machine.ts'
import type { Wire } from './wire.ts'

export const greetingText = (
  settings: DovecotSettings,
  { remote, local }: Wire,
  { name }: Machine,
  service: string,
): string =>
  expandVariables(settings.text('login_greeting'), {
    s: service,
    r: remote.address,
    l: local.address,
    a: String(local.port),
    b: String(remote.port),
    hostname: name,
    u: '',
    n: '',
    d: '',
  })
