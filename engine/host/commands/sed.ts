/** sed with `-n 'Np'`, `-n 'A,Bp'`, `-n '/x/p'` and `s/x/y/`: enough to look into a file and to change a word. sed(1). */
import type { CommandInput, CommandResult, HostCommand } from '#host/command.ts'
import { linesOf, readFiles } from '#host/files.ts'
import { writeToDisk } from '#host/disk-errors.ts'
import { printed, readLetters } from '#host/words.ts'

type Script = {
  readonly from: number | RegExp | null
  readonly to: number
  readonly action: { kind: 'print' | 'delete' } | { kind: 'replace'; pattern: RegExp; text: string }
}

export const sed: HostCommand = {
  name: 'sed',
  async run(input) {
    const letters = readLetters(input.words, { plain: 'nEri', withValue: 'e' })
    if (!letters.ok) return letters.result
    const given = letters.values.get('e')
    const [first = '', ...rest] = letters.operands
    const source = given ?? first
    const script = readScript(source)
    if (!script) return printed('', `sed: -e expression #1, char ${source.length}: unknown command\n`)
    return apply(input, given === undefined ? rest : letters.operands, script, letters.given)
  },
}

async function apply(
  input: CommandInput,
  names: readonly string[],
  script: Script,
  given: ReadonlySet<string>,
): Promise<CommandResult> {
  let stdout = ''
  let stderr = ''
  for (const file of await readFiles(input, names)) {
    if ('problem' in file) {
      stderr += `sed: can't read ${file.name}: ${file.problem}\n`
      continue
    }
    const text = linesOf(file.text)
      .map((line, i) => edited(line, i + 1, script, given.has('n')))
      .join('')
    if (given.has('i')) await writeToDisk(input, file.name, text)
    else stdout += text
  }
  return printed(stdout, stderr)
}

function edited(line: string, number: number, { from, to, action }: Script, quiet: boolean): string {
  const chosen =
    from === null || (typeof from === 'number' ? number >= from && number <= to : from.test(line))
  const kept = quiet ? '' : line
  if (!chosen) return kept
  switch (action.kind) {
    case 'print':
      return kept + line
    case 'delete':
      return ''
    case 'replace':
      return quiet ? '' : line.replace(action.pattern, action.text)
  }
}

function readScript(source: string): Script | null {
  const replace = /^s([/|#,])((?:\\.|(?!\1).){0,500})\1((?:\\.|(?!\1).){0,500})\1([gi]*)$/.exec(source)
  if (replace) {
    const [, , pattern = '', text = '', flags = ''] = replace
    const compiled = compile(pattern, flags)
    const insert = text
      .replace(/\$/g, '$$$$')
      .replace(/\\(\d)/g, '$$$1')
      .replace(/&/g, '$$&')
    return compiled && { from: null, to: 0, action: { kind: 'replace', pattern: compiled, text: insert } }
  }
  const address = /^(?:(\d{1,9}|\$)(?:,(\d{1,9}|\$))?|\/(.{1,500})\/)?([pd])$/.exec(source)
  if (!address) return null
  const [, from, to, pattern, letter] = address
  const action = { kind: letter === 'p' ? 'print' : 'delete' } as const
  if (pattern !== undefined) {
    const compiled = compile(pattern, '')
    return compiled && { from: compiled, to: 0, action }
  }
  const line = (text: string) => (text === '$' ? Infinity : Number(text))
  return { from: from === undefined ? null : line(from), to: line(to ?? from ?? '0'), action }
}

function compile(pattern: string, flags: string): RegExp | null {
  try {
    return new RegExp(pattern.replace(/\\([()])/g, '$1'), flags)
  } catch {
    return null
  }
}
