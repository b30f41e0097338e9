/** What `mailscope check` says of a configuration file: more than the server would, and before it runs. */
import { expand } from '#config/expand.ts'
import { parseMainCf, type MainCf, type MainCfEntry } from '#config/main-cf.ts'
import { parseMasterCf } from '#config/master-cf.ts'
import { parameter, unexpanded, type Parameter } from '#config/parameters.ts'
import type { Problem } from '#config/problem.ts'
import { namesInUse } from '#config/names-in-use.ts'
import { serviceParameterDefault } from '#config/service-parameters.ts'
import { readFlag, readNumber, readTime, type Reading } from '#config/values.ts'

export { checkDovecotConf } from '#config/dovecot-conf.ts'

export function checkMainCf(text: string, file: string): readonly Problem[] {
  const mainCf = parseMainCf(text, file)
  const used = namesInUse(mainCf, [])
  const problems = [...mainCf.values.values()].flatMap((entry) => checkEntry(mainCf, entry, used))
  return [...mainCf.problems, ...problems].sort((a, b) => a.line - b.line || a.column - b.column)
}

export const checkMasterCf = (text: string, file: string): readonly Problem[] =>
  parseMasterCf(text, file).problems

function checkEntry(mainCf: MainCf, entry: MainCfEntry, used: ReadonlySet<string>): readonly Problem[] {
  const { file } = mainCf
  const row = parameter(entry.name)
  if (!row && serviceParameterDefault(entry.name) === null && !used.has(entry.name)) {
    const message = `unused parameter: ${entry.name}=${entry.value}`
    return [{ file, ...entry.nameAt, severity: 'warning', message }]
  }
  if (unexpanded.has(entry.name)) return []
  const lookup = (name: string) =>
    mainCf.values.get(name)?.value ?? parameter(name)?.default ?? serviceParameterDefault(name)
  const expansion = expand(entry.value, lookup)
  if (!expansion.ok) return [{ file, ...entry.valueAt, severity: 'fatal', message: expansion.message }]

  const problems: Problem[] = expansion.undefinedNames.map((name) => {
    return { file, ...entry.valueAt, severity: 'warning', message: `undefined parameter: ${name}` }
  })
  const reading = row && readAs(row, expansion.value)
  if (reading && !reading.ok)
    problems.push({ file, ...entry.valueAt, severity: 'fatal', message: reading.message })
  return problems
}

function readAs(row: Parameter, value: string): Reading<unknown> {
  switch (row.type.kind) {
    case 'bool':
      return readFlag(row.name, value)
    case 'int':
    case 'size':
      return readNumber(row.name, value)
    case 'time':
      return readTime(row.name, value, row.type.unit)
    case 'enum':
    case 'list':
    case 'string':
      return { ok: true, value }
  }
}
