/**
 * Reads the words of a script as a tree. After an error it looks for the end of what was broken and goes on, so that
 * the next error is told too.
 *
 * RFC 5228 §8.2. Depth is bounded.
 * Next: engine/protocol/sieve/validator.ts
 */
import { describeToken, Lexer, type Punctuation } from './lexer.ts'
import type { Position, Problems } from './problem.ts'
import type { Argument, SieveNode, StringArgument } from './tree.ts'

export const deepestNesting = 32
const mostArguments = 1000
const mostChildren = 10_000

export function parseSieve(text: string, problems: Problems): readonly SieveNode[] {
  return new Parser(text, problems).script()
}

/** In which structure a token stands: the higher encloses the lower. */
const levels = { '[': 0, ']': 0, '(': 1, ')': 1, ';': 2, '{': 3, '}': 3 } as const
const begins: readonly (Punctuation | null)[] = ['[', '(', null, '{']
const ends: readonly Punctuation[] = [']', ')', ';', '}']

type Growing = { -readonly [K in keyof SieveNode]: SieveNode[K] } & {
  arguments: Argument[]
  tests: Growing[]
}

class Parser {
  readonly #lexer: Lexer
  readonly #problems: Problems
  /** Nothing more can be made of this script. */
  #lost = false
  #failed = false

