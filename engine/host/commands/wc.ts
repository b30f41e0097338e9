/** wc counts lines, words and bytes. wc(1). */
import type { HostCommand } from '#host/command.ts'
import { readFiles } from '#host/files.ts'
import { printed, readLetters } from '#host/words.ts'

export const wc: HostCommand = {
  name: 'wc',
  async run(input) {
    const letters = readLetters(input.words, { plain: 'clmw' })
    if (!letters.ok) return letters.result
    const files = await readFiles(input, letters.operands)
    const rows: { counts: readonly number[]; name: string }[] = []
    let stderr = ''
    for (const file of files) {
      if ('problem' in file) stderr += `wc: ${file.name}: ${file.problem}\n`
      else
        rows.push({
          counts: count(file.text, letters.given),
          name: letters.operands.length > 0 ? ` ${file.name}` : '',
        })
    }
    if (rows.length > 1) {
      const sums = (rows[0]?.counts ?? []).map((_, i) =>
        rows.reduce((sum, row) => sum + (row.counts[i] ?? 0), 0),
      )
      rows.push({ counts: sums, name: ' total' })
    }
    const numbers = rows.flatMap(({ counts }) => counts)
    const single = numbers.length === 1
    const width = single ? 0 : letters.operands.length > 0 ? String(Math.max(...numbers, 0)).length : 7
    const stdout = rows.map(
      ({ counts, name }) => `${counts.map((it) => String(it).padStart(width)).join(' ')}${name}\n`,
    )
    return printed(stdout.join(''), stderr)
  },
}

function count(text: string, given: ReadonlySet<string>): readonly number[] {
  const all = given.size === 0
  const counts: number[] = []
  if (all || given.has('l')) counts.push(text.split('\n').length - 1)
  if (all || given.has('w')) counts.push(text.match(/\S+/g)?.length ?? 0)
  if (given.has('m')) counts.push(Array.from(text).length)
  if (all || given.has('c')) counts.push(new TextEncoder().encode(text).length)
  return counts
}
