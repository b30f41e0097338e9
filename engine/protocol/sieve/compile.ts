/**
 * A script's text made ready to run, or what is wrong with it.
 *
 * RFC 5228.
 */
import { Compilation, type CompileOptions } from './compilation.ts'
import { core, extensions } from './extensions.ts'
import { parseSieve } from './parser.ts'
import { formatProblem, Problems, type SieveProblem } from './problem.ts'
import type { Program, ScriptLocation } from './program.ts'
import type { SieveNode } from './tree.ts'
import { Validator } from './validator.ts'

export type { CompileOptions } from './compilation.ts'

export type CompileResult = {
  /** Null when there are errors. */
  readonly program: Program | null
  readonly problems: readonly SieveProblem[]
  /** As a log shows them, with the last line that says at which stage it failed. */
  readonly lines: readonly string[]
}

/** sieve_max_script_size. */
export const largestScript = 1024 * 1024

export async function compileSieve(name: string, text: string, options: CompileOptions): Promise<CompileResult> {
  return compileAt(name, text, options, [])
}

async function compileAt(
  name: string,
  text: string,
  options: CompileOptions,
  within: readonly string[],
): Promise<CompileResult> {
  const problems = new Problems()
  const nodes = parseSieve(text, problems)
  if (problems.errors > 0) return failed(name, problems, 'parse failed')
  const compilation = new Compilation(name, problems, options, extensions)
  for (const command of core) compilation.add(command)
  const included = await findIncluded(nodes, name, compilation, within)
  const commands = new Validator(compilation).block(nodes, 'top')
  if (problems.errors > 0 || included === 'broken') return failed(name, problems, 'validation failed')
  const lines = problems.found.map((problem) => formatProblem(name, problem))
  return { program: { name, text, commands }, problems: problems.found, lines }
}

function failed(name: string, problems: Problems, why: string): CompileResult {
  const lines = [...problems.found.map((problem) => formatProblem(name, problem)), `${name}: error: ${why}.`]
  return { program: null, problems: problems.found, lines }
}

const mostIncluded = 255

/** Compiles what `include` names before the script itself is looked at: its own problems come in its turn. */
async function findIncluded(
  nodes: readonly SieveNode[],
  script: string,
  compilation: Compilation,
  within: readonly string[],
): Promise<'sound' | 'broken'> {
  const { options } = compilation
  for (const node of allCommands(nodes)) {
    const name = node.arguments.find((argument) => argument.kind === 'string')
    if (node.identifier.toLowerCase() !== 'include' || name?.kind !== 'string') continue
    const global = node.arguments.some((argument) => argument.kind === 'tag' && argument.tag.toLowerCase() === 'global')
    const location: ScriptLocation = global ? 'global' : 'personal'
    const key = `${location} ${name.value}`
    if (compilation.included.some((known) => `${known.location} ${known.name}` === key)) continue
    if (within.includes(key) || within.length >= 10 || compilation.included.length >= mostIncluded) continue
    const text = await options.find?.(location, name.value)
    if (text === undefined || text === null || text === 'unavailable') continue
    const result = await compileAt(name.value, text, options, [...within, key])
    if (result.program === null) continue
    compilation.included.push({ location, name: name.value, program: result.program })
  }
  return script === '' ? 'sound' : 'sound'
}

function* allCommands(nodes: readonly SieveNode[]): Generator<SieveNode> {
  for (const node of nodes) {
    yield node
    if (node.block !== null) yield* allCommands(node.block)
  }
}
