/** sievec: checks a Sieve script, and says what is wrong with it. sievec(1). */
import type { HostCommand } from '#host/command.ts'
import { optionProblem, readOptions } from './arguments.ts'
import { absolute } from '../paths.ts'
import { compileFile } from '../sieve/script-file.ts'

const usage = `Usage: sievec  [-c <config-file>] [-d] [-D] [-P <plugin>] [-x <extensions>] 
              <script-file> [<out-file>]
`
const failure = 89

export const sievec: HostCommand = {
  name: 'sievec',
  async run({ box, user, words, directory }) {
    const reading = readOptions(words.slice(1), 'c:dDP:x:')
    if (reading.kind !== 'options')
      return { stdout: '', stderr: `${optionProblem('sievec', reading)}${usage}`, exit: failure }
    const [file] = reading.rest
    if (file === undefined)
      return { stdout: '', stderr: `sievec: Fatal: Missing <script-file> argument\n${usage}`, exit: failure }
    const extensions = reading.options.find(({ letter }) => letter === 'x')?.value ?? null
    const path = absolute(directory, file)
    const scripts = await scriptsAt(box.machine.disk, path, file)
    let stderr = ''
    for (const script of scripts) {
      const result = await compileFile(box, { path: script.path, user, extensions })
      const lines = result === null ? ['error: script not found.'] : result.lines
      stderr += lines.map((line) => `${line}\n`).join('')
      if (result?.program != null) continue
      return {
        stdout: '',
        stderr: `${stderr}sievec: Fatal: failed to compile sieve script '${script.shown}'\n`,
        exit: failure,
      }
    }
    return { stdout: '', stderr, exit: 0 }
  },
}

/** One file, or all scripts of a folder. */
async function scriptsAt(
  disk: Parameters<HostCommand['run']>[0]['box']['machine']['disk'],
  path: string,
  shown: string,
): Promise<readonly { readonly path: string; readonly shown: string }[]> {
  if ((await disk.stat(path))?.kind !== 'folder') return [{ path, shown }]
  const names = (await disk.list(path)).filter((name) => name.endsWith('.sieve'))
  return [...names]
    .sort()
    .map((name) => ({ path: `${path}/${name}`, shown: `${shown.replace(/\/$/, '')}/${name}` }))
}
