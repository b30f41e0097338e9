/**
 * Waits for something, but only for so long of lab time. Where lab time stands still it is moved on, a second at a
 * time, once nothing happens of itself any more.
 */
import type { ClockControl } from '#platform/clock.ts'

const late = Symbol('late')
/** Real ms that a lab with a halted clock is given to come to rest. */
const rest = 100

export async function within<T>(
  clock: ClockControl,
  milliseconds: number,
  awaited: Promise<T>,
): Promise<T | undefined> {
  let left = milliseconds
  while (!clock.running && left > 0) {
    const result = await Promise.race([awaited, pause(rest)])
    if (result !== late) return result
    const step = Math.min(1000, left)
    await Promise.race([awaited, clock.advance(step)])
    left -= step
  }
  if (left <= 0) {
    const result = await Promise.race([awaited, pause(rest)])
    return result === late ? undefined : result
  }
  let timer: { cancel(): void } | null = null
  const tooLate = new Promise<typeof late>((resolve) => {
    timer = clock.after(left, () => resolve(late))
  })
  const result = await Promise.race([awaited, tooLate])
  ;(timer as { cancel(): void } | null)?.cancel()
  return result === late ? undefined : result
}

const pause = (milliseconds: number) =>
  new Promise<typeof late>((resolve) => setTimeout(() => resolve(late), milliseconds))
