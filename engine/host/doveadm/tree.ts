/** Every command of doveadm, by the words that call it. */
import { accountCommands } from './accounts.ts'
import { grouped, type DoveadmCommand } from './command.ts'
import { mailboxCommands } from './mailbox.ts'
import { messageCommands } from './messages.ts'
import { otherServiceCommands } from './other-services.ts'
import { placeCommands } from './places.ts'
import { serviceCommands } from './service.ts'
import { sieveCommands } from './sieve.ts'
import { elsewhere } from './elsewhere.ts'
import { upkeepCommands } from './upkeep.ts'

const all: readonly DoveadmCommand[] = [
  ...mailboxCommands,
  ...placeCommands,
  ...messageCommands,
  ...accountCommands,
  ...serviceCommands,
  ...sieveCommands,
  ...otherServiceCommands,
  ...upkeepCommands,
]

export function findDoveadm(
  words: readonly string[],
): { command: DoveadmCommand; rest: readonly string[] } | null {
  const command = all.find(({ name }) => name.split(' ').every((word, i) => words[i] === word))
  return command === undefined ? null : { command, rest: words.slice(command.name.split(' ').length) }
}

/** What can be said after these words: also what the real doveadm has and a lab has no use for. */
export function usageText(words: readonly string[], plugins: readonly string[] = []): string {
  const [group] = words
  const everything = [...all, ...elsewhere].filter(({ name }) => {
    const [first = ''] = name.split(' ')
    return !pluginCommands.includes(first) || plugins.includes(first)
  })
  const inGroup = group === undefined ? [] : everything.filter(({ name }) => name.startsWith(`${group} `))
  const heading = 'usage: doveadm [-Dv] [-f <formatter>]'
  if (group !== undefined && inGroup.length > 0)
    return `${heading} ${group} <command> [<args>]\n${listed(everything, group)}`
  return `${heading} <command> [<args>]\n               \n${listed(everything, null)}`
}

/** A command that is known, and has none of its words; null: it is not known, or has them. */
export function usageAlone(words: readonly string[]): string | null {
  const known = elsewhere.find(({ name }) => name === words.join(' '))
  return known === undefined ? null : `doveadm ${known.name} ${known.usage}\n`
}

/** Those that a plugin brings: `mail_plugins = acl`. */
export const pluginCommands = ['acl', 'fts', 'quota']

type Named = Pick<DoveadmCommand, 'name' | 'usage'>

/** A line for each next word: its usage, or the words that follow it. */
function listed(commands: readonly Named[], group: string | null): string {
  const below = commands
    .filter(({ name }) => group === null || name.startsWith(`${group} `))
    .map(({ name, usage }) => ({ name: group === null ? name : name.slice(group.length + 1), usage }))
  const groups = grouped(below, ({ name }) => name.split(' ')[0] ?? '')
  const lines = [...groups].map(([name, members]) => {
    const alone = members.find((command) => command.name === name)
    const words = members.map((command) => command.name.split(' ').slice(1).join(' ')).sort()
    return `  ${name.padEnd(12)} ${alone === undefined ? nextWords(words).join('|') : alone.usage}\n`
  })
  return sorted(lines)
}

/** The first of a group is not remembered when the next is looked at: `cache|cache|create`. */
const nextWords = (paths: readonly string[]): readonly string[] => {
  const words = paths.map((path) => path.split(' ')[0] ?? '')
  return words.filter((word, i) => i < 2 || word !== words[i - 1])
}

const sorted = (lines: readonly string[]): string => [...lines].sort().join('')
