/** Changes that might turn a yes into a no: what the yes rests on. */
import {
  askedOf,
  decisive,
  domainIn,
  forAddress,
  ofClient,
  ofLines,
  ofRow,
  rowOf,
  withoutItem,
} from './candidate.ts'
import type { Candidate, Verdict } from './candidate.ts'
import type { Moment } from '../moments.ts'

/** TEST-NET-3, and never a host of a lab's own offices. */
const stranger = '203.0.113.254'

export function refusingCandidates(moment: Moment, verdicts: readonly Verdict[]): readonly Candidate[] {
  const { now } = moment
  const asked = askedOf(moment)
  if (!['MAIL', 'RCPT', 'VRFY', 'ETRN', 'DATA'].includes(asked.verb)) return []
  const decided = decisive(verdicts)
  const row = rowOf(decided)
  const unknown = {
    name: 'unknown',
    nameStatus: 'permanent',
    reverseName: 'unknown',
    reverseStatus: 'permanent',
  } as const
  return [
    ...(now.sasl === null ? [] : [ofClient({ kind: 'not-authenticated' }, { sasl: null })]),
    ofClient(
      { kind: 'outside', address: stranger },
      { client: { ...now.client, ...unknown, address: stranger } },
    ),
    ...otherAddress(moment),
    ...(row === null ? [] : [ofRow({ kind: 'without-row', ...row, value: '' }, { ...row, value: null })]),
    ...withoutItem(moment, decided),
  ]
}

function otherAddress(moment: Moment): readonly Candidate[] {
  const asked = askedOf(moment)
  if (asked.verb === 'MAIL') {
    const limit = moment.parts.settings.messageSizeLimit
    const line = `MAIL FROM:<${asked.address ?? ''}> SIZE=${limit + 1}`
    return limit > 0 ? [ofLines({ kind: 'instead', line }, line)] : []
  }
  if (asked.verb !== 'RCPT') return []
  const elsewhere = 'somebody@elsewhere.example'
  const nobody = `no-such-user@${domainIn(asked.address) ?? ''}`
  return [
    ofLines({ kind: 'recipient-elsewhere', recipient: elsewhere }, forAddress(asked, elsewhere)),
    ofLines({ kind: 'recipient-unknown', recipient: nobody }, forAddress(asked, nobody)),
  ]
}
