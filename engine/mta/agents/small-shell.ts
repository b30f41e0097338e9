/**
 * A small shell for commands that mail is piped into: `;`, `&&`, `||`, pipes, redirections, quotes and variables. A lab
 * host has no programs of its own; it knows the few that lessons and aliases use, and whatever the host brings along.
 *
 * sh(1).
 */
import type { Machine, SystemUser } from '#engine/machine.ts'
import { mayWrite } from './permission.ts'
import { programs as own } from './small-programs.ts'

export type ProgramEnd = { readonly exit: number; readonly output: string; readonly stdout?: Uint8Array }

/** A program: its arguments with its own name first, what is piped in, and the environment. */
export type Program = (input: {
  readonly words: readonly string[]
  readonly stdin: Uint8Array
  readonly environment: Readonly<Record<string, string>>
  readonly machine: Machine
}) => Promise<ProgramEnd>

/** Killed by a signal: `kill -9 $$`. */
export class Killed extends Error {
  readonly signal: number
  constructor(signal: number) {
    super(`signal ${signal}`)
    this.signal = signal
  }
}

export type ShellInput = {
  readonly machine: Machine
  readonly programs: Readonly<Record<string, Program>>
  readonly environment: Readonly<Record<string, string>>
  /** In whose name files are written. */
  readonly as?: SystemUser | undefined
}

/** `output`: what was written to standard output and standard error, as the agent sees it. */
export type ShellEnd = { readonly exit: number; readonly output: string }

class Exit extends Error {
  readonly exit: number
  constructor(exit: number) {
    super('exit')
    this.exit = exit
  }
}

export async function runShell(command: string, stdin: Uint8Array, input: ShellInput): Promise<ShellEnd> {
  let output = ''
  let exit = 0
  let run = true
  try {
    for (const { pipeline, then } of statements(tokensOf(command))) {
      if (run && pipeline.length > 0) {
        const end = await runPipeline(pipeline, stdin, input)
        exit = end.exit
        output += end.output
      }
      run = then === ';' || (then === '&&') === (exit === 0)
    }
  } catch (error) {
    if (!(error instanceof Exit)) throw error
    exit = error.exit
  }
  return { exit, output }
}

