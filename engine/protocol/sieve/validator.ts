/**
 * Looks at each command of a script: is it known here, are its arguments right, may it stand where it stands? What is
 * right is made ready to run.
 *
 * RFC 5228 §2.9, §3. The sentences, and what is looked at after an error, are Pigeonhole's.
 * Next: engine/protocol/sieve/interpreter.ts
 */
import { CommandCheck } from './command-check.ts'
import type { Compilation } from './compilation.ts'
import { addressPartsOf } from './matching/address-part.ts'
import { comparatorTag, matchTypesOf } from './matching/match.ts'
import type { Arm, CommandPlan, TestPlan } from './program.ts'
import type { CommandSpecification, Specification, Tag } from './specification.ts'
import { kindName, type SieveNode } from './tree.ts'
import { modifiersOf } from './commands/set.ts'
import { periodTag } from './commands/vacation.ts'

/** A test, and what it always says if that is known. */
type Checked = { readonly plan: TestPlan | null; readonly constant: boolean | null }

const broken: Checked = { plan: null, constant: null }

const matching = new Set([
  'header',
  'address',
  'envelope',
  'string',
  'hasflag',
  'body',
  'environment',
  'date',
  'currentdate',
  'notify_method_capability',
  'deleteheader',
])
const withAddresses = new Set(['address', 'envelope'])

export class Validator {
  readonly #compilation: Compilation
  /** A command other than require has been seen. */
  #begun = false

  constructor(compilation: Compilation) {
    this.#compilation = compilation
  }

  block(nodes: readonly SieveNode[], level: 'top' | 'inner'): readonly CommandPlan[] {
    const plans: CommandPlan[] = []
    let arms: Arm[] | null = null
    /** An if before it has always held: nothing of the rest of the chain is looked at. */
    let decided = false
    for (const node of nodes) {
      if (!this.#compilation.problems.moreAllowed) break
      const name = node.identifier.toLowerCase()
      if (name === 'require') {
        arms = null
        if (level === 'inner' || this.#begun) {
          this.#error(node, 'require commands can only be placed at top level at the beginning of the file')
          break
        }
        this.#require(node)
        continue
      }
      if (
        name === 'export' &&
        (level === 'inner' || this.#begun) &&
        this.#compilation.loaded.has('include')
      ) {
        const text =
          'the DEPRECATED export command can only be placed at top level at the beginning of the file after any require or import/export commands'
        this.#error(node, text)
        arms = null
        continue
      }
      if (level === 'top' && !this.#begin(node)) break
      if (name === 'if' || name === 'elsif' || name === 'else') {
        if (name === 'if') {
          arms = []
          decided = false
          plans.push({ kind: 'if', arms })
        }
        const { arm, constant } = this.#arm(node, name, arms, decided)
        if (arm !== null && !decided && constant !== false) arms?.push(arm)
        if (constant === true) decided = true
        // A chain that began without its if is told of once.
        if (name === 'elsif') arms ??= []
        if (name === 'else') arms = null
        continue
      }
      arms = null
      const plan = this.#command(node)
      if (plan !== null) plans.push(plan)
    }
    return plans
  }

  /** Before the first command that is no require: do the extensions go together? */
  #begin(node: SieveNode): boolean {
    const name = node.identifier.toLowerCase()
    if (this.#begun || name === 'import' || name === 'export') return true
    this.#begun = true
    const problem = this.#compilation.missingExtension()
    if (problem === null) return true
    this.#compilation.problems.error(problem.at, problem.text)
    if (!['if', 'elsif', 'else'].includes(name)) this.#commandFor(node)
    return false
  }

  #arm(
    node: SieveNode,
    name: 'if' | 'elsif' | 'else',
    arms: readonly Arm[] | null,
    decided: boolean,
  ): { arm: Arm | null; constant: boolean | null } {
    const check = this.#check(node, null)
    let sound = check.sortArguments({ kind: 'command', identifier: name, positional: 0, compile: () => null })
    sound = this.#subtests(node, name === 'else' ? 'none' : 'one') && sound
    if (sound && node.block === null) {
      sound = check.error(`the ${name} command requires a command block, but it is missing`)
    }
    if (sound && name !== 'if' && arms === null) {
      sound = check.error(`the ${name} command must follow an if or elseif command`)
    }
    const [test] = name === 'else' || decided ? [] : node.tests.map((inner) => this.#test(inner))
    const constant = !sound ? null : name === 'else' ? true : (test?.constant ?? null)
    if (node.block === null || constant === false || decided) return { arm: null, constant }
    const block = this.#inner(node.block)
    const plan = test?.plan ?? null
    const arm =
      name === 'else' ? { node, test: null, block } : plan === null ? null : { node, test: plan, block }
    return { arm: sound ? arm : null, constant }
  }

  #inner(nodes: readonly SieveNode[]): readonly CommandPlan[] {
    return this.block(nodes, 'inner')
  }

  #command(node: SieveNode): CommandPlan | null {
    const specification = this.#commandFor(node)
    if (specification === null) return null
    const check = this.#check(node, specification)
    const sorted = check.sortArguments(specification)
    const sound = this.#blockAllowed(check, specification, this.#subtests(node, 'none') && sorted)
    const run = sound ? specification.compile(check) : null
    let block: readonly CommandPlan[] = []
    if (specification.block !== undefined && node.block !== null) {
      const leave = specification.enter?.(check)
      block = this.#inner(node.block)
      leave?.()
    }
    return run === null ? null : { kind: 'command', node, run, block }
  }

  #commandFor(node: SieveNode): CommandSpecification | null {
    const specification = this.#known(node)
    if (specification?.kind !== 'test') return specification
    this.#error(node, `attempted to use test '${node.identifier}' as command`)
    return null
  }

