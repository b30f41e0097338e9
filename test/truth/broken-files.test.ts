// A main.cf or master.cf with a mistake in it: what postconf and postmap of Postfix 3.7.11 said, command after command.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '#host/shell.ts'
import { testBox } from '../host/box.ts'

type Said = { command: string; stdout: string; stderr: readonly string[]; exit: number }
type Recorded = { files: Record<string, string>; said: readonly Said[] }

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recorded/postconf/broken-files.json'), 'utf8'),
) as readonly Recorded[]

const title = (files: Record<string, string>): string =>
  JSON.stringify(
    files['main.cf']?.startsWith('compatibility_level=3.6\nq') ? files['master.cf'] : files['main.cf'],
  )

test.each(recorded.map((one) => [title(one.files), one] as const))('%s', async (_title, { files, said }) => {
  const box = await testBox({
    files: {
      '/etc/postfix/main.cf': 'compatibility_level = 3.6\n',
      '/etc/postfix/master.cf': '',
      ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`/w/${name}`, text])),
    },
  })
  for (const { command, ...expected } of said) {
    const ours = await runCommand(box, { user: 'root', command: `cd /w && ${command}`, stdin: '' })
    // The order of warnings is that of a hash table, and postconf repeats some.
    const stderr = [...new Set(ours.stderr.split('\n').filter((line) => line !== ''))].sort()
    expect({ command, ...ours, stderr }).toEqual({ command, ...expected })
  }
})
