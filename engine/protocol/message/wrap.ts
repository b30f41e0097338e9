/**
 * Long lines for people to read: broken before the word that would go beyond the width, later lines indented. Blanks
 * between words stay as they are; a word longer than a line stays whole.
 */
export function wrapLine(text: string, width: number, indent: number): readonly string[] {
  const lines: string[] = []
  let rest = text
  for (;;) {
    const margin = lines.length === 0 ? 0 : indent
    const end = endOfLine(rest, width - margin)
    lines.push(' '.repeat(margin) + rest.slice(0, end).trimEnd())
    if (end === rest.length) return lines
    rest = rest.slice(end).replace(/^\s+/, '')
  }
}

/** Where the first line ends: before its first word that goes beyond `room`; its own first word stays in any case. */
function endOfLine(text: string, room: number): number {
  if (text.trimEnd().length <= room) return text.length
  const before = text.lastIndexOf(' ', room)
  const after = before > 0 ? before : text.indexOf(' ', room + 1)
  const end = after > 0 ? after : text.length
  return text.slice(end).trim() === '' ? text.length : end
}
