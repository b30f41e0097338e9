/** Options of the commands of doveadm that are not about mailboxes: as getopt(3) reads them, wherever they stand. */
import type { CommandResult } from '#host/command.ts'
import { exits, failed } from './command.ts'

export type CommandOptions = {
  readonly given: ReadonlyMap<string, string>
  /** Of an option that may come several times, all values. */
  readonly all: (letter: string) => readonly string[]
  readonly rest: readonly string[]
}

/** `specification`: `a:f:u`, a colon after each letter that takes a word; the result is how the command ends. */
export function commandOptions(
  command: string,
  words: readonly string[],
  specification: string,
): CommandOptions | CommandResult {
  const verb = command.split(' ').at(-1) ?? ''
  const options: { letter: string; value: string }[] = []
  const rest: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '--') {
      rest.push(...words.slice(i + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word)
      continue
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at)
      const place = specification.indexOf(letter)
      if (place < 0 || letter === ':') return failed(`${verb}: invalid option -- '${letter}'\n`, exits.usage)
      if (specification.charAt(place + 1) !== ':') {
        options.push({ letter, value: '' })
        continue
      }
      const value = word.slice(at + 1) || words[++i]
      if (value === undefined)
        return failed(`${verb}: option requires an argument -- '${letter}'\n`, exits.usage)
      options.push({ letter, value })
      break
    }
  }
  return {
    given: new Map(options.map(({ letter, value }) => [letter, value])),
    all: (letter) => options.filter((option) => option.letter === letter).map(({ value }) => value),
    rest,
  }
}

export const isResult = (read: CommandOptions | CommandResult): read is CommandResult => 'exit' in read

/** Words that nobody asked for; null: there are none. */
export const extraneous = (words: readonly string[]): CommandResult | null =>
  words.length === 0 ? null : failed(`Error: Extraneous arguments found: ${words.join(' ')}\n`, exits.usage)
