/** The part that a person would read first: of alternatives the plain one, else the first that is text. */
import type { MimePart } from '#protocol/message/mime-tree.ts'

export function findTextPart(part: MimePart): MimePart | null {
  if (part.kind === 'leaf') return isText(part) ? part : null
  // What is a message only because nobody said otherwise is read as it stands.
  if (part.kind === 'message') return part.type.said === 'assumed' ? part : null
  if (part.type.subtype.toLowerCase() === 'alternative') return bestOf(part.children)
  for (const child of part.children) {
    const found = findTextPart(child)
    if (found !== null) return found
  }
  return null
}

/** Plain text, else HTML, else any text. */
function bestOf(parts: readonly MimePart[]): MimePart | null {
  const texts = parts.filter((part) => part.kind === 'leaf' && isText(part))
  const of = (subtypes: readonly string[]) =>
    texts.find(({ type }) => subtypes.includes(type.subtype.toLowerCase()))
  return (
    of(['plain', '']) ??
    texts.findLast(({ type }) => type.subtype.toLowerCase() === 'html') ??
    texts.at(-1) ??
    null
  )
}

const isText = ({ type }: MimePart): boolean =>
  type.said === 'assumed' || (type.type.toLowerCase() === 'text' && type.subtype !== '')
