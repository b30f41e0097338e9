/**
 * One command or test under examination: sorts its arguments into tags and positions, and says what is wrong with them.
 *
 * RFC 5228 §2.6. The sentences are Pigeonhole's.
 */
import type { Compilation } from './compilation.ts'
import type { Position } from './problem.ts'
import type { GivenTag, Specification, Tag } from './specification.ts'
import { kindName, type Argument, type SieveNode } from './tree.ts'
import { readString, type StringValue } from './values.ts'

const kinds = { string: 'string', 'string-list': 'string list', number: 'number' } as const
const article = { string: 'a string', 'string-list': 'a string list', number: 'a number' } as const

export class CommandCheck {
  readonly node: SieveNode
  readonly compilation: Compilation
  readonly #tags: readonly Tag[]
  readonly #given: GivenTag[] = []
  /** Of tags first, then positional ones only. */
  #arguments: Argument[]

  constructor(node: SieveNode, tags: readonly Tag[], compilation: Compilation) {
    this.node = node
    this.compilation = compilation
    this.#tags = tags
    this.#arguments = [...node.arguments]
  }

  /** `header test`, `keep command`. */
  get title(): string {
    return `${this.node.identifier.toLowerCase()} ${this.node.kind}`
  }

  /** The positional arguments. */
  get arguments(): readonly Argument[] {
    return this.#arguments
  }

  error(text: string, at: Position = this.node.at): false {
    this.compilation.problems.error(at, text)
    return false
  }

  warning(text: string, at: Position = this.node.at): void {
    this.compilation.problems.warning(at, text)
  }

  given(tag: Tag): GivenTag | null {
    return this.#given.find((given) => given.tag === tag) ?? null
  }

  /** Whether a tag was given, or stands further on. */
  isGiven(tag: Tag): boolean {
    return (
      this.given(tag) !== null ||
      this.#arguments.some(
        (argument) => argument.kind === 'tag' && tag.names.includes(argument.tag.toLowerCase()),
      )
    )
  }

  /** All tags in the order given. */
  get tags(): readonly GivenTag[] {
    return this.#given
  }

  /** Takes the next argument for a tag that wants more than its parameter. */
  take(): Argument | null {
    return this.#arguments.shift() ?? null
  }

  peek(): Argument | null {
    return this.#arguments[0] ?? null
  }

  /** Tags and count of arguments. */
  sortArguments(specification: Specification): boolean {
    const tags = this.#resolve()
    if (tags === null) return false
    for (let argument = this.peek(); argument?.kind === 'tag'; argument = this.peek()) {
      if (!this.#takeTag(argument, tags)) return false
    }
    for (const argument of this.#arguments) {
      if (argument.kind !== 'tag') continue
      const text = `encountered an unexpected tagged argument ':${argument.tag}' while validating positional arguments for the ${this.title}`
      return this.error(text, argument.at)
    }
    const { positional } = specification
    if (positional !== 'any' && this.#arguments.length !== positional) {
      return this.error(
        `the ${this.title} requires ${positional} positional argument(s), but ${this.#arguments.length} is/are specified`,
      )
    }
    return true
  }

  #resolve(): ReadonlyMap<string, Tag> | null {
    const known = new Map(this.#tags.flatMap((tag) => tag.names.map((name) => [name, tag] as const)))
    for (const argument of this.#arguments) {
      if (argument.kind !== 'tag' || known.has(argument.tag.toLowerCase())) continue
      if (this.compilation.isFirst(`${this.node.identifier.toLowerCase()} :${argument.tag.toLowerCase()}`)) {
        const text = `unknown tagged argument ':${argument.tag}' for the ${this.title} (reported only once at first occurrence)`
        this.error(text, argument.at)
      }
      return null
    }
    return known
  }

  #takeTag(argument: Extract<Argument, { kind: 'tag' }>, known: ReadonlyMap<string, Tag>): boolean {
    const name = argument.tag.toLowerCase()
    const tag = known.get(name)
    if (tag === undefined) return false
    if (tag.repeatable === undefined && this.given(tag) !== null) {
      const what =
        tag.family === undefined ? `:${argument.tag} argument` : `${tag.family} argument (:${argument.tag})`
      return this.error(`encountered duplicate ${what} for the ${this.title}`, argument.at)
    }
    this.take()
    let parameter: Argument | null = null
    if (tag.parameter !== undefined) {
      parameter = this.#parameter(argument, tag.parameter)
      if (parameter === null) return false
    } else if (tag.read !== undefined) {
      parameter = tag.read(name, argument.at, this)
      if (parameter === null) return false
    }
    const given: GivenTag = { tag, name, at: argument.at, parameter }
    this.#given.push(given)
    return tag.check?.(given, this) ?? true
  }

  #parameter(tag: Extract<Argument, { kind: 'tag' }>, kind: NonNullable<Tag['parameter']>): Argument | null {
    const argument = this.peek()
    const wanted = `the :${tag.tag} tag for the ${this.title} requires ${article[kind]} as parameter`
    if (argument === null) {
      this.error(`${wanted}, but no parameters were found`, tag.at)
      return null
    }
    if (!fits(argument, kind)) {
      this.error(`${wanted}, but a ${kindName(argument)} was found`, argument.at)
      return null
    }
    return this.take()
  }

  /** `index`: from 0; `name`: as in "argument 1 (folder)". */
  string(index: number, name: string): StringValue | null {
    const argument = this.#positional(index, name, 'string')
    return argument === null ? null : this.stringOf(argument)
  }

  strings(index: number, name: string): readonly StringValue[] | null {
    const argument = this.#positional(index, name, 'string-list')
    return argument === null ? null : this.stringsOf(argument)
  }

  #positional(index: number, name: string, kind: 'string' | 'string-list'): Argument | null {
    const argument = this.#arguments[index]
    if (argument === undefined) return null
    if (fits(argument, kind)) return argument
    const text = `the ${this.title} expects a ${kinds[kind]} as argument ${index + 1} (${name}), but a ${kindName(argument)} was found`
    this.error(text, argument.at)
    return null
  }

  /** A string made ready, with what it refers to checked. */
  stringOf(argument: Argument): StringValue | null {
    if (argument.kind !== 'string') return null
    const reading = readString(argument.at, argument.value, this.compilation.features)
    if (!reading.ok) {
      this.error(reading.text, argument.at)
      return null
    }
    return reading.value
  }

  stringsOf(argument: Argument): readonly StringValue[] | null {
    const values = argument.kind === 'string-list' ? argument.values : [argument]
    const ready: StringValue[] = []
    for (const value of values) {
      const string = this.stringOf(value)
      if (string === null) return null
      ready.push(string)
    }
    return ready
  }

  /** The parameter of a tag as a string; null when the tag was not given. `undefined`: broken, and told. */
  tagString(tag: Tag): StringValue | null | undefined {
    const parameter = this.given(tag)?.parameter
    if (parameter == null) return null
    return this.stringOf(parameter) ?? undefined
  }

  tagStrings(tag: Tag): readonly StringValue[] | null | undefined {
    const parameter = this.given(tag)?.parameter
    if (parameter == null) return null
    return this.stringsOf(parameter) ?? undefined
  }

  tagNumber(tag: Tag): number | null {
    const parameter = this.given(tag)?.parameter
    return parameter?.kind === 'number' ? parameter.value : null
  }
}

const fits = (argument: Argument, kind: 'string' | 'string-list' | 'number'): boolean =>
  argument.kind === kind || (kind === 'string-list' && argument.kind === 'string')
