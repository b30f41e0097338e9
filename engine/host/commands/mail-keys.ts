/**
 * What `postmap -q -` asks for: a key a line; with -h the header fields of a message, with -b its body lines, with -m
 * those of its parts, too.
 *
 * postmap(1); header_checks(5).
 */
export function readMailKeys(text: string, letters: ReadonlySet<string>): readonly string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (!letters.has('h') && !letters.has('b')) return lines.filter((line) => line !== '')
  const fields: string[] = []
  let i = 0
  for (; i < lines.length && lines[i] !== ''; i++) {
    const line = lines[i] ?? ''
    const last = fields.at(-1)
    if (/^[ \t]/.test(line) && last !== undefined) fields[fields.length - 1] = `${last}\n${line}`
    else fields.push(line)
  }
  const body = lines.slice(i + 1).filter((line) => line !== '')
  return [...(letters.has('h') ? fields : []), ...(letters.has('b') ? body : [])]
}
