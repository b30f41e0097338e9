/** Every command of doveadm, by the words that call it. */
import { accountCommands } from './accounts.ts'
import { grouped, type DoveadmCommand } from './command.ts'
import { mailboxCommands } from './mailbox.ts'
import { messageCommands } from './messages.ts'
import { serviceCommands } from './service.ts'
import { sieveCommands } from './sieve.ts'

const all: readonly DoveadmCommand[] = [
  ...mailboxCommands,
  ...messageCommands,
  ...accountCommands,
  ...serviceCommands,
  ...sieveCommands,
]

export function findDoveadm(
  words: readonly string[],
): { command: DoveadmCommand; rest: readonly string[] } | null {
  const command = all.find(({ name }) => name.split(' ').every((word, i) => words[i] === word))
  return command === undefined ? null : { command, rest: words.slice(command.name.split(' ').length) }
}

/** What can be said after these words. */
export function usageText(words: readonly string[]): string {
  const [group] = words
  const inGroup = group === undefined ? [] : all.filter(({ name }) => name.startsWith(`${group} `))
  const heading = 'usage: doveadm [-Dv] [-f <formatter>]'
  if (inGroup.length > 0) {
    const lines = inGroup.map(
      ({ name, usage }) => `  ${name.slice((group ?? '').length + 1).padEnd(12)} ${usage}\n`,
    )
    return `${heading} ${group} <command> [<args>]\n${sorted(lines)}`
  }
  const groups = grouped(all, ({ name }) => name.split(' ')[0] ?? '')
  const lines = [...groups].map(([name, commands]) => {
    const [only] = commands
    const what =
      only?.name === name
        ? only.usage
        : [...commands]
            .map((command) => command.name.split(' ')[1])
            .sort()
            .join('|')
    return `  ${name.padEnd(12)} ${what}\n`
  })
  return `${heading} <command> [<args>]\n               \n${sorted(lines)}`
}

const sorted = (lines: readonly string[]): string => [...lines].sort().join('')