  /** Asked after a step that may have lost the script. */
  get #isOver(): boolean {
    return this.#lost
  }

  constructor(text: string, problems: Problems) {
    this.#problems = problems
    this.#lexer = new Lexer(text, problems)
  }

  script(): readonly SieveNode[] {
    const nodes: Growing[] = []
    this.#commands(nodes, 1)
    if (!this.#failed && this.#lexer.token.kind !== 'end') {
      this.#error(`unexpected ${this.#found()} found at (the presumed) end of file`)
    }
    return nodes
  }

  #commands(into: Growing[], depth: number): void {
    while (!this.#lost && this.#lexer.token.kind === 'identifier') {
      if (into.length >= mostChildren) {
        this.#error('too many commands')
        this.#lost = true
        return
      }
      const command = this.#node('command')
      into.push(command)
      const sound = this.#arguments(command, 1)
      command.end = this.#end
      if (this.#isOver) return
      if (!sound || (!this.#lexer.is(';') && !this.#lexer.is('{'))) {
        if (sound) {
          this.#error(
            `expected end of command ';' or the beginning of a compound block '{', but found ${this.#found()}`,
          )
        }
        this.#recover(';')
        this.#lost = this.#atEnd()
      }
      if (this.#lexer.is(';')) this.#take()
      else if (this.#lexer.is('{')) this.#block(command, depth)
    }
  }

  #block(command: Growing, depth: number): void {
    if (depth + 1 > deepestNesting) {
      this.#error(`cannot nest command blocks deeper than ${deepestNesting} levels`)
      this.#take()
      this.#recover('}')
      if (this.#lexer.is('}')) this.#take()
      return
    }
    this.#take()
    const inner: Growing[] = []
    command.block = inner
    this.#commands(inner, depth + 1)
    if (this.#lost) return
    if (this.#lexer.is('}')) {
      this.#take()
      return
    }
    this.#error(`expected end of compound block '}', but found ${this.#found()}`)
    // The bracket that is found is left to the block outside.
    this.#recover('}')
    this.#lost = this.#atEnd()
  }

  /** The arguments of a command or test, and the tests that follow them; false when they are broken. */
  #arguments(node: Growing, depth: number): boolean {
    for (;;) {
      const argument = this.#argument()
      if (argument === 'none') break
      if (argument === 'broken') return false
      if (node.arguments.length >= mostArguments) {
        this.#error(`failed to accept more arguments for command '${node.identifier}'`)
        return false
      }
      node.arguments.push(argument)
    }
    const nests = this.#lexer.token.kind === 'identifier' || this.#lexer.is('(')
    if (!nests) return true
    if (depth > deepestNesting) {
      this.#error(`cannot nest tests deeper than ${deepestNesting} levels`)
      return false
    }
    if (this.#lexer.is('(')) return this.#testList(node, depth)
    node.testList = 'single'
    return this.#test(node, depth)
  }

  #test(node: Growing, depth: number): boolean {
    const test = this.#node('test')
    node.tests.push(test)
    const sound = this.#arguments(test, depth + 1)
    test.end = this.#end
    return sound
  }

  #testList(node: Growing, depth: number): boolean {
    node.testList = 'list'
    let after: '(' | ',' = '('
    do {
      this.#take()
      if (this.#lexer.token.kind !== 'identifier' || node.tests.length >= mostChildren) {
        this.#error(`expecting test identifier after '${after}' in test list, but found ${this.#found()}`)
        this.#recover(')')
        break
      }
      if (!this.#test(node, depth)) return false
      after = ','
    } while (this.#lexer.is(','))
    const closed = this.#closing(')', 'test list')
    if (node.tests.length > 0) return closed
    this.#error(`failed to accept more tests for command '${node.identifier}'`)
    this.#lost = depth === 1
    return false
  }

  #closing(end: ')' | ']', what: string): boolean {
    if (!this.#lexer.is(end)) {
      this.#error(`expecting ',' or end of ${what} '${end}', but found ${this.#found()}`)
      this.#recover(end)
      if (!this.#lexer.is(end)) return false
    }
    this.#take()
    return true
  }

  #argument(): Argument | 'none' | 'broken' {
    const { token } = this.#lexer
    const at = { line: token.line, column: token.column }
    switch (token.kind) {
      case 'string':
        this.#take()
        return { kind: 'string', at, value: token.text }
      case 'number':
        this.#take()
        return { kind: 'number', at, value: token.value }
      case 'tag':
        this.#take()
        return { kind: 'tag', at, tag: token.text }
      default:
        return this.#lexer.is('[') ? this.#stringList(at) : 'none'
    }
  }

  #stringList(at: Position): Argument | 'broken' {
    const values: StringArgument[] = []
    let after: '[' | ',' = '['
    do {
      this.#take()
      const { token } = this.#lexer
      if (token.kind !== 'string' || values.length >= mostChildren) {
        this.#error(`expecting string after '${after}' in string list, but found ${this.#found()}`)
        this.#recover(']')
        break
      }
      values.push({ kind: 'string', at: { line: token.line, column: token.column }, value: token.text })
      this.#take()
      after = ','
    } while (this.#lexer.is(','))
    return this.#closing(']', 'string list') ? { kind: 'string-list', at, values } : 'broken'
  }

  #node(kind: SieveNode['kind']): Growing {
    const { token } = this.#lexer
    const identifier = token.kind === 'identifier' ? token.text : ''
    this.#take()
    return {
      kind,
      identifier,
      at: { line: token.line, column: token.column },
      arguments: [],
      tests: [],
      testList: 'none',
      block: null,
      start: token.start,
      end: token.end,
    }
  }

  /** To the end of the structure that is broken, or to where an outer one begins or ends. */
  #recover(end: ')' | ']' | ';' | '}'): void {
    const level = levels[end]
    let nesting = 1
    while (this.#lexer.token.kind !== 'end' && this.#level() <= level) {
      const { token } = this.#lexer
      const text = token.kind === 'punctuation' ? token.text : null
      if (text !== null && text === begins[level]) {
        nesting++
      } else if (text === ends[level] && --nesting === 0) return
      this.#take()
    }
  }

  #level(): number {
    const { token } = this.#lexer
    if (token.kind !== 'punctuation' || !Object.hasOwn(levels, token.text)) return -1
    return levels[token.text as keyof typeof levels]
  }

  #end = 0

  #take(): void {
    this.#end = this.#lexer.token.end
    this.#lexer.skip()
  }

  #atEnd(): boolean {
    return this.#lexer.token.kind === 'end'
  }

  #found(): string {
    return describeToken(this.#lexer.token)
  }

  #error(text: string): void {
    this.#failed = true
    // What the lexer could not read it has told already.
    if (this.#lexer.token.kind === 'error') return
    const { line, column } = this.#lexer.token
    this.#problems.error({ line, column }, text)
  }
}
