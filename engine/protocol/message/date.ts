/**
 * Dates as mail writes them: `Tue, 24 Nov 2026 08:31:03 +0000 (UTC)`.
 *
 * RFC 5322 §3.3. The clock of a lab is in UTC, and Postfix pads the day with a space.
 */
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
export const months = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const

const two = (n: number) => String(n).padStart(2, '0')

const clockTime = (date: Date) =>
  `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
const dayName = (date: Date) => days[date.getUTCDay()] ?? ''
const monthName = (date: Date) => months[date.getUTCMonth()] ?? ''
const paddedDay = (date: Date) => String(date.getUTCDate()).padStart(2, ' ')

/** The value of a `Date:` field, as Postfix writes it. */
export function mailDate(milliseconds: number): string {
  const date = new Date(milliseconds)
  return `${dayName(date)}, ${paddedDay(date)} ${monthName(date)} ${date.getUTCFullYear()} ${clockTime(date)} +0000 (UTC)`
}

/** asctime(3), as after `From ` in a mbox and in `postqueue -p` (there without the year): `Tue Nov 24 08:31:03 2026`. */
export function asctime(milliseconds: number): string {
  const date = new Date(milliseconds)
  return `${dayName(date)} ${monthName(date)} ${paddedDay(date)} ${clockTime(date)} ${date.getUTCFullYear()}`
}

/** The stamp before a syslog line: `Nov 24 08:31:03`. RFC 3164 §4.1.2. */
export function syslogDate(milliseconds: number): string {
  const date = new Date(milliseconds)
  return `${monthName(date)} ${paddedDay(date)} ${clockTime(date)}`
}

/** `20261124083103`: the first part of the Message-Id that Postfix makes. */
export function compactDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace(/[-T:]/g, '')
}
