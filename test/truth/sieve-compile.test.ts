// What Pigeonhole's own sievec said of scripts, sound and broken: each sentence, in its order, with its line.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { posixRegex } from '#mailbox/scripts/regex.ts'
import { compileSieve } from '#protocol/sieve/compile.ts'
import { quietExtensions, standardExtensions } from '#protocol/sieve/extensions.ts'
import { noSuchPlace } from '#protocol/sieve/compilation.ts'

type Recorded = { readonly script: string; readonly says: readonly string[] }

const file = join(import.meta.dirname, 'recorded/sieve/compile.json')
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[]

test('sievec and this compiler say the same of every recorded script', async () => {
  for (const { script, says } of recorded) {
    const place = says.some((line) => line.includes('location for included script')) ? noSuchPlace : null
    const { lines } = await compileSieve('t', script, {
      extensions: [...standardExtensions, ...quietExtensions],
      regex: posixRegex,
      find: async () => place,
    })
    expect({ script, says: lines }).toEqual({ script, says })
  }
})
