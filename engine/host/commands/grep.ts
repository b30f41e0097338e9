/** grep prints the lines that match. grep(1), basic and extended regular expressions as JavaScript reads them. */
import type { HostCommand } from '#host/command.ts'
import { linesOf, readFiles, type FileText } from '#host/files.ts'
import { readLetters, type Letters } from '#host/words.ts'

/** Longer lines are looked at in their beginning: no pattern may hold the host up. */
const maximumLine = 10_000
const maximumPattern = 1000

export const grep: HostCommand = {
  name: 'grep',
  async run(input) {
    const letters = readLetters(input.words, { plain: 'EFHchilnqsvwxGo', withValue: 'em' })
    if (!letters.ok) return { ...letters.result, exit: 2 }
    const given = letters.values.get('e')
    const [first, ...rest] = letters.operands
    const source = given ?? first
    if (source === undefined || source.length > maximumPattern) {
      return { stdout: '', stderr: 'Usage: grep [OPTION]... PATTERNS [FILE]...\n', exit: 2 }
    }
    const pattern = readPattern(source, letters)
    if (!pattern) return { stdout: '', stderr: `grep: Invalid regular expression\n`, exit: 2 }

    const files = await readFiles(input, given === undefined ? rest : letters.operands)
    const named = !letters.given.has('h') && (files.length > 1 || letters.given.has('H'))
    const outcomes = files.map((file) => search(file, pattern, letters, named))
    const stderr = letters.given.has('s') ? '' : outcomes.map(({ stderr }) => stderr).join('')
    const found = outcomes.some(({ found }) => found)
    const stdout = letters.given.has('q') ? '' : outcomes.map(({ stdout }) => stdout).join('')
    return { stdout, stderr, exit: outcomes.some(({ stderr }) => stderr !== '') ? 2 : found ? 0 : 1 }
  },
}

type Outcome = { readonly stdout: string; readonly stderr: string; readonly found: boolean }

function search(file: FileText, pattern: RegExp, { given, values }: Letters, named: boolean): Outcome {
  if ('problem' in file) return { stdout: '', stderr: `grep: ${file.name}: ${file.problem}\n`, found: false }
  const label = file.name === '-' ? '(standard input)' : file.name
  const limit = values.has('m') ? Number(values.get('m')) : Infinity
  const hits = linesOf(file.text)
    .map((line, i) => ({ line: line.replace(/\n$/, ''), number: i + 1 }))
    .filter(({ line }) => pattern.test(line.slice(0, maximumLine)) !== given.has('v'))
    .slice(0, limit)
  const found = hits.length > 0
  if (given.has('l')) return { stdout: found ? `${label}\n` : '', stderr: '', found }
  const prefix = named ? `${label}:` : ''
  if (given.has('c')) return { stdout: `${prefix}${hits.length}\n`, stderr: '', found }
  const lines = hits.flatMap(({ line, number }) => {
    const texts = given.has('o')
      ? (line.match(new RegExp(pattern.source, `${pattern.flags}g`)) ?? [])
      : [line]
    return texts.map((text) => `${prefix}${given.has('n') ? `${number}:` : ''}${text}\n`)
  })
  return { stdout: lines.join(''), stderr: '', found }
}

function readPattern(source: string, { given }: Letters): RegExp | null {
  const alternatives = source
    .split('\n')
    .map((line) => (given.has('F') ? literal(line) : given.has('E') ? line : basic(line)))
  let pattern = alternatives.join('|')
  if (given.has('w')) pattern = `\\b(?:${pattern})\\b`
  if (given.has('x')) pattern = `^(?:${pattern})$`
  try {
    return new RegExp(pattern, given.has('i') ? 'i' : '')
  } catch {
    return null
  }
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** In a basic expression `+ ? | ( ) { }` mean something only after a backslash. */
const basic = (text: string): string =>
  text.replace(
    /\\([+?|(){}])|([+?|(){}])/g,
    (_, escaped?: string, plain?: string) => escaped ?? `\\${plain ?? ''}`,
  )
