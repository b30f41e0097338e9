/** What is known while one script is checked: the extensions that it required, its loops, its variables, its problems. */
import type { Problems } from './problem.ts'
import type { Tag, Specification } from './specification.ts'
import type { RegexCompiler } from './matching/regex.ts'
import type { Position } from './problem.ts'
import type { Program, ScriptLocation } from './program.ts'

/** A location of include that this server does not have. */
export const noSuchPlace = Symbol('no such place')

export type CompileOptions = {
  /** `sieve_extensions`: the names that may be required. */
  readonly extensions: readonly string[]
  readonly regex: RegexCompiler
  /** The text of a script to include; null: no such script; noSuchPlace: no such location. */
  readonly find?: (location: ScriptLocation, name: string) => Promise<string | null | typeof noSuchPlace>
  /** After so many errors a script is read no further. */
  readonly mostErrors?: number
  /** The script is only being stored: one that it includes may still be missing. */
  readonly occasion?: 'upload'
  /** Minimum and maximum of `:days`, seconds. */
  readonly vacation?: { readonly minimum: number; readonly maximum: number; readonly standard: number }
}

/** An `include` that waits for its script. */
export type IncludeRequest = {
  readonly at: Position
  readonly location: ScriptLocation
  readonly name: string
  readonly text: string
  program: Program | null
}

/** What a `require` brings. */
export type Extension = {
  /** Extensions without which it cannot be used. */
  readonly needs?: readonly string[]
  readonly commands?: readonly Specification[]
  /** Tags for commands and tests of the language, or of other extensions. */
  readonly tags?: readonly { readonly on: readonly string[]; readonly tag: Tag }[]
}

export type ExtensionTable = Readonly<Record<string, Extension>>

export class Compilation {
  readonly script: string
  readonly problems: Problems
  readonly options: CompileOptions
  readonly #required = new Map<string, Position>()
  /** Required, by name. */
  readonly loaded = new Set<string>()
  /** Names of the foreverypart loops around what is being checked; null for one without a name. */
  readonly loops: (string | null)[] = []
  readonly globals = new Set<string>()
  /** Blocks around what is being checked. */
  depth = 0
  readonly #commands = new Map<string, Specification>()
  readonly #tags = new Map<string, readonly Tag[]>()
  readonly #reported = new Set<string>()
  /** What `include` names: `personal foo` and its text; null: not there; noSuchPlace: no such location. */
  readonly texts = new Map<string, string | null | typeof noSuchPlace>()
  /** To be made ready after this script. */
  readonly includes: IncludeRequest[] = []

  readonly #table: ExtensionTable

  constructor(script: string, problems: Problems, options: CompileOptions, table: ExtensionTable) {
    this.#table = table
    this.script = script
    this.problems = problems
    this.options = options
  }

  get features() {
    return {
      encoded: this.loaded.has('encoded-character'),
      variables: this.loaded.has('variables'),
      global: this.loaded.has('include'),
    }
  }

  add(specification: Specification): void {
    this.#commands.set(specification.identifier, specification)
  }

  addTags(identifier: string, tags: readonly Tag[]): void {
    this.#tags.set(identifier, [...(this.#tags.get(identifier) ?? []), ...tags])
  }

  /** Whether `require` would accept the name. */
  knows(name: string): boolean {
    if (name === 'comparator-i;octet' || name === 'comparator-i;ascii-casemap') return true
    return this.options.extensions.includes(name) && Object.hasOwn(this.#table, name)
  }

  load(name: string, at: Position): void {
    if (this.loaded.has(name)) return
    this.#required.set(name, at)
    this.loaded.add(name)
    const extension = this.#table[name]
    for (const command of extension?.commands ?? []) this.add(command)
    for (const { on, tag } of extension?.tags ?? [])
      for (const identifier of on) this.addTags(identifier, [tag])
  }

  /** An extension that builds on another which was not required. */
  missingExtension(): { readonly at: Position; readonly text: string } | null {
    for (const [name, at] of this.#required) {
      const missing = this.#table[name]?.needs?.find((other) => !this.loaded.has(other))
      if (missing !== undefined)
        return { at, text: `${name} extension cannot be used without ${missing} extension` }
    }
    return null
  }

  find(identifier: string): Specification | null {
    return this.#commands.get(identifier.toLowerCase()) ?? null
  }

  tagsOf(specification: Specification): readonly Tag[] {
    return [...(specification.tags ?? []), ...(this.#tags.get(specification.identifier) ?? [])]
  }

  /** Unknown things are told once. */
  isFirst(thing: string): boolean {
    if (this.#reported.has(thing)) return false
    this.#reported.add(thing)
    return true
  }
}
