/**
 * What regexp and pcre tables share: rules in order, `!`, if … endif, `$1` in the result; the first match answers.
 *
 * regexp_table(5); pcre_table(5).
 */
import { readInlineRules } from './inline-rules.ts'
import { fillTemplate, readTemplate, type Template } from './macro.ts'
import type { Matcher } from './patterns/match.ts'
import { PatternError } from './patterns/tree.ts'
import { firstWord, isSpace, readSource, type LogicalLine } from './source.ts'
import type { LookupResult, Substitution, Table } from './table.ts'
import { bad, opened, type OpenInput, type OpenOutcome } from './type.ts'

export type Compiled = {
  readonly match: Matcher
  readonly groups: number
  /** Letters after the pattern that mean nothing any more. */
  readonly obsolete?: readonly string[]
}

export type PatternDialect = {
  readonly kind: 'regexp' | 'pcre'
  /** What becomes of a rule whose pattern does not end. */
  readonly unclosed: 'skipping this rule' | 'ignoring this rule'
  /** Throws PatternError. A string is an unknown option letter. */
  readonly compile: (pattern: string, options: string) => Compiled | { readonly unknownOption: string }
  readonly explain: (error: PatternError) => string
}

type Rule = {
  readonly line: number
  readonly source: string
  readonly compiled: Compiled
  readonly negated: boolean
} & (
  | { readonly kind: 'row'; readonly template: Template }
  /** `skip`: index of the rule after its endif. */
  | { readonly kind: 'if'; skip: number }
)

export function openPatternTable(input: OpenInput, dialect: PatternDialect): OpenOutcome {
  const { argument, text } = input
  const inline = argument.startsWith('{')
  const source = inline
    ? { lines: readInlineRules(dialect.kind, argument), warnings: [] }
    : readSource(argument, text)
  if (typeof source.lines === 'string') return bad(source.lines)
  const reader = new RuleReader(`${dialect.kind} map ${argument}`, dialect, input.substitution)
  for (const line of source.lines) reader.add(line)
  const rules = reader.finish()
  return opened(patternTable(input, dialect, rules), [...source.warnings, ...reader.warnings])
}

function patternTable(input: OpenInput, dialect: PatternDialect, rules: readonly Rule[]): Table {
  return {
    name: input.name,
    keys: 'whole',
    async lookup(key): Promise<LookupResult> {
      for (let i = 0; i < rules.length; i++) {
        const rule = rules[i]
        if (!rule) break
        const match = rule.compiled.match(key)
        if (match.kind === 'exhausted') {
          input.warn(`${dialect.kind} map ${input.argument}, line ${rule.line}: ${match.why}`)
        }
        const matched = (match.kind === 'match') !== rule.negated && match.kind !== 'exhausted'
        if (rule.kind === 'if') {
          if (!matched) i = rule.skip - 1
        } else if (matched) {
          const value = fillTemplate(rule.template, match.kind === 'match' ? match.groups : [])
          return { outcome: 'found', value, key: rule.source, line: rule.line }
        }
      }
      return { outcome: 'absent' }
    },
  }
}

class RuleReader {
  readonly warnings: string[] = []
  readonly #rules: Rule[] = []
  readonly #open: (Rule & { kind: 'if' })[] = []
  readonly #where: string
  readonly #dialect: PatternDialect
  readonly #substitution: Substitution

  constructor(where: string, dialect: PatternDialect, substitution: Substitution) {
    this.#where = where
    this.#dialect = dialect
    this.#substitution = substitution
  }

  add({ text, line }: LogicalLine): void {
    const { word, rest } = firstWord(text)
    if (/^endif$/i.test(word)) {
      const open = this.#open.pop()
      if (open) open.skip = this.#rules.length
      else this.#warn(line, 'ignoring ENDIF without matching IF')
      return
    }
    const condition = /^if$/i.test(word)
    if (!condition && /^[A-Za-z0-9]/.test(text)) {
      this.#warn(line, 'ignoring unrecognized request')
      return
    }
    const head = this.#readPattern(condition ? rest : text, line)
    if (!head) return
    const { compiled, negated, source, after } = head
    if (condition) {
      if (after !== '') this.#warn(line, `ignoring extra text after "IF" statement: "${after}"`)
      const rule: Rule & { kind: 'if' } = { kind: 'if', line, source, compiled, negated, skip: Infinity }
      this.#open.push(rule)
      this.#rules.push(rule)
      return
    }
    const template = this.#readResult(after, head, line)
    if (template) this.#rules.push({ kind: 'row', line, source, compiled, negated, template })
  }

  finish(): readonly Rule[] {
    for (const rule of this.#open.reverse()) this.#warn(rule.line, 'IF has no matching ENDIF')
    return this.#rules
  }

  #warn(line: number, text: string): void {
    this.warnings.push(`${this.#where}, line ${line}: ${text}`)
  }

  #readPattern(text: string, line: number) {
    let start = 0
    let negated = false
    for (; isSpace(text[start]) || text[start] === '!'; start++) if (text[start] === '!') negated = !negated
    const delimiter = text[start]
    if (delimiter === undefined) {
      this.#warn(line, 'no regexp: skipping this rule')
      return null
    }
    const end = endOfPattern(text, start + 1, delimiter)
    if (end < 0) {
      this.#warn(line, `no closing regexp delimiter "${delimiter}": ${this.#dialect.unclosed}`)
      return null
    }
    const { word: options, rest: after } = firstWord(text.slice(end + 1))
    const source = text.slice(0, end + 1 + options.length)
    try {
      const compiled = this.#dialect.compile(text.slice(start + 1, end), options)
      if ('match' in compiled) {
        for (const letter of compiled.obsolete ?? [])
          this.#warn(line, `ignoring obsolete regexp option "${letter}"`)
        return { compiled, negated, source, after }
      }
      this.#warn(line, `unknown regexp option "${compiled.unknownOption}": skipping this rule`)
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      this.#warn(line, this.#dialect.explain(error))
    }
    return null
  }

  #readResult(text: string, head: { compiled: Compiled; negated: boolean }, line: number): Template | null {
    if (text === '') this.#warn(line, 'no replacement text: using empty string')
    const template = readTemplate(text)
    if ('macro' in template) {
      if (template.macro !== null) this.warnings.push(template.macro)
      if (template.index !== null) this.#warn(line, template.index)
      this.#warn(line, 'bad replacement syntax: skipping this rule')
      return null
    }
    if (head.negated && template.highest > 0) {
      this.#warn(line, '$number found in negative match replacement text: skipping this rule')
      return null
    }
    if (this.#substitution === 'refused' && template.highest > 0) {
      this.#warn(line, 'regular expression substitution is not allowed: skipping this rule')
      return null
    }
    if (template.highest > head.compiled.groups) {
      this.#warn(line, `out of range replacement index "${template.highest}": skipping this rule`)
      return null
    }
    return template
  }
}

function endOfPattern(text: string, start: number, delimiter: string): number {
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === delimiter) return i
  }
  return -1
}
