/** The part that a person would read first. */
import type { MimePart } from '#protocol/message/mime-tree.ts'

export function findTextPart(root: MimePart): MimePart | null {
  const stack = [root]
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (part.kind === 'multipart') {
      for (const child of [...part.children].reverse()) stack.push(child)
    } else if (part.kind === 'message' && part !== root) {
      return part
    } else if (part.kind === 'leaf' && part.type.type.toLowerCase() === 'text' && !isAttachment(part)) {
      return part
    }
  }
  return null
}

const isAttachment = (part: MimePart): boolean =>
  part.fields.some(
    ({ name, raw }) => name.toLowerCase() === 'content-disposition' && /:\s*attachment/i.test(raw),
  )
