/** `mailscope check PATH…`: lints labs, lessons, scenarios, main.cf, master.cf and dovecot.conf. A problem a line: file:line:column: sentence. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { checkDovecotConf, checkMainCf, checkMasterCf } from '#config/check.ts'
import { formatProblem } from '#config/problem.ts'
import { readLabFolder } from '#control/lab-folder.ts'
import { readLessons } from '#control/lesson-library.ts'
import { parseZone } from '#platform/zone.ts'
import { parseScript } from '#scenario/script.ts'
import { CommandRefused, readWords, type Command } from './command.ts'
import { readFolder, readText, shown } from './places.ts'

export const check: Command = {
  name: 'check',
  synopsis: 'check PATH…',
  summary: 'lints labs, lessons, scenarios and configuration files',
  async run(words) {
    const { positionals } = readWords({ args: [...words], allowPositionals: true, options: {} })
    if (positionals.length === 0) throw new CommandRefused('mailscope: check takes files or folders')
    const missing = positionals.find((path) => !existsSync(path))
    if (missing !== undefined) throw new CommandRefused(`${missing}: there is no such file or folder`)
    const problems = [...new Set(positionals.flatMap((path) => checkPath(resolve(path))))]
    for (const problem of problems) process.stdout.write(`${problem}\n`)
    return problems.length === 0 ? 0 : 2
  },
}

function checkPath(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return checkFile(path)
  if (existsSync(join(path, 'lab.yaml'))) return checkLab(path)
  const inside = readdirSync(path)
    .filter((name) => !name.startsWith('.') && name !== 'node_modules')
    .flatMap((name) => checkPath(join(path, name)))
  const lessons =
    existsSync(join(path, 'labs')) && existsSync(join(path, 'glossary'))
      ? readLessons(path).problems.map(formatProblem)
      : []
  return [...lessons, ...inside]
}

function checkLab(folder: string): readonly string[] {
  const files = readFolder(folder)
  const read = readLabFolder(files, shown(folder))
  const scenarios = [...files.keys()]
    .filter((name) => name.endsWith('.scenario'))
    .flatMap((name) => checkFile(join(folder, name)))
  return [...(read.ok ? [] : read.problems.map(formatProblem)), ...scenarios]
}

function checkFile(path: string): readonly string[] {
  const file = shown(path)
  switch (basename(path)) {
    case 'main.cf':
      return checkMainCf(readText(path), file).map(formatProblem)
    case 'master.cf':
      return checkMasterCf(readText(path), file).map(formatProblem)
    case 'dovecot.conf':
      return checkDovecotConf(readText(path), file).map(formatProblem)
    case 'zone':
      return parseZone(readText(path)).problems.map(
        ({ line, column, message }) => `${file}:${line}:${column}: ${message}`,
      )
    case 'lab.yaml':
      return checkLab(resolve(path, '..'))
    default:
      if (!path.endsWith('.scenario')) return []
      return parseScript(readText(path)).problems.map(
        ({ line, column, message }) => `${file}:${line}:${column}: ${message}`,
      )
  }
}
