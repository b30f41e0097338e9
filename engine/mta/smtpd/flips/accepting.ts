/** Changes that might turn a no into a yes: the client's own first, then a table row, then main.cf. */
import type { TracedReply } from '#trace/events.ts'
import type { Moment } from '../moments.ts'
import { commandCandidates } from './commands.ts'
import {
  askedOf,
  decisive,
  domainIn,
  forAddress,
  joined,
  listText,
  ofClient,
  ofLines,
  ofRow,
  ofSetting,
  ownDomain,
  rowOf,
  withoutItem,
  type Candidate,
  type Verdict,
} from './candidate.ts'

export function acceptingCandidates(
  moment: Moment,
  verdicts: readonly Verdict[],
  given: TracedReply,
): readonly Candidate[] {
  const decided = decisive(verdicts)
  // Where no list decided, the line itself or the order was at fault: the client's addresses do not matter.
  if (decided === undefined)
    return [
      ...ofSession(moment),
      ...commandCandidates(moment, given),
      ...(isAboutAddress(given) ? ofAddress(moment) : []),
      ...ofProtocolSettings(moment),
    ]
  return [
    ...ofSession(moment),
    ...ofPeople(moment),
    ...ofRows(decided),
    ...ofNetworks(moment),
    ...ofDestination(moment),
    ...ofMaps(decided),
    ...ofFirstItem(moment),
    ...withoutItem(moment, decided),
    ...ofProtocolSettings(moment),
  ]
}

function ofSession(moment: Moment): readonly Candidate[] {
  const { now } = moment
  const tls = {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    bits: 256,
    exchange: null,
    certificate: null,
  }
  const username = (now.transaction?.sender ?? '').split('@')[0] || 'alice'
  return [
    ...(now.sasl === null
      ? [ofClient({ kind: 'authenticated' }, { sasl: { method: 'PLAIN', username } })]
      : []),
    ...(now.tls === null ? [ofClient({ kind: 'encrypted' }, { tls })] : []),
  ]
}

const isAboutAddress = ({ code }: TracedReply): boolean => code !== '503' && code !== '530'

/** An address of which nobody can say that it is badly written. */
function ofAddress(moment: Moment): readonly Candidate[] {
  const asked = askedOf(moment)
  const here = ownDomain(moment)
  if (asked.verb === 'MAIL') return ofSender(moment, '')
  if (asked.verb !== 'RCPT' && asked.verb !== 'VRFY') return []
  return [ofLines({ kind: 'recipient-here', domain: here }, forAddress(asked, `postmaster@${here}`))]
}

/** Who it is that comes, writes, or is written to. */
function ofPeople(moment: Moment): readonly Candidate[] {
  const { now, parts } = moment
  const { client } = now
  const asked = askedOf(moment)
  const here = ownDomain(moment)
  const clientName = `client.${parts.settings.all.text('mydomain')}`
  const good = { nameStatus: 'ok', reverseStatus: 'ok' } as const
  const named = { ...client, ...good, name: clientName, reverseName: clientName }
  return [
    ofClient(
      { kind: 'here' },
      { client: { ...client, ...good, name: 'localhost', reverseName: 'localhost', address: '127.0.0.1' } },
    ),
    ...(client.nameStatus === 'ok'
      ? []
      : [ofClient({ kind: 'named', address: client.address }, { client: named })]),
    asked.verb === 'HELO' || asked.verb === 'EHLO'
      ? ofLines({ kind: 'full-helo' }, `${asked.verb} ${clientName}`)
      : ofClient({ kind: 'full-helo' }, { helo: clientName }),
    ...ofSender(moment, ''),
    ...ofSender(moment, `postmaster@${here}`),
    ...(asked.verb === 'RCPT' || asked.verb === 'VRFY'
      ? [ofLines({ kind: 'recipient-here', domain: here }, forAddress(asked, `postmaster@${here}`))]
      : []),
  ]
}

function ofSender(moment: Moment, sender: string): readonly Candidate[] {
  const { transaction } = moment.now
  const asked = askedOf(moment)
  const flip =
    sender === ''
      ? ({ kind: 'null-sender' } as const)
      : ({ kind: 'sender-here', domain: domainIn(sender) ?? '' } as const)
  if (asked.verb === 'MAIL') return [ofLines(flip, forAddress(asked, sender))]
  if (transaction === null || transaction.sender === '') return []
  return [ofClient(flip, { transaction: { ...transaction, sender } })]
}

