// The walk of engine/README.md: nine files from RCPT to a mailbox, each naming the next one.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const engine = resolve(import.meta.dirname, '../../engine')

/** The files of the table, in its order, as paths below engine/. */
const walk = [...readFileSync(join(engine, 'README.md'), 'utf8').matchAll(/^\| \d+ \| `([^`]+)` \|/gm)].map(
  (match) => match[1] ?? '',
)

test('the walk from RCPT to a mailbox has nine files, and all are there', () => {
  expect(walk).toHaveLength(9)
  expect(walk.filter((file) => !existsSync(join(engine, file)))).toEqual([])
})

test('each file of the walk opens with what it is and names the next', () => {
  for (const [i, file] of walk.entries()) {
    const opening = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(engine, file), 'utf8'))?.[1] ?? ''
    const next = walk[i + 1]
    expect(opening.trim(), file).not.toBe('')
    if (next !== undefined) expect(opening, file).toContain(`Next: engine/${next}`)
  }
})
