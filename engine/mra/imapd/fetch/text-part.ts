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
    const type = `${part.type.type}/${part.type.subtype}`.toLowerCase()
    if (part.type.said === 'assumed' || type === 'text/plain') return part
    if (type === 'text/html') html ??= part
  }
  return html
}
