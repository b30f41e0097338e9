/**
 * Whether mail for a domain ends on this host: mydestination, or an address of its own in brackets.
 *
 * postconf(5): mydestination, inet_interfaces, proxy_interfaces.
 */
import type { Machine } from '#engine/machine.ts'
import type { Settings } from '#config/settings.ts'
import { readIpAddress, writeIpAddress } from '#tables/network.ts'
import type { Postfix } from '../postfix.ts'
import { decided, inList } from './world.ts'

export async function isOwnDomain(domain: string, postfix: Postfix): Promise<boolean> {
  const name = domain.endsWith('.') ? domain.slice(0, -1) : domain
  if (name === '') return true
  if (decided(await inList(postfix, 'mydestination', name), 'mydestination', name)) return true
  const literal = /^\[(?:IPv6:)?(.*)\]$/i.exec(name)?.[1]
  if (literal === undefined) return false
  return isOwnAddress(literal, postfix) || isProxyAddress(literal, postfix.settings)
}

export const isOwnAddress = (address: string, { machine, settings }: Postfix): boolean =>
  sameAddress(address, interfaceAddresses(settings, machine))

export const isProxyAddress = (address: string, settings: Settings): boolean =>
  sameAddress(address, settings.list('proxy_interfaces'))

/** The addresses that inet_interfaces names, names resolved as far as they are the host's own. */
export function interfaceAddresses(settings: Settings, machine: Machine): readonly string[] {
  const loopback = ['127.0.0.1', '::1']
  return settings.list('inet_interfaces').flatMap((name) => {
    const address = name.replace(/^\[(.*)\]$/, '$1')
    if (name === 'all') return [...machine.addresses, ...loopback]
    if (name === 'loopback-only') return loopback
    if (readIpAddress(address)) return [address]
    if (name === 'localhost') return loopback
    return name.toLowerCase() === machine.name.toLowerCase() ? machine.addresses : []
  })
}

function sameAddress(address: string, list: readonly string[]): boolean {
  const wanted = readIpAddress(address)
  if (!wanted) return false
  const text = writeIpAddress(wanted)
  return list.some((other) => {
    const read = readIpAddress(other)
    return read !== null && writeIpAddress(read) === text
  })
}
