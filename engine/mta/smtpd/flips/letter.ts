/** Changes that might save a letter which was refused at its end: a line less, a row less, a milder main.cf. */
import { latin1, latin1Of } from '#protocol/bytes/text.ts'
import type { FactOf } from '#trace/events.ts'
import type { Moment } from '../moments.ts'
import { ofRow, ofSetting, type Candidate } from './candidate.ts'

export function letterCandidates(
  moment: Moment,
  rows: readonly FactOf<'table.looked'>[],
): readonly Candidate[] {
  const settings = moment.parts.settings.all
  const met = rows.at(-1)
  return [
    ...(met === undefined ? [] : withoutLine(moment, met.lookup.key)),
    ...(met === undefined
      ? []
      : [
          ofRow({ kind: 'without-row', ...met.lookup, value: '' }, { ...met.lookup, value: null }),
          ofSetting(met.purpose, ''),
        ]),
    ...milder
      .filter(([name, value]) => settings.text(name) !== value)
      .map(([name, value]) => ofSetting(name, value)),
  ]
}

/** The field or line that a table did not like; a folded field goes whole. */
function withoutLine({ asked }: Moment, line: string): readonly Candidate[] {
  if (asked.kind !== 'end-of-data' || asked.content === null || line === '') return []
  const lines = latin1Of(asked.content).split('\n')
  const at = lines.findIndex((one) => one !== '' && line.startsWith(one))
  if (at < 0) return []
  let end = at + 1
  while (/^[ \t]/.test(lines[end] ?? '')) end++
  const content = latin1([...lines.slice(0, at), ...lines.slice(end)].join('\n'))
  return [{ flip: { kind: 'without-line', line }, change: { on: 'letter' }, trial: { content } }]
}

const milder: readonly (readonly [name: string, value: string])[] = [
  ['message_size_limit', '0'],
  ['hopcount_limit', '1000'],
  ['smtpd_forbid_bare_newline', 'no'],
  ['message_reject_characters', ''],
  ['strict_8bitmime', 'no'],
  ['strict_8bitmime_body', 'no'],
  ['strict_7bit_headers', 'no'],
  ['strict_mime_encoding_domain', 'no'],
  ['mime_nesting_limit', '1000'],
]
