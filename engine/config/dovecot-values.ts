/** How Dovecot reads times and sizes: `2 mins`, `30s`, `64 k`, `10M`. Dovecot 2.3, "Settings: types". */
import type { Reading } from '#config/values.ts'
import { named } from '#protocol/named.ts'

const seconds: readonly (readonly [name: string, length: number])[] = [
  ['weeks', 604_800],
  ['days', 86_400],
  ['hours', 3600],
  ['mins', 60],
  ['secs', 1],
]

/** Any beginning of these will do: `1 m`, `1 min`, `1 minute`. In thousandths of a second. */
const units: readonly (readonly [name: string, length: number])[] = [
  ['secs', 1000],
  ['seconds', 1000],
  ['mins', 60_000],
  ['minutes', 60_000],
  ['msecs', 1],
  ['mseconds', 1],
  ['milliseconds', 1],
  ['hours', 3_600_000],
  ['days', 86_400_000],
  ['weeks', 604_800_000],
]

const longest = 4_294_967_295_000

/** Milliseconds. */
export function readDovecotTime(text: string): Reading<number> {
  const [, digits = '', unit = ''] = /^(\d{1,12})\s*([a-z]*)$/i.exec(text) ?? []
  if (digits === '') return { ok: false, message: `Invalid time interval: ${text}` }
  const lower = unit.toLowerCase()
  if (lower === '') {
    return Number(digits) === 0
      ? { ok: true, value: 0 }
      : { ok: false, message: `Time interval '${text}' is missing units (add e.g. 's' for seconds)` }
  }
  const known = units.find(([name]) => name.startsWith(lower))
  if (!known) return { ok: false, message: `Invalid time interval: ${text}` }
  const value = Number(digits) * known[1]
  return value > longest ? { ok: false, message: `Time interval is too large: ${text}` } : { ok: true, value }
}

const sizes: Readonly<Record<string, number>> = named({
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
})

/** Bytes. */
export function readDovecotSize(text: string): Reading<number> {
  const [, digits = '', unit = ''] = /^(\d{1,15})\s*([a-z]?)b?$/i.exec(text) ?? []
  const factor = sizes[unit.toLowerCase()]
  if (digits === '' || factor === undefined) return { ok: false, message: `Invalid size: ${text}` }
  return { ok: true, value: Number(digits) * factor }
}

/** As doveconf writes it: the largest unit that leaves a whole number. */
export function writeDovecotTime(text: string): string {
  const time = readDovecotTime(text)
  if (!time.ok || time.value === 0) return time.ok ? '0' : text
  const whole = time.value / 1000
  const [name, length] = seconds.find(([, length]) => whole % length === 0) ?? ['msecs', 0.001]
  return `${whole / length} ${name}`
}

export function writeDovecotSize(text: string): string {
  const size = readDovecotSize(text)
  if (!size.ok || size.value === 0) return size.ok ? '0' : text
  for (const unit of ['T', 'G', 'M', 'k']) {
    const factor = sizes[unit.toLowerCase()] ?? 1
    if (size.value % factor === 0) return `${size.value / factor} ${unit}`
  }
  return `${size.value} B`
}
