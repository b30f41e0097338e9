/** cat prints files, one after the other. cat(1). */
import { linesOf, readFiles } from '#host/files.ts'
import type { HostCommand } from '#host/command.ts'
import { printed, readLetters } from '#host/words.ts'

export const cat: HostCommand = {
  name: 'cat',
  async run(input) {
    const letters = readLetters(input.words, { plain: 'nAvet' })
    if (!letters.ok) return letters.result
    let stdout = ''
    let stderr = ''
    for (const file of await readFiles(input, letters.operands)) {
      if ('problem' in file) stderr += `cat: ${file.name}: ${file.problem}\n`
      else stdout += file.text
    }
    if (letters.given.has('A') || letters.given.has('e'))
      stdout = stdout.replace(/\r/g, '^M').replace(/\n/g, '$\n')
    if (letters.given.has('A') || letters.given.has('t')) stdout = stdout.replace(/\t/g, '^I')
    if (letters.given.has('n')) {
      stdout = linesOf(stdout)
        .map((line, i) => `${String(i + 1).padStart(6)}\t${line}`)
        .join('')
    }
    return printed(stdout, stderr)
  },
}
