/**
 * The command line: `mailscope up`, `run`, `check`, `solve`, `export`. Reads what was typed, and hands it on.
 * Exit 0: done. 1: it ran, and something did not hold. 2: what was given is wrong; nothing was started.
 */
import { loaders } from './cli/index.ts'
import { CommandRefused, usage } from './cli/command.ts'

export async function main(words: readonly string[]): Promise<void> {
  const [name = 'help', ...rest] = words
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined
  if (load === undefined) {
    const asked = ['help', '--help', '-h'].includes(name)
    const text = usage(await Promise.all(Object.values(loaders).map((one) => one())))
    if (asked) process.stdout.write(text)
    else process.stderr.write(`mailscope: there is no command ${name}\n\n${text}`)
    process.exitCode = asked ? 0 : 2
    return
  }
  try {
    process.exitCode = await (await load()).run(rest)
  } catch (error) {
    if (!(error instanceof CommandRefused)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  }
}