/** The row that refused, away or friendlier; or a row for an address that no table had. */
function ofRows(decided: Verdict): readonly Candidate[] {
  const row = rowOf(decided)
  if (row !== null) {
    const { table, key } = row
    return [
      ofRow({ kind: 'without-row', table, key, value: '' }, { table, key, value: null }),
      ofRow({ kind: 'row-says', table, key, value: 'OK' }, { table, key, value: 'OK' }),
    ]
  }
  if (!/^reject_unlisted_/i.test(decided.name)) return []
  // The last table that was asked is that of the address class; one with a file can be given a row.
  const last = decided.lookups.findLast(({ table }) => /:\//.test(table) && !table.includes('unix:'))
  if (last === undefined) return []
  const { table } = last
  // A user without a domain is what local tables have.
  const keys = decided.lookups.filter((lookup) => lookup.table === table).map((lookup) => lookup.key)
  const key = keys.find((one) => !one.includes('@')) ?? keys[0] ?? last.key
  const [user = '', domain] = key.split('@')
  const value = domain === undefined ? 'postmaster' : `${domain}/${user}/`
  return [ofRow({ kind: 'row', table, key, value }, { table, key, value })]
}

function ofNetworks({ now, parts }: Moment): readonly Candidate[] {
  const { address } = now.client
  const own = address.includes(':') ? `[${address}]` : address
  const value = joined(parts.settings.all.text('mynetworks'), own)
  return [ofSetting('mynetworks', value, { kind: 'network', address })]
}

/** What would make the recipient's domain, or the recipient, one of ours. */
function ofDestination(moment: Moment): readonly Candidate[] {
  const settings = moment.parts.settings.all
  const { address } = askedOf(moment)
  const domain = domainIn(address)
  if (address === null || domain === null) return []
  const unlisted = 'smtpd_reject_unlisted_recipient'
  return [
    ofSetting('relay_domains', joined(settings.text('relay_domains'), domain), { kind: 'relayed', domain }),
    ofSetting('mydestination', joined(settings.text('mydestination'), domain), { kind: 'delivered', domain }),
    ofSetting(unlisted, 'no', { kind: 'unlisted-accepted', recipient: address }),
  ]
}

/** Without a list of its recipients a domain takes mail for anybody, and finds out later. */
const ofMaps = ({ reply }: Verdict): readonly Candidate[] =>
  reply?.because === undefined ? [] : [ofSetting(reply.because.setting, '')]

const lists = [
  'smtpd_client_restrictions',
  'smtpd_helo_restrictions',
  'smtpd_sender_restrictions',
  'smtpd_relay_restrictions',
  'smtpd_recipient_restrictions',
]

/** Letting in whom the lists do not yet let in. */
function ofFirstItem({ now, parts }: Moment): readonly Candidate[] {
  const wanted = ['permit_mynetworks', ...(now.sasl === null ? [] : ['permit_sasl_authenticated'])]
  return lists.flatMap((list) => {
    const items = parts.settings.all.list(list)
    return wanted
      .filter((item) => items.length > 0 && !items.includes(item))
      .map((item) => ofSetting(list, listText([item, ...items]), { kind: 'begins-with', list, item }))
  })
}

/** Settings that make a server stricter than it need be, and their mildest value. */
const milder: readonly (readonly [name: string, value: string])[] = [
  ['message_size_limit', '0'],
  ['smtpd_recipient_limit', '10000'],
  ['smtpd_client_message_rate_limit', '0'],
  ['smtpd_client_recipient_rate_limit', '0'],
  ['smtpd_client_auth_rate_limit', '0'],
  ['smtpd_client_new_tls_session_rate_limit', '0'],
  ['smtpd_helo_required', 'no'],
  ['strict_rfc821_envelopes', 'no'],
  ['disable_vrfy_command', 'no'],
  ['smtpd_tls_auth_only', 'no'],
  ['smtpd_tls_security_level', 'may'],
  ['smtpd_sasl_auth_enable', 'yes'],
  ['smtpd_discard_ehlo_keywords', ''],
  ['smtpd_reject_unlisted_sender', 'no'],
  ['smtpd_command_filter', ''],
  ['smtpd_sasl_security_options', 'noanonymous'],
  ['smtputf8_enable', 'yes'],
  ['allow_min_user', 'yes'],
]

function ofProtocolSettings({ parts }: Moment): readonly Candidate[] {
  const settings = parts.settings.all
  return milder
    .filter(([name, value]) => settings.text(name) !== value)
    .map(([name, value]) => ofSetting(name, value))
}
