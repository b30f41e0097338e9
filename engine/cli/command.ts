/** What a command of `mailscope` is, and how it refuses. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

export interface Command {
  readonly name: string
  /** `up [LAB] [--http HOST:PORT] …`. */
  readonly synopsis: string
  readonly summary: string
  /** Resolves with the exit code. */
  run(words: readonly string[]): Promise<number>
}

/** What was given is wrong: said on standard error, exit 2. */
export class CommandRefused extends Error {}

export const usage = (all: readonly Command[]): string =>
  [
    'Usage: mailscope COMMAND',
    '',
    ...all.flatMap(({ synopsis, summary }) => [`  mailscope ${synopsis}`, `      ${summary}`, '']),
    '',
  ].join('\n')

/** parseArgs, with a sentence instead of a stack for an unknown option. */
export function readWords<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new CommandRefused(
      `mailscope: ${error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)}`,
    )
  }
}
