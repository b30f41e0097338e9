/**
 * Services that could not hold all the clients which the others may send them.
 *
 * Dovecot 2.3, "Service configuration", client_limit.
 */
import { defaultServices, type DefaultService } from '#config/dovecot-service-defaults.ts'
import type { DovecotSettings } from '#config/dovecot-settings.ts'

/** doveconf's warnings. */
export function crowdedServices(settings: DovecotSettings): readonly string[] {
  const services = defaultServices.map((service) => withLimits(settings, service)).reverse()
  const running = services.filter(
    ({ protocol }) => protocol !== '' && settings.list('protocols').includes(protocol),
  )
  const auth = services.find(({ name }) => name === 'auth')
  const anvil = services.find(({ name }) => name === 'anvil')
  // A session that sleeps does not log in again.
  const toAuth = running.filter(
    ({ name, type, serviceCount }) => name !== 'imap-hibernate' && (type === 'login' || serviceCount !== 1),
  )
  const toAnvil = [...running.filter(({ type }) => type === 'login'), ...(auth ? [auth] : [])]
  return [
    ...(auth
      ? tooLow(auth, sum(toAuth), `Counted for protocol services with service_count != 1: ${counted(toAuth)}`)
      : []),
    // Two more: the log and the master look in as well.
    ...(anvil ? tooLow(anvil, sum(toAnvil) + 2, `Counted with: ${counted(toAnvil)}`) : []),
  ]
}

type Limits = {
  readonly name: string
  readonly protocol: string
  readonly type: string
  readonly serviceCount: number
  readonly processLimit: number
  readonly clientLimit: number
}

function withLimits(settings: DovecotSettings, { name, settings: usual }: DefaultService): Limits {
  const written = settings.sections('service').find((section) => section.name === name)
  const value = (key: string): string => written?.get(key) ?? usual[key] ?? ''
  return {
    name,
    protocol: value('protocol'),
    type: value('type'),
    serviceCount: Number(value('service_count')),
    processLimit: Number(value('process_limit')) || settings.number('default_process_limit'),
    clientLimit: Number(value('client_limit')) || settings.number('default_client_limit'),
  }
}

const sum = (services: readonly Limits[]): number =>
  services.reduce((total, { processLimit }) => total + processLimit, 0)

const counted = (services: readonly Limits[]): string =>
  services.map(({ name, processLimit }) => `service ${name} { process_limit=${processLimit} }`).join(' + ')

function tooLow({ name, clientLimit }: Limits, needed: number, why: string): readonly string[] {
  if (clientLimit >= needed) return []
  const low = `service ${name} { client_limit=${clientLimit} }`
  return [`${low} is lower than required under max. load (${needed}). ${why}`]
}
