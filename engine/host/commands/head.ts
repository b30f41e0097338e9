/** head and tail print the first or last lines of files. head(1), tail(1). */
import type { CommandInput, CommandResult, HostCommand } from '#host/command.ts'
import { linesOf, readFiles } from '#host/files.ts'
import { printed, readLetters } from '#host/words.ts'

export const head: HostCommand = { name: 'head', run: (input) => runPart(input, firstLines) }
export const tail: HostCommand = { name: 'tail', run: (input) => runPart(input, lastLines) }

type Part = (lines: readonly string[], count: string) => readonly string[]

const firstLines: Part = (lines, count) =>
  count.startsWith('-')
    ? lines.slice(0, Math.max(0, lines.length - Number(count.slice(1))))
    : lines.slice(0, Number(count))

const lastLines: Part = (lines, count) =>
  count.startsWith('+')
    ? lines.slice(Math.max(0, Number(count.slice(1)) - 1))
    : lines.slice(Math.max(0, lines.length - Number(count.replace('-', ''))))

async function runPart(input: CommandInput, part: Part): Promise<CommandResult> {
  const [name = '', ...rest] = input.words
  const words = [name, ...rest.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word))]
  const letters = readLetters(words, { plain: 'q', withValue: 'n' })
  if (!letters.ok) return letters.result
  const count = letters.values.get('n') ?? '10'
  if (!/^[+-]?\d{1,9}$/.test(count)) return printed('', `${name}: invalid number of lines: '${count}'\n`)

  const files = await readFiles(input, letters.operands)
  let stdout = ''
  let stderr = ''
  for (const file of files) {
    if ('problem' in file) {
      stderr += `${name}: cannot open '${file.name}' for reading: ${file.problem}\n`
      continue
    }
    if (files.length > 1) stdout += `${stdout === '' ? '' : '\n'}==> ${file.name} <==\n`
    stdout += part(linesOf(file.text), count).join('')
  }
  return printed(stdout, stderr)
}
