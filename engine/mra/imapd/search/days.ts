/** Days that a search names: a message is of the day on which its sender wrote it, in the sender's own zone. */
import { fieldValue, type HeaderLine } from '#protocol/message/header-lines.ts'
import { readMailDate } from '#protocol/message/read-date.ts'

const day = 86_400_000

/** A date that cannot be read is the first of all. */
export function sentLocally(fields: readonly HeaderLine[]): number {
  const moment = readMailDate(fieldValue(fields, 'Date') ?? '')
  return moment === null ? 0 : moment.time + moment.zone * 60_000
}

type Days = { readonly when: 'before' | 'on' | 'since'; readonly day: number }

export function onDay(wanted: Days, time: number): boolean {
  switch (wanted.when) {
    case 'before':
      return time < wanted.day
    case 'since':
      return time >= wanted.day
    case 'on':
      return time >= wanted.day && time < wanted.day + day
    default:
      return wanted.when satisfies never
  }
}
