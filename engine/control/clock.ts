/** Moves the time of a lab by a duration as people write it: 30s, 5m, 2h, 1d, 200ms. */
import type { LabHandle } from './lab-handle.ts'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Null when the text is no duration, or longer than a year. */
export function readDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d|w)?$/.exec(text.trim())
  if (match === null) return null
  const length = Number(match[1]) * units[(match[2] ?? 's') as keyof typeof units]
  return length <= 366 * units.d ? length : null
}

/** False when the text is no duration. */
export async function advanceClock(lab: LabHandle, text: string): Promise<boolean> {
  const by = readDuration(text)
  if (by === null) return false
  lab.emit({ type: 'clock.changed', change: 'advanced', by })
  await lab.clock.advance(by)
  return true
}
