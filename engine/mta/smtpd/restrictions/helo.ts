/**
 * What a client may call itself in HELO and EHLO.
 *
 * RFC 5321 §4.1.1.1; postconf(5), smtpd_helo_restrictions.
 */
import { isValidHostname } from '#tables/hostname.ts'
import { readIpAddress } from '#tables/network.ts'
import { hostAddress } from './dns.ts'
import type { Facts } from './facts.ts'
import { dunno, permit, refuse, refused, temporarily, type Outcome, type Restriction } from './restriction.ts'

const withoutDot = (name: string): string => name.replace(/\.$/, '')

function invalidLiteral(helo: string, { settings }: Facts): Outcome {
  const inside = /^\[(?:IPv6:)?(.*)\]$/i.exec(helo)?.[1] ?? helo
  if (readIpAddress(inside)) return dunno
  const code = settings.number('invalid_hostname_reject_code')
  return refuse(code, '5.5.2', refused(helo, 'Helo command', 'invalid ip address'))
}

/** Looks at the HELO argument, if there is one: an address in brackets has only its form. */
const onHelo =
  (look: (helo: string, facts: Facts) => Outcome | Promise<Outcome>) =>
  async (facts: Facts): Promise<Outcome> => {
    const { helo } = facts
    if (helo === null) return dunno
    return helo.startsWith('[') ? invalidLiteral(helo, facts) : look(helo, facts)
  }

export const reject_invalid_helo_hostname: Restriction = {
  name: 'reject_invalid_helo_hostname',
  takes: 'nothing',
  evaluate: onHelo((helo, { settings }) => {
    if (isValidHostname(withoutDot(helo)) || readIpAddress(helo)) return dunno
    const code = settings.number('invalid_hostname_reject_code')
    return refuse(code, '5.5.2', refused(helo, 'Helo command', 'Invalid name'))
  }),
}

export const reject_non_fqdn_helo_hostname: Restriction = {
  name: 'reject_non_fqdn_helo_hostname',
  takes: 'nothing',
  evaluate: onHelo((helo, { settings }) => {
    const name = withoutDot(helo)
    if (isValidHostname(name) && name.includes('.')) return dunno
    const code = settings.number('non_fqdn_reject_code')
    return refuse(code, '5.5.2', refused(helo, 'Helo command', 'need fully-qualified hostname'))
  }),
}

export const reject_unknown_helo_hostname: Restriction = {
  name: 'reject_unknown_helo_hostname',
  takes: 'nothing',
  evaluate: onHelo(async (helo, { settings, machine }) => {
    const name = withoutDot(helo)
    const address = await hostAddress(name, machine.resolver)
    if (address === 'found') return dunno
    const mx = await machine.resolver.query(name, 'MX')
    if (mx.records.some(({ type }) => type === 'MX')) return dunno
    const text = refused(helo, 'Helo command', 'Host not found')
    if (address === 'absent') return refuse(settings.number('unknown_hostname_reject_code'), '4.7.1', text)
    const action = settings.text('unknown_helo_hostname_tempfail_action')
    return temporarily(action, { code: 450, status: '4.7.1', text })
  }),
}

export const permit_naked_ip_address: Restriction = {
  name: 'permit_naked_ip_address',
  takes: 'nothing',
  async evaluate({ helo }, { warn }) {
    warn(
      'restriction permit_naked_ip_address is deprecated. Use permit_mynetworks or permit_sasl_authenticated instead',
    )
    return helo !== null && readIpAddress(helo) ? permit : dunno
  },
}
