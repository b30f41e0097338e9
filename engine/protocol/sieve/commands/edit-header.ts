/** addheader and deleteheader: the letter goes on with other fields than it came with. RFC 5293. */
import { latin1, strictTextOf } from '../../bytes/text.ts'
import { encodeHeaderText, foldedField } from '../../message/header-encoding.ts'
import type { CommandCheck } from '../command-check.ts'
import { readMatcher } from '../matching/match.ts'
import { decodedValues } from '../message.ts'
import { SieveRuntimeError } from '../run.ts'
import { shownText } from '../shown-text.ts'
import { next, type CommandSpecification, type Tag } from '../specification.ts'

const lastTag: Tag = { names: ['last'] }
const deleteIndexTag: Tag = { names: ['index'], parameter: 'number' }
const deleteLastTag: Tag = {
  names: ['last'],
  check: ({ at }, check) =>
    check.isGiven(deleteIndexTag) ||
    check.error('the :last tag for the deleteheader command cannot be specified without the :index tag', at),
}

/** Fields by which mail servers know each other: no script takes them away. */
const forbidden = ['received', 'auto-submitted']

const isFieldName = (name: string): boolean => /^[\x21-\x39\x3b-\x7e]*$/.test(name)
/** UTF-8, and no control characters but those of folding. */
const isFieldValue = (value: string): boolean =>
  strictTextOf(latin1(value)) !== null && !/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value)

export const addheader: CommandSpecification = {
  kind: 'command',
  identifier: 'addheader',
  positional: 2,
  tags: [lastTag],
  compile(check) {
    const name = check.string(0, 'field-name')
    if (name === null) return null
    if (name.constant !== null && !isFieldName(name.constant)) {
      check.error(
        `addheader command: specified field name \`${shownText(name.constant, 80)}' is invalid`,
        name.at,
      )
      return null
    }
    const value = check.string(1, 'value')
    if (value === null) return null
    if (value.constant !== null && !isFieldValue(value.constant)) {
      check.warning(
        `addheader command: specified value \`${shownText(value.constant, 80)}' is invalid`,
        value.at,
      )
    }
    const { node } = check
    const last = check.given(lastTag) !== null
    return (run) => {
      const field = name.expand(run)
      const text = value.expand(run)
      if (!isFieldName(field) || field === '')
        throw new SieveRuntimeError(
          `addheader action: specified field name \`${shownText(field, 80)}' is invalid`,
          null,
        )
      if (!isFieldValue(text)) {
        run.log('warning', `addheader action: specified value \`${shownText(text, 80)}' is invalid`)
        return next
      }
      const raw = foldedField(field, encodeHeaderText(text.replace(/[\r\n]+[ \t]*/g, ' ')))
      const line = { name: field, raw: raw.replace(/\r\n/g, '\n') }
      const lines = run.fieldsOf(run.world.message.root)
      run.editHeader(last ? [...lines, line] : [line, ...lines])
      run.did(node, `add ${field}`)
      return next
    }
  },
}

export const deleteheader: CommandSpecification = {
  kind: 'command',
  identifier: 'deleteheader',
  positional: 'any',
  tags: [deleteIndexTag, deleteLastTag],
  compile(check) {
    if (check.arguments.length === 0) {
      check.error('the deleteheader command expects at least one positional argument, but none was found')
      return null
    }
    const name = check.strings(0, 'field name')
    if (name === null || !checkNames(check, name)) return null
    const patterns = check.arguments.length > 1 ? check.strings(1, 'value patterns') : []
    const matcher = patterns === null ? null : readMatcher(check, patterns)
    if (patterns === null || matcher === null) return null
    const index = check.tagNumber(deleteIndexTag)
    const last = check.given(deleteLastTag) !== null
    const { node } = check
    return (run) => {
      const fields = name.map((one) => one.expand(run).toLowerCase())
      const denied = fields.find((field) => forbidden.includes(field))
      if (denied !== undefined) {
        const shown = name.find((one) => one.expand(run).toLowerCase() === denied)?.expand(run) ?? denied
        run.log(
          'warning',
          `deleteheader action: deleting specified header field \`${shown}' is forbidden; modification denied`,
        )
        return next
      }
      const lines = run.fieldsOf(run.world.message.root)
      const named = lines.filter((line) => fields.includes(line.name.toLowerCase()))
      const counted = index === null ? named : [named[last ? named.length - index : index - 1]]
      const gone = counted.filter(
        (line) =>
          line !== undefined &&
          (patterns.length === 0 || matcher.match(run, decodedValues([line], line.name))),
      )
      run.editHeader(lines.filter((line) => !gone.includes(line)))
      run.did(node, `delete ${gone.length} field(s)`)
      return next
    }
  },
}

function checkNames(check: CommandCheck, names: NonNullable<ReturnType<CommandCheck['strings']>>): boolean {
  for (const { constant, at } of names) {
    if (constant === null) continue
    // The missing blank is Pigeonhole's own.
    if (!isFieldName(constant))
      return check.error(
        `deleteheader command:specified field name \`${shownText(constant, 80)}' is invalid`,
        at,
      )
    if (forbidden.includes(constant.toLowerCase())) {
      check.warning(
        `deleteheader command: deleting specified header field \`${constant}' is forbidden; modification will be denied`,
        at,
      )
    }
  }
  return true
}
