/** Messages in the order that a client asked for. RFC 5256 §2.2; DISPLAYFROM, DISPLAYTO: RFC 5957. */
import type { SortKey, SortStep } from '#protocol/imap/commands/sort.ts'
import { readAddresses } from '#protocol/message/addresses.ts'
import { baseSubject } from '#protocol/message/base-subject.ts'
import { fieldValue, readHeaderLines, type HeaderLine } from '#protocol/message/header-lines.ts'
import { readMailDate } from '#protocol/message/read-date.ts'
import type { Account, Numbered } from '../account.ts'
import { isLooked } from '../looked.ts'
import { decodeHeaderText, folded } from './text.ts'

type Keyed = { readonly message: Numbered; readonly keys: readonly (string | number)[] }

const ofHeader: ReadonlySet<SortKey> = new Set([
  'CC',
  'DATE',
  'FROM',
  'SUBJECT',
  'TO',
  'DISPLAYFROM',
  'DISPLAYTO',
])

export async function sortMessages(
  account: Account,
  messages: readonly Numbered[],
  program: readonly SortStep[],
): Promise<readonly Numbered[]> {
  const { mailbox } = account.view
  await mailbox.load(messages.map(({ entry }) => entry.uid))
  const names = program.flatMap(({ by }) => (ofHeader.has(by) ? [by.replace('DISPLAY', '')] : []))
  const lines = await mailbox.readFields(
    messages.map(({ entry }) => entry.uid),
    [...new Set(names)],
  )
  const keyed: Keyed[] = []
  for (const message of messages) {
    const fields = readHeaderLines(lines.get(message.entry.uid) ?? '')
    keyed.push({ message, keys: program.map(({ by }) => keyOf(by, message, fields)) })
  }
  keyed.sort((a, b) => {
    for (const [i, { order }] of program.entries()) {
      const compared = compare(a.keys[i] ?? 0, b.keys[i] ?? 0)
      if (compared !== 0) return order === 'ascending' ? compared : -compared
    }
    return a.message.number - b.message.number
  })
  return keyed.map(({ message }) => message)
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)

function keyOf(key: SortKey, { entry }: Numbered, fields: readonly HeaderLine[]): string | number {
  switch (key) {
    case 'ARRIVAL':
      return arrival(entry)
    case 'SIZE':
      return isLooked(entry) ? entry.size : 0
    case 'DATE':
      return readMailDate(fieldValue(fields, 'Date') ?? '')?.time ?? arrival(entry)
    case 'SUBJECT':
      return folded(baseSubject(decodeHeaderText(fieldValue(fields, 'Subject') ?? '')).base)
    case 'FROM':
    case 'TO':
    case 'CC':
      return folded(firstAddress(fields, key)?.mailbox ?? '')
    case 'DISPLAYFROM':
    case 'DISPLAYTO': {
      const first = firstAddress(fields, key === 'DISPLAYFROM' ? 'From' : 'To')
      if (first === undefined) return ''
      if (first.host === null) return folded(first.mailbox ?? '')
      return folded(
        first.name === null ? `${first.mailbox ?? ''}@${first.host}` : decodeHeaderText(first.name),
      )
    }
    case 'RELEVANCY':
    case 'X-SCORE':
      return 0
    default:
      return key satisfies never
  }
}

/** Of a message that was gone before anybody looked at it nothing is known. */
const arrival = (entry: Numbered['entry']): number => (isLooked(entry) ? entry.internalDate : 0)

const firstAddress = (fields: readonly HeaderLine[], name: string) => {
  const value = fieldValue(fields, name)
  return value === null ? undefined : readAddresses(value)[0]
}
