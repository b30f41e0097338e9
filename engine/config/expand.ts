/**
 * `$name` in a value stands for the value of another parameter; `${name?text}` and `${{a} == {b} ? {x} : {y}}` choose.
 *
 * postconf(5), "parameter value syntax"; the messages are Postfix's own.
 * Next: engine/config/create-settings.ts
 */
import { MacroError, macroTokens, readChoice, type Choice } from '#config/macro-syntax.ts'
import { evaluateRelation, readRelation } from '#config/relation.ts'

/** The value of a name before expansion; null when nobody gave it one. */
export type Lookup = (name: string) => string | null

export type Expansion =
  | {
      readonly ok: true
      readonly value: string
      /** Names that were asked for and have no value at all. */
      readonly undefinedNames: readonly string[]
    }
  | { readonly ok: false; readonly message: string }

/** A macro within a macro within a macro: Postfix stops here. */
const maximumNesting = 100
/** Ours: `a=$b$b`, `b=$c$c` … doubles at each level, and must end while there is memory. */
const maximumSteps = 20_000
const maximumLength = 1_000_000

/** Expands a value. `values: 'literal'`: what a name stands for is not itself expanded (as in smtpd's reply footers). */
export function expand(
  text: string,
  lookup: Lookup,
  values: 'recursive' | 'literal' = 'recursive',
): Expansion {
  const undefinedNames = new Set<string>()
  try {
    const value = expandText(text, {
      lookup,
      values,
      undefinedNames,
      budget: { steps: 0, length: 0 },
      nesting: 0,
    })
    return { ok: true, value, undefinedNames: [...undefinedNames] }
  } catch (error) {
    if (error instanceof MacroError) return { ok: false, message: error.message }
    throw error
  }
}

type Context = {
  readonly lookup: Lookup
  readonly values: 'recursive' | 'literal'
  readonly undefinedNames: Set<string>
  readonly budget: { steps: number; length: number }
  readonly nesting: number
}

function expandText(text: string, context: Context): string {
  let result = ''
  for (const token of macroTokens(text)) {
    if (token.kind === 'literal') {
      result += token.text
      spend(context, token.text.length)
    } else {
      result += expandMacro(token.text, context)
    }
  }
  return result
}

function spend(context: Context, length: number): void {
  context.budget.steps += 1
  context.budget.length += length
  if (context.budget.steps > maximumSteps || context.budget.length > maximumLength) {
    throw new MacroError('unreasonable macro expansion size')
  }
}

function expandMacro(inside: string, outer: Context): string {
  if (outer.nesting > maximumNesting) throw new MacroError(`unreasonable macro call nesting: "${inside}"`)
  const context = { ...outer, nesting: outer.nesting + 1 }
  spend(context, 0)

  const relation = readRelation(inside)
  if (relation) {
    const holds = evaluateRelation(relation, (side) => expandText(side, context))
    const choice = readChoice(inside, relation.end, 'relation')
    if (choice) return expandText(holds ? choice.whenSet : choice.whenEmpty, context)
    return holds ? 'true' : ''
  }

  const name = /^\s*([A-Za-z0-9_]*)\s*/.exec(inside)
  const end = name?.[0].length ?? 0
  const choice = readChoice(inside, end, 'name')
  return choice ? chooseByName(name?.[1] ?? '', choice, context) : valueOf(name?.[1] ?? '', context)
}

function chooseByName(name: string, choice: Choice, context: Context): string {
  const value = context.lookup(name)
  if (value === null) context.undefinedNames.add(name)
  return expandText(value ? choice.whenSet : choice.whenEmpty, context)
}

function valueOf(name: string, context: Context): string {
  const value = context.lookup(name)
  if (value === null) context.undefinedNames.add(name)
  if (!value) return ''
  if (context.values === 'recursive') return expandText(value, context)
  spend(context, value.length)
  return value
}
