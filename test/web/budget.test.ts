// A page for classrooms and telephones: what it weighs is measured, not hoped.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'vite'
import { beforeAll, describe, expect, test } from 'vitest'
import { weigh, type Weights } from './budget.ts'

const root = resolve(import.meta.dirname, '../..')
const page = resolve(root, 'dist/web')
const kilo = 1000

describe('the weight of the page', () => {
  let weights: Weights

  beforeAll(async () => {
    if (!existsSync(resolve(page, 'index.html')))
      await build({ configFile: resolve(root, 'vite.config.ts'), logLevel: 'error' })
    weights = weigh(page)
  }, 60_000)

  test('a first visit loads at most 70 kB of script', () => {
    expect(weights.first / kilo).toBeLessThanOrEqual(70)
  })

  test('no part that is loaded later weighs more than 130 kB', () => {
    expect([...weights.later].filter(([, size]) => size > 130 * kilo)).toEqual([])
  })

  test('the two typefaces together weigh at most 120 kB', () => {
    expect(weights.fonts / kilo).toBeLessThanOrEqual(120)
  })
})
