/**
 * `check_client_access`, `check_helo_access` and their kin: an access table decides, by the client, its name, the HELO
 * argument, the sender, the recipient, the login name or the certificate.
 *
 * access(5); SMTPD_ACCESS_README.
 */
import { externalForm } from '#protocol/address/address.ts'
import { accessAddressKeys, domainKeys, hostAddressKeys, type Key } from '#tables/search.ts'
import { parentStyle } from '#mta/rewrite/world.ts'
import { forbidPermit, lookAccess } from './access-lookup.ts'
import type { Facts } from './facts.ts'
import { dunno, type Call, type Outcome, type ReplyClass, type Restriction } from './restriction.ts'

const style = ({ settings }: Facts) => parentStyle(settings, 'smtpd_access_maps')

export const check_client_access: Restriction = {
  name: 'check_client_access',
  takes: 'table',
  evaluate: (facts, call) =>
    lookAccess(facts, call, {
      keys: [...domainKeys(facts.client.name, style(facts)), ...hostAddressKeys(facts.client.address)],
      replyName: facts.clientText,
      replyClass: 'Client host',
    }),
}

export const check_reverse_client_hostname_access: Restriction = {
  name: 'check_reverse_client_hostname_access',
  takes: 'table',
  async evaluate(facts, call) {
    const { reverseName, address } = facts.client
    const outcome = await lookAccess(facts, call, {
      keys: [...domainKeys(reverseName, style(facts)), ...hostAddressKeys(address)],
      replyName: reverseName,
      replyClass: 'Unverified Client host',
    })
    return forbidPermit(outcome, this.name, reverseName)
  },
}

export const check_helo_access: Restriction = {
  name: 'check_helo_access',
  takes: 'table',
  async evaluate(facts, call) {
    if (facts.helo === null) return dunno
    return lookAccess(facts, call, {
      keys: domainKeys(facts.helo, style(facts)),
      replyName: facts.helo,
      replyClass: 'Helo command',
    })
  },
}

export const check_sender_access: Restriction = {
  name: 'check_sender_access',
  takes: 'table',
  async evaluate(facts, call) {
    if (facts.sender === null) return dunno
    if (facts.sender !== '') return lookAddress(facts, call, facts.sender, 'Sender address')
    const keys: readonly Key[] = [{ key: facts.settings.text('smtpd_null_access_lookup_key'), part: 'whole' }]
    return lookAccess(facts, call, { keys, replyName: '', replyClass: 'Sender address' })
  },
}

export const check_recipient_access: Restriction = {
  name: 'check_recipient_access',
  takes: 'table',
  async evaluate(facts, call) {
    if (facts.recipient === null) return dunno
    return lookAddress(facts, call, facts.recipient, 'Recipient address')
  },
}

export const check_etrn_access: Restriction = {
  name: 'check_etrn_access',
  takes: 'table',
  async evaluate(facts, call) {
    if (facts.etrnDomain === null) return dunno
    return lookAccess(facts, call, {
      keys: domainKeys(facts.etrnDomain, style(facts)),
      replyName: facts.etrnDomain,
      replyClass: 'Etrn command',
    })
  },
}

export const check_sasl_access: Restriction = {
  name: 'check_sasl_access',
  takes: 'table',
  async evaluate(facts, call) {
    if (!facts.settings.flag('smtpd_sasl_auth_enable')) {
      call.warn(`restriction \`${this.name}' ignored: no SASL support`)
      return dunno
    }
    const username = facts.sasl?.username
    if (username === undefined) return dunno
    return lookAccess(facts, call, {
      keys: [{ key: username, part: 'whole' }],
      replyName: username,
      replyClass: 'SASL login name',
    })
  },
}

export const check_ccert_access: Restriction = {
  name: 'check_ccert_access',
  takes: 'table',
  async evaluate(facts, call) {
    const certificate = facts.tls?.certificate
    if (!certificate) return dunno
    return lookAccess(facts, call, {
      keys: [
        { key: certificate.fingerprint, part: 'whole' },
        { key: certificate.keyFingerprint, part: 'whole' },
      ],
      replyName: certificate.subject,
      replyClass: 'Client certificate',
    })
  },
}

/** The resolved form is looked up: `user%host@here` cannot hide behind our own domain. */
async function lookAddress(
  facts: Facts,
  call: Call,
  address: string,
  replyClass: ReplyClass,
): Promise<Outcome> {
  const { recipient, flags } = await facts.resolve(address)
  const delimiters = facts.settings.text('recipient_delimiter')
  const keys = accessAddressKeys(externalForm(recipient), delimiters, style(facts))
  const outcome = await lookAccess(facts, call, { keys, replyName: address, replyClass })
  const suspicious =
    replyClass === 'Recipient address' && flags.routed && !facts.settings.flag('allow_untrusted_routing')
  // OK for an address that asks us to route further would make us a relay.
  return outcome.kind === 'permit' && suspicious ? dunno : outcome
}
