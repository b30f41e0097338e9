/** The programs that the small shell of a lab host knows. */
import { Killed, type Program, type ProgramEnd } from './small-shell.ts'

const said = (text: string): ProgramEnd => ({ exit: 0, output: '', stdout: Buffer.from(text, 'latin1') })
const linesOf = (bytes: Uint8Array): string[] => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

export const programs: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['cat', async ({ stdin }) => ({ exit: 0, output: '', stdout: stdin })],
  ['tee', async ({ stdin }) => ({ exit: 0, output: '', stdout: stdin })],
  ['true', async () => ({ exit: 0, output: '' })],
  [':', async () => ({ exit: 0, output: '' })],
  ['false', async () => ({ exit: 1, output: '' })],
  ['echo', async ({ words }) => said(`${words.slice(1).join(' ')}\n`)],
  ['printf', async ({ words }) => said((words[1] ?? '').replaceAll('\\n', '\n'))],
  ['env', async ({ environment }) => said(joined(Object.entries(environment).map((pair) => pair.join('='))))],
  ['pwd', async ({ environment }) => said(`${environment.PWD ?? '/'}\n`)],
  ['sort', async ({ stdin }) => said(joined(linesOf(stdin).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))))],
  ['grep', grep],
  ['test', async ({ words }) => ({ exit: holds(words.slice(1)) ? 0 : 1, output: '' })],
  ['[', async ({ words }) => ({ exit: holds(words.slice(1, -1)) ? 0 : 1, output: '' })],
  ['head', async ({ words, stdin }) => said(joined(linesOf(stdin).slice(0, headCount(words))))],
  ['tail', async ({ words, stdin }) => said(joined(linesOf(stdin).slice(-headCount(words))))],
  ['wc', async ({ stdin }) => said(`${linesOf(stdin).length}\n`)],
  [
    'sleep',
    async ({ words, machine }) => {
      await machine.clock.sleep(Number(words[1] ?? 0) * 1000)
      return { exit: 0, output: '' }
    },
  ],
  [
    'kill',
    async ({ words }) => {
      throw new Killed(Number(words.find((word) => word.startsWith('-'))?.slice(1) ?? 15))
    },
  ],
])

/** test(1), as far as strings go. */
function holds(words: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = words
  if (first === '!') return !holds(words.slice(1))
  if (words.length === 2 && first === '-z') return second === ''
  if (words.length === 2 && first === '-n') return second !== ''
  if (words.length === 3) return second === '!=' ? first !== third : first === third
  return first !== ''
}

const headCount = (words: readonly string[]): number =>
  Number(/\d+/.exec(words.slice(1).join(' '))?.[0] ?? 10)

async function grep({ words, stdin }: Parameters<Program>[0]): Promise<ProgramEnd> {
  const options = words.slice(1).filter((word) => word.startsWith('-'))
  const pattern = words.slice(1).find((word) => !word.startsWith('-')) ?? ''
  const inverted = options.some((option) => option.includes('v'))
  const found = linesOf(stdin).filter((line) => line.includes(pattern) !== inverted)
  return { ...said(joined(found)), exit: found.length > 0 ? 0 : 1 }
}
