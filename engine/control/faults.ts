/** A fault as people write it: `refuse to mx.example.org port 25`, `delay 500ms from laptop.example.com`, `cut 200 to …`. */
import type { Fault } from '#platform/net.ts'
import { readDuration } from './clock.ts'

/** Null when the text is no fault. */
export function readFault(text: string): Fault | null {
  const words = text.trim().split(/\s+/)
  const kind = words.shift()
  const what = whatIsWrong(kind, words)
  if (what === null) return null
  const where: { from?: string; to?: string; port?: number } = {}
  while (words.length > 0) {
    const [key, value] = words.splice(0, 2)
    if (value === undefined) return null
    if (key === 'from' || key === 'to') where[key] = value
    else if (key === 'port' && /^\d{1,5}$/.test(value)) where.port = Number(value)
    else return null
  }
  return { ...where, ...what }
}

type Wrong = Fault extends infer F
  ? F extends { kind: string }
    ? Omit<F, 'from' | 'to' | 'port'>
    : never
  : never

function whatIsWrong(kind: string | undefined, words: string[]): Wrong | null {
  if (kind === 'refuse' || kind === 'drop') return { kind }
  const amount = words.shift() ?? ''
  const duration = readDuration(amount)
  if (kind === 'delay') return duration === null ? null : { kind, milliseconds: duration }
  if (!/^\d{1,9}$/.test(amount)) return null
  if (kind === 'throttle') return Number(amount) > 0 ? { kind, bytesPerSecond: Number(amount) } : null
  return kind === 'cut' ? { kind, afterBytes: Number(amount) } : null
}