export const findProgram = (name: string, programs: Readonly<Record<string, Program>>): Program | undefined =>
  programs[name] ?? own.get(name.replace(/^(\/usr)?\/s?bin\//, ''))

async function runPipeline(
  pipeline: readonly (readonly Token[])[],
  stdin: Uint8Array,
  input: ShellInput,
): Promise<ShellEnd> {
  let output = ''
  let exit = 0
  let flowing = stdin
  for (const tokens of pipeline) {
    const step = readStep(tokens, input.environment)
    const [name = ''] = step.words
    if (name === 'exit') throw new Exit(Number(step.words[1] ?? exit) & 0xff)
    const program = findProgram(name, input.programs)
    const problem = step.to === null || step.to === 'stderr' ? null : await redirectionProblem(step.to, input)
    const end: ProgramEnd =
      problem !== null
        ? { exit: 2, output: `sh: 1: cannot create ${step.to ?? ''}: ${problem}\n` }
        : name === ''
          ? { exit: 0, output: '' }
          : program
            ? await program({ ...input, words: step.words, stdin: flowing })
            : { exit: 127, output: `sh: 1: ${name}: not found\n` }
    exit = end.exit
    const stdout = end.stdout ?? new Uint8Array()
    flowing = new Uint8Array()
    if (step.to === 'stderr') output += Buffer.from(stdout).toString('latin1')
    else if (step.to === null) flowing = stdout
    else if (problem === null) await write(input.machine, inFolder(step.to, input), step.appends, stdout)
    if (step.errors === 'stdout') flowing = Buffer.concat([flowing, Buffer.from(end.output, 'latin1')])
    else if (step.errors !== 'nowhere') output += end.output
  }
  return { exit, output: output + Buffer.from(flowing).toString('latin1') }
}

const inFolder = (path: string, { environment }: ShellInput): string =>
  path.startsWith('/') ? path : `${environment.PWD ?? ''}/${path}`

/** Why a file cannot be written; null when it can. */
async function redirectionProblem(path: string, input: ShellInput): Promise<string | null> {
  const { machine, as } = input
  if (as === undefined || path === '/dev/null') return null
  const whole = inFolder(path, input)
  const folder = whole.slice(0, whole.lastIndexOf('/')) || '/'
  if (folder !== as.home && (await machine.disk.stat(folder)) === null) return 'Directory nonexistent'
  return (await mayWrite(machine, as, folder)) ? null : 'Permission denied'
}

async function write(machine: Machine, path: string, appends: boolean, bytes: Uint8Array): Promise<void> {
  if (path === '/dev/null') return
  await machine.disk.commit([
    appends && (await machine.disk.stat(path))
      ? { kind: 'append', path, bytes }
      : { kind: 'write', path, bytes },
  ])
}

type Token = { readonly kind: 'operator' | 'word'; readonly text: string }

/** Words keep their quotes until variables are filled in. */
function tokensOf(command: string): readonly Token[] {
  const pattern =
    /\d?>&\d|\d?>>|\d?>|<|&&|\|\||[;|\n]|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\$\{[^}]*\}|[^\s;|&<>"'\\])+|&/gs
  return [...command.matchAll(pattern)].map(([text]) => ({
    kind: /^(\d?>&\d|\d?>>?|<|&&|\|\||[;|\n&])$/.test(text) ? 'operator' : 'word',
    text,
  }))
}

type Statement = { readonly pipeline: readonly (readonly Token[])[]; readonly then: ';' | '&&' | '||' }

function statements(tokens: readonly Token[]): readonly Statement[] {
  const found: Statement[] = []
  let pipeline: Token[][] = []
  let step: Token[] = []
  const end = (then: Statement['then']) => {
    if (step.length > 0) pipeline.push(step)
    found.push({ pipeline, then })
    pipeline = []
    step = []
  }
  for (const token of tokens) {
    if (token.kind === 'word' || /[<>]/.test(token.text)) step.push(token)
    else if (token.text === '|') {
      pipeline.push(step)
      step = []
    } else end(token.text === '&&' || token.text === '||' ? token.text : ';')
  }
  end(';')
  return found
}

type Step = {
  readonly words: readonly string[]
  /** Where standard output goes; null: down the pipe. */
  readonly to: string | null
  readonly appends: boolean
  readonly errors: 'stderr' | 'stdout' | 'nowhere'
}

function readStep(tokens: readonly Token[], environment: Readonly<Record<string, string>>): Step {
  const words: string[] = []
  let to: string | null = null
  let appends = false
  let errors: Step['errors'] = 'stderr'
  let redirection: string | null = null
  for (const { kind, text } of tokens) {
    if (kind === 'operator') {
      if (text === '2>&1') errors = 'stdout'
      else if (text.endsWith('>&2')) to = 'stderr'
      else redirection = text
      continue
    }
    const values = wordsOf(text, environment)
    if (redirection === null) words.push(...values)
    else if (redirection.startsWith('2')) errors = 'nowhere'
    else if (redirection !== '<') {
      to = values[0] ?? ''
      appends = redirection.endsWith('>>')
    }
    redirection = null
  }
  return { words, to, appends, errors }
}

/** Quotes taken away, variables filled in; outside quotes a value with blanks becomes several words. */
function wordsOf(text: string, environment: Readonly<Record<string, string>>): readonly string[] {
  let word = ''
  let quoted = false
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\$\{[^}]*\}|[^"'\\$]+|\$\w*/gs)) {
    if (piece.startsWith("'")) {
      quoted = true
      word += piece.slice(1, -1)
    } else if (piece.startsWith('"')) {
      quoted = true
      word += filled(piece.slice(1, -1), environment).replace(/\\(["\\$`])/g, '$1')
    } else if (piece.startsWith('\\')) word += piece.slice(1)
    else word += filled(piece, environment)
  }
  return quoted ? [word] : word.split(/\s+/).filter((one) => one !== '')
}

const filled = (word: string, environment: Readonly<Record<string, string>>): string =>
  word.replace(/\\\$|\$(?:(\w+)|\{(\w+)\}|\$)/g, (all, bare?: string, braced?: string) =>
    all.startsWith('\\') ? all : all === '$$' ? '$$' : (environment[bare ?? braced ?? ''] ?? ''),
  )
