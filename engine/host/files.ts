/** The files that a command was given, read one by one; `-` and no file at all mean its standard input. */
import type { CommandInput } from '#host/command.ts'
import { diskReason } from '#host/disk-errors.ts'
import { absolute } from '#host/paths.ts'

export type FileText =
  { readonly name: string; readonly text: string } | { readonly name: string; readonly problem: string }

export async function readFiles(input: CommandInput, names: readonly string[]): Promise<readonly FileText[]> {
  const read: FileText[] = []
  for (const name of names.length > 0 ? names : ['-']) {
    if (name === '-') {
      read.push({ name, text: input.stdin })
      continue
    }
    try {
      const path = absolute(input.directory, name)
      read.push({ name, text: path === '/dev/null' ? '' : await input.box.machine.disk.readText(path) })
    } catch (error) {
      read.push({ name, problem: diskReason(error) })
    }
  }
  return read
}

/** Lines with their line ends; a last line may have none. */
export const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []
