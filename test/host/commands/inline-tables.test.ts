/** Tables written inside main.cf, well and badly: what `postmap -q` of a real Postfix 3.7.11 said of each. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Box } from '#host/command.ts'
import { postmap } from '#host/commands/postmap.ts'
import { toolBox } from './tool-box.ts'

type Asked = { table: string; key: string; stdout: string; stderr: string; exit: number }

const recorded = new URL('../../truth/recorded/tables/inline-tables.json', import.meta.url)
const asked = JSON.parse(readFileSync(recorded, 'utf8')) as readonly Asked[]

describe('a table inside main.cf', () => {
  let box: Box
  beforeAll(async () => {
    box = await toolBox({ '/etc/postfix/main.cf': 'compatibility_level = 3.6\n' })
  })

  test.each(asked)('$table answers $key', async ({ table, key, stdout, stderr, exit }) => {
    const words = ['postmap', '-q', key, table]
    const said = await postmap.run({ box, user: 'root', words, stdin: '', directory: '/' })
    expect(said).toEqual({ stdout, stderr, exit })
  })
})
