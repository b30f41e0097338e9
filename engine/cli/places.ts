/** Where things lie: the package's own folders, and the labs and files that a user names. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { LabFiles } from '#control/lab-folder.ts'
import { CommandRefused } from './command.ts'

export const packageFolder = resolve(import.meta.dirname, '../..')
export const lessonsFolder = join(packageFolder, 'lessons')
export const pageFolder = join(packageFolder, 'dist/web')

const largestFile = 4 * 1024 * 1024
const mostFiles = 2000

export const version = (
  JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
).version

/** A folder with lab.yaml, or its name under lessons/labs. */
export function findLab(name: string): string {
  const candidates = [resolve(name), join(lessonsFolder, 'labs', name)]
  const found = candidates.find((folder) => existsSync(join(folder, 'lab.yaml')))
  if (found === undefined)
    throw new CommandRefused(
      `mailscope: ${name} is neither a folder with a lab.yaml nor a lab under lessons/labs`,
    )
  return found
}

/** All files of a lab folder, as text, by their path in it. */
export function readFolder(folder: string): LabFiles {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
  if (names.length > mostFiles) throw new CommandRefused(`${folder}: holds more than ${mostFiles} files`)
  return new Map(names.map((name) => [name.replaceAll('\\', '/'), readText(join(folder, name))]))
}

export function readText(path: string): string {
  try {
    if (statSync(path).size > largestFile) throw new CommandRefused(`${shown(path)}: is larger than 4 MiB`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof CommandRefused) throw error
    throw new CommandRefused(
      `${shown(path)}: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`,
    )
  }
}

/** As a user would write it: relative where that is shorter. */
export function shown(path: string): string {
  const near = relative(process.cwd(), path)
  return near !== '' && !near.startsWith('..') ? near : path
}
