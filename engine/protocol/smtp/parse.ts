/**
 * From a line to a command. The verb alone already says whether it may come now; so it is read first, and the words
 * after it only when it may.
 *
 * RFC 5321 §2.4, §4.1.1.
 */
import { commands, isVerb } from './commands/index.ts'
import type { Command, Verb } from './commands/index.ts'
import type { Grammar, Limits, Parsed } from './grammar.ts'
import { splitWords } from './words.ts'
import type { Word } from './words.ts'

export type Line =
  | { readonly kind: 'empty' }
  /** `word`: what stands where a verb should. */
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'command'; readonly verb: Verb; readonly words: readonly Word[] }

export function readLine(line: string): Line {
  const [first, ...words] = splitWords(line)
  if (first === undefined) return { kind: 'empty' }
  const verb = first.text.toUpperCase()
  return isVerb(verb) ? { kind: 'command', verb, words } : { kind: 'unknown', word: first.text }
}

export function parseCommand(verb: Verb, words: readonly Word[], limits: Limits): Parsed<Command> {
  // Each grammar parses its own kind of command; the table's type says which, the union says the same.
  const grammar: Grammar<Command> = commands[verb]
  return grammar.parse(words, limits)
}

export function formatCommand(command: Command): string {
  const grammar: Grammar<Command> = commands[command.verb]
  return grammar.format(command)
}
