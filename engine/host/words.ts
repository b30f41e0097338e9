/** Splits the words of a simple command into its letters and its operands, as getopt(3) does. */
import type { CommandResult } from '#host/command.ts'

export type Letters = {
  readonly ok: true
  readonly given: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

/** `plain`: letters alone; `withValue`: letters that take a value. GNU commands take letters after operands too. */
export function readLetters(
  words: readonly string[],
  { plain, withValue = '' }: { plain: string; withValue?: string },
): Letters | { readonly ok: false; readonly result: CommandResult } {
  const given = new Set<string>()
  const values = new Map<string, string>()
  const operands: string[] = []
  const [name = '', ...rest] = words
  const refuse = (problem: string) => {
    const stderr = `${name}: ${problem}\nTry '${name} --help' for more information.\n`
    return { ok: false, result: { stdout: '', stderr, exit: 1 } } as const
  }
  for (let i = 0; i < rest.length; i += 1) {
    const word = rest[i] ?? ''
    if (word === '--') {
      operands.push(...rest.slice(i + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word)
      continue
    }
    if (word.startsWith('--')) return refuse(`unrecognized option '${word}'`)
    for (let at = 1; at < word.length; at += 1) {
      const letter = word.charAt(at)
      if (plain.includes(letter)) {
        given.add(letter)
      } else if (withValue.includes(letter)) {
        const value = at + 1 < word.length ? word.slice(at + 1) : rest[(i += 1)]
        if (value === undefined) return refuse(`option requires an argument -- '${letter}'`)
        // grep's -e may come again: one pattern a line.
        const before = letter === 'e' ? values.get(letter) : undefined
        values.set(letter, before === undefined ? value : `${before}\n${value}`)
        break
      } else {
        return refuse(`invalid option -- '${letter}'`)
      }
    }
  }
  return { ok: true, given, values, operands }
}

export const printed = (stdout: string, stderr = ''): CommandResult => ({
  stdout,
  stderr,
  exit: stderr === '' ? 0 : 1,
})
