/**
 * A script's text made ready to run, or what is wrong with it.
 *
 * RFC 5228.
 */
import { Compilation, type CompileOptions, type IncludeRequest } from './compilation.ts'
import { deepestInclude, isScriptName } from './script-name.ts'
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

export async function compileSieve(
  name: string,
  text: string,
  options: CompileOptions,
): Promise<CompileResult> {
  const { unit, lines, problems } = await new Compiler(options).script(name, text, [])
  return { program: unit, lines, problems }
}

const mostIncluded = 255

type Made = {
  readonly unit: Program | null
  readonly stage: 'parse' | 'validate' | 'generate code for'
  readonly lines: readonly string[]
  readonly problems: readonly SieveProblem[]
}

const lastLine = {
  parse: 'parse failed',
  validate: 'validation failed',
  'generate code for': 'code generation failed',
}

class Compiler {
  readonly #options: CompileOptions
  /** Scripts that were included before: each is made once. */
  readonly #made = new Map<string, Program>()

  constructor(options: CompileOptions) {
    this.#options = options
  }

  /** `within`: the included scripts around this one. */
  async script(name: string, text: string, within: readonly string[]): Promise<Made> {
    const problems = new Problems(this.#options.mostErrors)
    const nodes = parseSieve(text, problems)
    if (problems.errors > 0) return this.#failed(name, problems, [], 'parse', within)
    const compilation = new Compilation(name, problems, this.#options, extensions)
    for (const command of core) compilation.add(command)
    await this.#lookUp(nodes, compilation)
    const commands = new Validator(compilation).block(nodes, 'top')
    if (problems.errors > 0) return this.#failed(name, problems, [], 'validate', within)
    const included: string[] = []
    const lines = () => [...included, ...problems.found.map((problem) => formatProblem(name, problem))]
    for (const request of this.#options.occasion === 'upload' ? [] : compilation.includes) {
      const problem = await this.#include(request, included, within)
      if (problem === null) continue
      problems.error(request.at, problem)
      return this.#failed(name, problems, included, 'generate code for', within)
    }
    const unit = { name, text, commands }
    return { unit, stage: 'generate code for', lines: lines(), problems: problems.found }
  }

  /** Reads the scripts that `include` names: whether they are there is known before the script is looked at. */
  async #lookUp(nodes: readonly SieveNode[], compilation: Compilation): Promise<void> {
    for (const node of allCommands(nodes)) {
      if (node.identifier.toLowerCase() !== 'include' || compilation.texts.size >= mostIncluded) continue
      const name = node.arguments.find((argument) => argument.kind === 'string')
      if (name?.kind !== 'string' || !isScriptName(name.value)) continue
      const tagged = node.arguments.some(
        (argument) => argument.kind === 'tag' && argument.tag.toLowerCase() === 'global',
      )
      const location: ScriptLocation = tagged ? 'global' : 'personal'
      const text = (await this.#options.find?.(location, name.value)) ?? null
      compilation.texts.set(`${location} ${name.value}`, text)
    }
  }

  async #include(
    request: IncludeRequest,
    lines: string[],
    within: readonly string[],
  ): Promise<string | null> {
    const key = `${request.location} ${request.name}`
    if (within.includes(key)) return 'circular include'
    if (within.length >= deepestInclude) return `cannot nest includes deeper than ${deepestInclude} levels`
    const known = this.#made.get(key)
    if (known !== undefined) {
      request.program = known
      return null
    }
    if (this.#made.size >= mostIncluded)
      return `failed to include script '${request.name}': no more than ${mostIncluded} includes allowed`
    const made = await this.script(request.name, request.text, [...within, key])
    lines.push(...made.lines)
    if (made.unit === null) return `failed to ${made.stage} included script '${request.name}'`
    this.#made.set(key, made.unit)
    request.program = made.unit
    return null
  }

  #failed(
    name: string,
    problems: Problems,
    included: readonly string[],
    stage: Made['stage'],
    within: readonly string[],
  ): Made {
    const lines = [...included, ...problems.found.map((problem) => formatProblem(name, problem))]
    // Only of the script that was asked for is it said at which stage it failed.
    if (within.length === 0 && problems.moreAllowed)
      lines.push(formatProblem(name, { severity: 'error', line: 0, column: 0, text: lastLine[stage] }))
    return { unit: null, stage, lines, problems: problems.found }
  }
}

function* allCommands(nodes: readonly SieveNode[]): Generator<SieveNode> {
  for (const node of nodes) {
    yield node
    if (node.block !== null) yield* allCommands(node.block)
  }
}
