import { describe, expect, it } from 'vitest'
import { createRandom } from '#platform/memory/random.ts'

describe('chance in a lab', () => {
  it('is the same for one seed and another for each other', () => {
    const draw = (seed: number | string) => {
      const random = createRandom(seed)
      return Array.from({ length: 5 }, () => random.number())
    }
    expect(draw(7)).toEqual(draw('7'))
    expect(draw(7)).not.toEqual(draw(8))
    expect(createRandom('7/mail.example.com').bytes(8)).toEqual(createRandom('7/mail.example.com').bytes(8))
  })

  it('is spread evenly', () => {
    const random = createRandom(1)
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 10_000; i++) {
      const drawn = random.integer(10)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})
