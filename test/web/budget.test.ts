// A page for classrooms and telephones: what it weighs is measured, not hoped.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { weigh, type Weights } from './budget.ts'

const root = resolve(import.meta.dirname, '../..')
const page = resolve(root, 'dist/web')
const kilo = 1000

describe('the weight of the page', () => {
  let weights: Weights

  beforeAll(() => {
    // In a process of its own: this one is set up for tests, and would build a page for developers.
    if (!existsSync(resolve(page, 'index.html'))) {
      const env = { ...process.env, NODE_ENV: 'production' }
      execFileSync('npx', ['vite', 'build', '--logLevel', 'error'], { cwd: root, env })
    }
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
