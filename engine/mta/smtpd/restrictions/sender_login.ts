/**
 * Whether a sender address belongs to who is logged in.
 *
 * postconf(5): smtpd_sender_login_maps, reject_sender_login_mismatch and its kin.
 */
import { searchAddress } from '#mta/rewrite/find-address.ts'
import { MappingUnavailable } from '#mta/rewrite/world.ts'
import type { Facts } from './facts.ts'
import { dunno, refuse, type Call, type Outcome, type Restriction } from './restriction.ts'

type Owners = readonly string[] | null

async function ownersOf(sender: string, facts: Facts, { looked }: Call): Promise<Owners> {
  const { recipient } = await facts.resolve(sender)
  const postfix = { ...facts.postfix, settings: facts.settings, tables: facts.tables }
  const found = await searchAddress(facts.settings.list('smtpd_sender_login_maps'), recipient, postfix)
  looked(found.tried)
  if (found.result.kind === 'unavailable') throw new MappingUnavailable(found.result.table, sender)
  return found.result.kind === 'found' ? found.result.found.value.split(/[\s,]+/).filter(Boolean) : null
}

/** `unowned`: what of an address that the table does not have. */
async function authenticated(facts: Facts, call: Call, unowned: 'refuse' | 'ignore'): Promise<Outcome> {
  const { sender, sasl } = facts
  if (sender === null || sender === '' || !sasl) return dunno
  const owners = await ownersOf(sender, facts, call)
  if (owners === null && unowned === 'ignore') return dunno
  if (owners?.some((owner) => owner.toLowerCase() === sasl.username.toLowerCase())) return dunno
  return refuse(553, '5.7.1', `<${sender}>: Sender address rejected: not owned by user ${sasl.username}`)
}

async function unauthenticated(facts: Facts, call: Call): Promise<Outcome> {
  const { sender, sasl } = facts
  if (sender === null || sender === '' || sasl) return dunno
  if ((await ownersOf(sender, facts, call)) === null) return dunno
  return refuse(553, '5.7.1', `<${sender}>: Sender address rejected: not logged in`)
}

/** Without SASL there is no login to compare with: the server says that it ignores the restriction. */
function saslMissing(names: readonly string[], { settings }: Facts, { warn }: Call): boolean {
  if (settings.flag('smtpd_sasl_auth_enable')) return false
  for (const name of names) warn(`restriction \`${name}' ignored: no SASL support`)
  return true
}

const authenticatedName = 'reject_authenticated_sender_login_mismatch'
const unauthenticatedName = 'reject_unauthenticated_sender_login_mismatch'

export const reject_authenticated_sender_login_mismatch: Restriction = {
  name: authenticatedName,
  takes: 'nothing',
  evaluate: async (facts, call) =>
    saslMissing([authenticatedName], facts, call) ? dunno : authenticated(facts, call, 'refuse'),
}

export const reject_known_sender_login_mismatch: Restriction = {
  name: 'reject_known_sender_login_mismatch',
  takes: 'nothing',
  async evaluate(facts, call) {
    if (saslMissing([this.name], facts, call)) return dunno
    return facts.sasl ? authenticated(facts, call, 'ignore') : unauthenticated(facts, call)
  },
}

export const reject_unauthenticated_sender_login_mismatch: Restriction = {
  name: unauthenticatedName,
  takes: 'nothing',
  evaluate: async (facts, call) =>
    saslMissing([unauthenticatedName], facts, call) ? dunno : unauthenticated(facts, call),
}

export const reject_sender_login_mismatch: Restriction = {
  name: 'reject_sender_login_mismatch',
  takes: 'nothing',
  async evaluate(facts, call) {
    if (saslMissing([authenticatedName, unauthenticatedName], facts, call)) return dunno
    return facts.sasl ? authenticated(facts, call, 'refuse') : unauthenticated(facts, call)
  },
}
