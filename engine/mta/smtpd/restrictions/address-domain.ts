/**
 * The domain of a sender or a recipient: a full name, and one that DNS knows.
 *
 * RFC 5321 §2.3.5; postconf(5): reject_non_fqdn_*, reject_unknown_*_domain.
 */
import { isValidHostname } from '#tables/hostname.ts'
import { mailHost } from './dns.ts'
import type { Facts } from './facts.ts'
import { dunno, refuse, refused, temporarily, type Outcome, type Restriction } from './restriction.ts'

type Whose = 'Sender address' | 'Recipient address'

function notFullyQualified(address: string | null, whose: Whose, { settings }: Facts): Outcome {
  if (address === null || address === '') return dunno
  const domain = address.includes('@') ? address.slice(address.lastIndexOf('@') + 1) : ''
  if (domain.startsWith('[') && domain.endsWith(']')) return dunno
  if (domain.includes('.') && isValidHostname(domain.replace(/\.$/, ''))) return dunno
  const code = settings.number('non_fqdn_reject_code')
  return refuse(code, '5.5.2', refused(address, whose, 'need fully-qualified address'))
}

async function unknownDomain(address: string | null, whose: Whose, facts: Facts): Promise<Outcome> {
  if (address === null || address === '') return dunno
  const { settings, machine } = facts
  const { recipient, addressClass } = await facts.resolve(address)
  // Our own domains need no DNS, and addresses in brackets have none.
  if (addressClass !== 'default' && addressClass !== 'relay') return dunno
  const domain = recipient.slice(recipient.lastIndexOf('@') + 1)
  if (domain.startsWith('[')) return dunno
  const host = await mailHost(domain, machine.resolver)
  const sender = whose === 'Sender address'
  const status = sender ? '4.1.8' : '4.1.2'
  const text = refused(address, whose, 'Domain not found')
  switch (host) {
    case 'found':
      return dunno
    case 'null-mx':
      return refuse(
        sender ? 550 : 556,
        sender ? '5.7.27' : '5.1.10',
        refused(address, whose, `Domain ${domain} does not accept mail (nullMX)`),
      )
    case 'absent':
      return refuse(settings.number('unknown_address_reject_code'), status, text)
    case 'temporary':
      return temporarily(settings.text('unknown_address_tempfail_action'), { code: 450, status, text })
  }
}

export const reject_non_fqdn_sender: Restriction = {
  name: 'reject_non_fqdn_sender',
  takes: 'nothing',
  evaluate: async (facts) => notFullyQualified(facts.sender, 'Sender address', facts),
}

export const reject_non_fqdn_recipient: Restriction = {
  name: 'reject_non_fqdn_recipient',
  takes: 'nothing',
  evaluate: async (facts) => notFullyQualified(facts.recipient, 'Recipient address', facts),
}

export const reject_unknown_sender_domain: Restriction = {
  name: 'reject_unknown_sender_domain',
  takes: 'nothing',
  evaluate: (facts) => unknownDomain(facts.sender, 'Sender address', facts),
}

export const reject_unknown_recipient_domain: Restriction = {
  name: 'reject_unknown_recipient_domain',
  takes: 'nothing',
  evaluate: (facts) => unknownDomain(facts.recipient, 'Recipient address', facts),
}
