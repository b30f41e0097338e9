/**
 * Lets in mail for domains that name us in DNS as one of their mail servers, within permit_mx_backup_networks.
 *
 * postconf(5): permit_mx_backup.
 */
import { matchClient } from '#tables/matching.ts'
import { isOwnAddress, isProxyAddress } from '#mta/rewrite/own-domain.ts'
import { parentStyle } from '#mta/rewrite/world.ts'
import type { Facts } from './facts.ts'
import { dunno, permit, postpone, refused, type Outcome, type Restriction } from './restriction.ts'

export const permit_mx_backup: Restriction = {
  name: 'permit_mx_backup',
  takes: 'nothing',
  async evaluate(facts, call) {
    if (facts.recipient === null) return dunno
    const { recipient, addressClass, flags } = await facts.resolve(facts.recipient)
    if (addressClass === 'local') return permit
    if (flags.routed && !facts.settings.flag('allow_untrusted_routing')) return dunno
    if (addressClass !== 'default') return permit
    const domain = recipient.slice(recipient.lastIndexOf('@') + 1)
    if (domain.startsWith('[')) return dunno

    const answer = await facts.machine.resolver.query(domain, 'MX')
    const exchanges = answer.records.flatMap((record) => (record.type === 'MX' ? [record] : []))
    if (exchanges.length === 0) {
      if (answer.code === 'NOERROR' || answer.code === 'NXDOMAIN') return dunno
      return laterMaybe(
        refused(facts.recipient, call.replyClass, 'Unable to look up mail exchanger information'),
      )
    }
    const us = await Promise.all(exchanges.map(({ exchange }) => isThisHost(exchange, facts)))
    if (!us.includes(true)) return dunno
    if (facts.settings.list('permit_mx_backup_networks').length === 0) return permit
    const best = Math.min(...exchanges.map(({ preference }) => preference))
    for (const { exchange, preference } of exchanges) {
      if (preference !== best) continue
      if (!(await inBackupNetworks(exchange, facts))) return dunno
    }
    return permit
  },
}

const laterMaybe = (text: string): Outcome => postpone('reject', { code: 450, status: '4.4.4', text })

async function isThisHost(name: string, { machine, postfix, settings }: Facts): Promise<boolean> {
  if (name.toLowerCase() === settings.text('myhostname').toLowerCase()) return true
  const { addresses } = await machine.resolver.addresses(name)
  return addresses.some((address) => isOwnAddress(address, postfix) || isProxyAddress(address, settings))
}

async function inBackupNetworks(name: string, { machine, settings, world }: Facts): Promise<boolean> {
  const { addresses } = await machine.resolver.addresses(name)
  const list = settings.list('permit_mx_backup_networks')
  const style = parentStyle(settings, 'permit_mx_backup_networks')
  const matches = await Promise.all(
    addresses.map((address) => matchClient(list, { name, address }, style, world)),
  )
  return matches.length > 0 && matches.every(({ kind }) => kind === 'yes')
}
