/**
 * A comparison inside a macro: `{$compatibility_level} <level {3.6}`. Both sides numbers: compared as numbers; else as
 * text; with the suffix `level` as versions, so that 3.10 comes after 3.9.
 *
 * postconf(5), "parameter value syntax"; COMPATIBILITY_README.
 */
import { MacroError, braced, skipSpace } from '#config/macro-syntax.ts'

export type Relation = {
  readonly left: string
  readonly operator: '==' | '!=' | '<' | '<=' | '>=' | '>'
  readonly as: 'number or text' | 'level'
  readonly right: string
  /** Where the `?`, the `:` or the end of the macro stands. */
  readonly end: number
}

/** Null when the macro is no comparison. Throws MacroError when it begins as one and goes wrong. */
export function readRelation(inside: string): Relation | null {
  const left = braced(inside, 0)
  if (!left) return null
  const match = /^([=!<>]*)([A-Za-z]*)/.exec(inside.slice(left.end))
  const [, symbols = '', suffix = ''] = match ?? []
  if (!isOperator(symbols)) {
    const rest = inside.slice(left.end, left.end + 20)
    throw new MacroError(
      `"==" or "!="" or "<"" or "<="" or ">="" or ">" expected at: "...${left.text}}>>>${rest}"`,
    )
  }
  if (suffix !== '' && suffix !== 'level') {
    throw new MacroError(`bad operator suffix at: "...${symbols}>>>${suffix}"`)
  }
  const after = left.end + symbols.length + suffix.length
  const right = braced(inside, after)
  if (!right) {
    const rest = inside.slice(after, after + 20)
    throw new MacroError(`"{expression}" expected at: "...{${left.text}} ${symbols}${suffix}>>>${rest}"`)
  }
  return {
    left: left.text,
    operator: symbols,
    as: suffix === 'level' ? 'level' : 'number or text',
    right: right.text,
    end: skipSpace(inside, right.end),
  }
}

const isOperator = (text: string): text is Relation['operator'] =>
  ['==', '!=', '<', '<=', '>=', '>'].includes(text)

export function evaluateRelation(relation: Relation, value: (side: string) => string): boolean {
  const order =
    relation.as === 'level'
      ? compareLevels(value(relation.left), value(relation.right))
      : compareValues(value(relation.left), value(relation.right))
  switch (relation.operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>=':
      return order >= 0
    case '>':
      return order > 0
  }
}

const digits = /^[0-9]+$/

function compareValues(left: string, right: string): number {
  if (digits.test(left) && digits.test(right)) return readNumber(left) - readNumber(right)
  if (left === right) return 0
  return left < right ? -1 : 1
}

function readNumber(text: string): number {
  // Beyond a C long, Postfix gives up.
  if (BigInt(text) > 0x7fff_ffff_ffff_ffffn) throw new MacroError(`mac_exp_eval: bad conversion: ${text}`)
  return Number(text)
}

function compareLevels(left: string, right: string): number {
  const a = readLevel(left)
  const b = readLevel(right)
  for (const i of [0, 1, 2] as const) {
    if (a[i] !== b[i]) return a[i] - b[i]
  }
  return 0
}

/** `3`, `3.6` or `3.6.1`. */
function readLevel(text: string): readonly [number, number, number] {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?$/.exec(text)
  if (!match) throw new MacroError(`malformed compatibility level syntax: "${text}"`)
  return [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)]
}
