/**
 * The moment that a `Date:` field names, and the zone in which it was written.
 *
 * RFC 5322 §3.3, with the zone names of §4.3.
 */
import { months } from './date.ts'
import { named } from '#protocol/named.ts'

export type MailMoment = {
  /** Milliseconds since 1970, UTC. */
  readonly time: number
  /** Minutes east of Greenwich. */
  readonly zone: number
}

const zones: Readonly<Record<string, number>> = named({
  UT: 0,
  GMT: 0,
  Z: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
})

export function readMailDate(value: string): MailMoment | null {
  const text = value.replace(/\([^()]*\)/g, ' ').trim()
  const match =
    /^(?:[A-Za-z]{3}\s*,?\s*)?(\d{1,2})\s+([A-Za-z]{3})[A-Za-z]*\s+(\d{2}|\d{4})\s+(\d{1,2})\s*:\s*(\d{2})(?:\s*:\s*(\d{2}))?\s*([+-]\d{4}|[A-Za-z]{1,4})?/.exec(
      text,
    )
  if (match === null) return null
  const [, day, name = '', written = '', hours, minutes, seconds = '0', zoneText = ''] = match
  const month = months.findIndex((known) => known.toLowerCase() === name.toLowerCase())
  if (month < 0) return null
  const number = Number(written)
  const year = written.length === 2 ? number + (number < 70 ? 2000 : 1900) : number
  const zone = readZone(zoneText)
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null
  const local = Date.UTC(year, month, Number(day), Number(hours), Number(minutes), Number(seconds))
  if (new Date(Date.UTC(year, month, Number(day))).getUTCDate() !== Number(day)) return null
  return { time: local - zone * 60_000, zone }
}

function readZone(text: string): number {
  const match = /^([+-])(\d\d)(\d\d)$/.exec(text)
  if (match === null) return zones[text.toUpperCase()] ?? 0
  return (Number(match[2]) * 60 + Number(match[3])) * (match[1] === '-' ? -1 : 1)
}
