/**
 * Dates of IMAP: `14-Nov-2023 22:13:20 +0000` for a message's own date, `14-Nov-2023` in a search.
 *
 * RFC 3501 §9 (date-time, date).
 */
import { months } from '#protocol/message/date.ts'

const two = (n: number) => String(n).padStart(2, '0')

export function writeDateTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')
  return `${two(date.getUTCDate())}-${months[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()} ${time} +0000`
}

/** Milliseconds since 1970; NaN for a moment that there is not, null for what is no date. */
export function readDateTime(text: string): number | null {
  const match = /^([ \d]?\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text)
  if (match === null) return null
  const [, day, month = '', year, hours, minutes, seconds, sign, zoneHours, zoneMinutes] = match
  const at = monthIndex(month)
  if (at < 0) return null
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return NaN
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1)
  // A leap second is none here.
  const second = Math.min(Number(seconds), 59)
  const local = Date.UTC(Number(year), at, Number(day), Number(hours), Number(minutes), second)
  return new Date(local).getUTCDate() === Number(day) ? local - zone : NaN
}

/** The day's first moment. A day that the month does not have is later than any, as for Dovecot. */
export function readDate(text: string): number | null {
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text)
  if (match === null) return null
  const at = monthIndex(match[2] ?? '')
  if (at < 0) return null
  const time = Date.UTC(Number(match[3]), at, Number(match[1]))
  return new Date(time).getUTCDate() === Number(match[1]) ? time : Infinity
}

const monthIndex = (name: string): number =>
  months.findIndex((month) => month.toLowerCase() === name.toLowerCase())
