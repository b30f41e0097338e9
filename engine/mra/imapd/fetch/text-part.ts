/** The part that a person would read first: plain text, or else the first HTML. */
import type { MimePart } from '#protocol/message/mime-tree.ts'

export function findTextPart(root: MimePart): MimePart | null {
  let html: MimePart | null = null
  const stack = [root]
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (part.kind === 'multipart') {
      for (const child of [...part.children].reverse()) stack.push(child)
      continue
    }
    const { said, type, subtype } = part.type
    if (said === 'said' && (type.toLowerCase() !== 'text' || subtype === '')) continue
    if (subtype.toLowerCase() !== 'html') return part
    html ??= part
  }
  return html
}
