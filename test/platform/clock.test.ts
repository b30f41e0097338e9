import { describe, expect, it } from 'vitest'
import type { ClockControl } from '#platform/clock.ts'
import { createClock } from '#platform/memory/clock.ts'

const day = 86_400_000

function clockContract(name: string, open: () => ClockControl): void {
  describe(name, () => {
    it('fires timers in the order in which they are due, those of one moment as they were set', async () => {
      const clock = open()
      const fired: string[] = []
      for (const [what, when] of [
        ['b', 2000],
        ['d', 3_000_000_000],
        ['a', 1000],
        ['c', 2000],
      ] as const) {
        clock.after(when, () => fired.push(what))
      }
      clock.after(1500, () => fired.push('never')).cancel()
      const start = clock.now()
      await clock.advance(40 * day)
      expect(fired).toEqual(['a', 'b', 'c', 'd'])
      expect(clock.now() - start).toBeGreaterThanOrEqual(40 * day)
      expect(clock.now() - start).toBeLessThan(40 * day + 5000)
      clock.stop()
    })

    it('shows each timer its own time, and fires what timers set on the way', async () => {
      const clock = open()
      const start = clock.now()
      const seen: number[] = []
      const retry = () => {
        seen.push(Math.round((clock.now() - start) / 300_000))
        clock.after(300_000, retry)
      }
      clock.after(300_000, retry)
      await clock.advance(5 * 300_000 + 1000)
      expect(seen).toEqual([1, 2, 3, 4, 5])
      clock.stop()
    })

    it('lets a delivery that was begun come to rest before the next one is due', async () => {
      const clock = open()
      const log: string[] = []
      const deliver = (letter: string) => {
        const release = clock.hold()
        log.push(`begin ${letter}`)
        void rest(20).then(() => {
          log.push(`end ${letter}`)
          release()
        })
      }
      clock.after(1000, () => deliver('A'))
      clock.after(1001, () => deliver('B'))
      await clock.advance(5000)
      expect(log).toEqual(['begin A', 'end A', 'begin B', 'end B'])
      clock.stop()
    })

    it('goes on when held work itself waits for a later timer', async () => {
      const clock = open()
      let outcome = ''
      clock.after(1000, () => {
        const release = clock.hold()
        void clock.sleep(30_000).then(() => {
          outcome = 'timed out'
          release()
        })
      })
      await clock.advance(60_000)
      expect(outcome).toBe('timed out')
      clock.stop()
    })

    it('lets five days of nothing pass in well under a second', async () => {
      const clock = open()
      let scans = 0
      const scan = () => {
        scans++
        clock.after(300_000, scan)
      }
      scan()
      await clock.advance(5 * day)
      expect(scans).toBe(1441)
      clock.stop()
    })

    it('fires nothing after it is stopped', async () => {
      const clock = open()
      let fired = 0
      clock.after(0, () => fired++)
      clock.after(10, () => fired++)
      clock.stop()
      clock.after(0, () => fired++)
      await clock.advance(day)
      await rest(5)
      expect(fired).toBe(0)
    })

    it('does what is due at once even while time stands still', async () => {
      const clock = open()
      clock.pause()
      await clock.sleep(0)
      await clock.settled()
      clock.stop()
    })
  })
}

clockContract('a clock that runs', () => createClock({ source: 'real' }))
clockContract('a clock that is moved by hand', () => createClock({ source: 'manual' }))

describe('a lab clock', () => {
  it('stands still while paused, and runs on from there', async () => {
    const clock = createClock({ source: 'manual', start: 5000 })
    expect(clock.running).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 15))
    expect(clock.now()).toBe(5000)
    clock.resume()
    await clock.sleep(10)
    expect(clock.now()).toBeGreaterThanOrEqual(5010)
    clock.pause()
    clock.stop()
  })
})

async function rest(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
}
