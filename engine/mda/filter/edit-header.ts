/** addheader and deleteheader, done to a letter. RFC 5293. */
import { concat, latin1 } from '#protocol/bytes/text.ts'
import type { HeaderLine } from '#protocol/message/header-lines.ts'
import { decodedValues } from '#protocol/sieve/message.ts'
import type { Action, HeaderChange } from '#protocol/sieve/actions.ts'
import { headerText, readLetterHeader } from './headers.ts'

/** The very same bytes when no script edited them. */
export function editHeader(content: Uint8Array, actions: readonly Action[]): Uint8Array {
  const changes = actions.flatMap((action) => (action.kind === 'header' ? [action.change] : []))
  if (changes.length === 0) return content
  const header = readLetterHeader(content)
  let lines = header.lines
  for (const change of changes) lines = edited(lines, change)
  return concat([latin1(headerText(lines)), content.subarray(header.bodyStart)])
}

function edited(lines: readonly HeaderLine[], change: HeaderChange): readonly HeaderLine[] {
  if (change.change === 'add') {
    const line = { name: change.name, raw: `${change.name}: ${change.value}\n` }
    return change.last ? [...lines, line] : [line, ...lines]
  }
  const named = lines.filter(({ name }) => name.toLowerCase() === change.name.toLowerCase())
  const counted =
    change.index === null
      ? named
      : named.slice(change.last ? named.length - change.index : change.index - 1).slice(0, 1)
  const gone = new Set(counted.filter((line) => decodedValues([line], change.name).some(change.holds)))
  return lines.filter((line) => !gone.has(line))
}
