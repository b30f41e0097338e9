/** Where the first argument of a command ends; the rest is read by who wants it. */
export function firstArgumentEnd(text: string): number {
  const literal = /^ *\{(\d+)\+?\}\r\n/.exec(text)
  if (literal !== null) return literal[0].length + Number(literal[1])
  return /^ *(?:"(?:[^"\\]|\\.)*"?|[^ "({]+|\([^()]*\)|[({].*)?/s.exec(text)?.[0].length ?? 0
}