  #blockAllowed(check: CommandCheck, specification: CommandSpecification, sound: boolean): boolean {
    if (!sound) return false
    const { block } = check.node
    if (specification.block === undefined && block !== null)
      return check.error(`the ${check.title} does not accept a command block, but one is specified anyway`)
    if (specification.block !== undefined && block === null)
      return check.error(`the ${check.title} requires a command block, but it is missing`)
    return true
  }

  #test(node: SieveNode): Checked {
    const name = node.identifier.toLowerCase()
    if (name === 'not' || name === 'allof' || name === 'anyof') return this.#combined(node, name)
    const specification = this.#known(node)
    if (specification === null) return broken
    if (specification.kind === 'command') {
      this.#error(node, `attempted to use command '${node.identifier}' as test`)
      return broken
    }
    const check = this.#check(node, specification)
    const sorted = check.sortArguments(specification)
    const run = this.#subtests(node, 'none') && sorted ? specification.compile(check) : null
    if (run === null) return broken
    const constant = specification.constant?.(check) ?? null
    return {
      plan: { kind: 'test', node, run },
      constant,
    }
  }

  #combined(node: SieveNode, name: 'not' | 'allof' | 'anyof'): Checked {
    const check = this.#check(node, null)
    const arguments_ = check.sortArguments({
      kind: 'test',
      identifier: name,
      positional: 0,
      compile: () => null,
    })
    const sound = this.#subtests(node, name === 'not' ? 'one' : 'list') && arguments_
    if (name === 'not') {
      const [{ plan, constant } = broken] = node.tests.map((inner) => this.#test(inner))
      if (!sound || plan === null) return broken
      return { plan: { kind: 'not', node, test: plan }, constant: constant === null ? null : !constant }
    }
    const ends = name === 'anyof'
    const plans: TestPlan[] = []
    let whole = sound
    let open = false
    for (const inner of node.tests) {
      const { plan, constant } = this.#test(inner)
      if (plan === null) whole = false
      else plans.push(plan)
      // What comes after it cannot change the outcome, and is not looked at.
      if (constant === ends)
        return whole ? { plan: { kind: name, node, tests: plans }, constant: ends } : broken
      if (constant === null) open = true
    }
    if (!whole) return broken
    return { plan: { kind: name, node, tests: plans }, constant: open ? null : !ends }
  }

  #known(node: SieveNode): Specification | null {
    const found = this.#compilation.find(node.identifier)
    if (found !== null) return found
    if (this.#reserved(node)) return null
    if (this.#compilation.isFirst(node.identifier.toLowerCase())) {
      this.#error(node, `unknown ${node.kind} '${node.identifier}' (only reported once at first occurrence)`)
    }
    return null
  }

  /** A control command as a test, or the other way round. */
  #reserved(node: SieveNode): boolean {
    const name = node.identifier.toLowerCase()
    if (node.kind === 'test' && ['if', 'elsif', 'else', 'require'].includes(name)) {
      this.#error(node, `attempted to use command '${node.identifier}' as test`)
      return true
    }
    if (node.kind === 'command' && ['not', 'allof', 'anyof'].includes(name)) {
      this.#error(node, `attempted to use test '${node.identifier}' as command`)
      return true
    }
    return false
  }

  #subtests(node: SieveNode, wanted: 'none' | 'one' | 'list'): boolean {
    const title = `${node.identifier.toLowerCase()} ${node.kind}`
    switch (wanted) {
      case 'none': {
        const [first] = node.tests
        if (first === undefined) return true
        // A command where a test would be: the semicolon before it is missing.
        const isCommand = this.#isCommand(first.identifier)
        return this.#error(
          node,
          isCommand
            ? `missing semicolon ';' after ${title}`
            : `the ${title} accepts no sub-tests, but tests are specified`,
        )
      }
      case 'one':
        if (node.testList === 'none')
          return this.#error(node, `the ${title} requires one sub-test, but none is specified`)
        return node.testList === 'single'
          ? true
          : this.#error(node, `the ${title} requires one sub-test, but a list of tests is specified`)
      case 'list':
        if (node.testList === 'none')
          return this.#error(node, `the ${title} requires a list of sub-tests, but none is specified`)
        return node.testList === 'list'
          ? true
          : this.#error(node, `the ${title} requires a list of sub-tests, but a single test is specified`)
      default:
        return wanted satisfies never
    }
  }

  #isCommand(identifier: string): boolean {
    const name = identifier.toLowerCase()
    if (['not', 'allof', 'anyof'].includes(name)) return false
    const found = this.#compilation.find(name)
    return found === null || found.kind === 'command'
  }

  #require(node: SieveNode): void {
    const check = this.#check(node, null)
    const sound = check.sortArguments({
      kind: 'command',
      identifier: 'require',
      positional: 1,
      compile: () => null,
    })
    const subtests = this.#subtests(node, 'none')
    if (sound && subtests && node.block !== null) {
      check.error('the require command does not accept a command block, but one is specified anyway')
    } else if (sound && subtests) {
      const [argument] = check.arguments
      if (argument?.kind === 'string' || argument?.kind === 'string-list') {
        for (const { value, at } of argument.kind === 'string' ? [argument] : argument.values) {
          if (this.#compilation.knows(value)) this.#compilation.load(value, at)
          else check.error(`require command: unknown Sieve capability \`${value}'`, at)
        }
      } else if (argument !== undefined) {
        const text = `the require command accepts a single string or string list argument, but a ${kindName(argument)} was found`
        check.error(text, argument.at)
      }
    }
  }

  #check(node: SieveNode, specification: Specification | null): CommandCheck {
    const { loaded } = this.#compilation
    const tags: Tag[] = specification === null ? [] : [...this.#compilation.tagsOf(specification)]
    const name = specification?.identifier ?? ''
    if (matching.has(name)) tags.push(matchTypesOf(loaded), comparatorTag)
    if (withAddresses.has(name)) tags.push(addressPartsOf(loaded))
    if (name === 'set' || name === 'extracttext') tags.push(modifiersOf(loaded))
    if (name === 'vacation') tags.push(periodTag(loaded))
    return new CommandCheck(node, tags, this.#compilation)
  }

  #error(node: SieveNode, text: string): false {
    this.#compilation.problems.error(node.at, text)
    return false
  }
}
