/** postconf -e, -X and -#, of main.cf or with -M, -F, -P of master.cf. postconf(1). */
import { editMainCf, type MainCfEdit } from '#config/main-cf-edit.ts'
import { splitNameValue } from '#config/main-cf.ts'
import { isValidField, readServiceLine } from '#config/master-cf.ts'
import { editMasterCf, type MasterCfEdit, type ServicePattern } from '#config/master-cf-edit.ts'
import type { CommandInput } from '#host/command.ts'
import { absolute } from '#host/paths.ts'
import { directoryOf, readFile } from '#host/postconf/configuration.ts'
import { Fatal, type Output } from '#host/postconf/output.ts'
import type { PostconfOptions } from '#host/postconf/options.ts'
import { isField } from '#host/postconf/show-services.ts'

export async function changeMainCf(
  input: CommandInput,
  options: PostconfOptions,
  output: Output,
): Promise<void> {
  const edit = readMainEdit(options, output)
  const path = `${directoryOf(options)}/main.cf`
  const edited = editMainCf(await readFile(input, path), path, edit)
  for (const warning of edited.warnings) output.warn(warning)
  await write(input, path, edited.text)
}

function readMainEdit({ letters, names }: PostconfOptions, output: Output): MainCfEdit {
  for (const name of names) {
    if (name.includes('\n')) throw new Fatal('-e, -X, or -# accepts no multi-line input')
    if (name.trimStart().startsWith('#')) throw new Fatal('-e, -X, or -# accepts no comment input')
  }
  if (!letters.has('e')) {
    if (names.length === 0) throw new Fatal('missing service argument')
    const wrong = names.find((name) => /[=\s]/.test(name))
    if (wrong !== undefined) throw new Fatal('-X or -# requires names without value')
    return { kind: letters.has('X') ? 'remove' : 'comment out', names: new Set(names) }
  }
  if (names.length === 0) throw new Fatal('-e requires name=value argument')
  const values = new Map<string, string>()
  for (const text of names) {
    const split = splitNameValue(text)
    if (!split.ok) throw new Fatal(`${split.message}: "${text}"`)
    const earlier = values.get(split.name)
    if (earlier !== undefined) output.warn(`ignoring earlier request: '${split.name} = ${earlier}'`)
    values.set(split.name, split.value)
  }
  return { kind: 'set', values }
}

export async function changeMasterCf(
  input: CommandInput,
  options: PostconfOptions,
  output: Output,
): Promise<void> {
  const { letters, names } = options
  if (names.length === 0)
    throw new Fatal(letters.has('e') ? '-e requires name=value argument' : 'missing service argument')
  const path = `${directoryOf(options)}/master.cf`
  let text = await readFile(input, path)
  for (const name of names) {
    const { pattern, edit } = readMasterEdit(options, name)
    const edited = editMasterCf(text, pattern, edit)
    text = edited.text
    const mustMatch =
      edit.kind === 'set field' || edit.kind === 'set override' || edit.kind === 'remove override'
    if (edited.matched === 0 && mustMatch) output.warn(`unmatched service_name/type: "${name}"`)
  }
  await write(input, path, text)
}

function readMasterEdit(
  { letters }: PostconfOptions,
  text: string,
): { pattern: ServicePattern; edit: MasterCfEdit } {
  if (letters.has('e')) {
    const split = splitNameValue(text)
    if (!split.ok) throw new Fatal(`${split.message}: "${text}"`)
    const [name = '', type = '', item, ...more] = split.name.split('/')
    const pattern = { name, type }
    const { value } = split
    if (letters.has('M')) {
      if (type === '' || item !== undefined) throw new Fatal('-Me, -MX or -M# requires service_name/type')
      return { pattern, edit: { kind: 'replace', service: readNewService(text, value) } }
    }
    if (letters.has('F')) {
      if (item === undefined || more.length > 0) throw new Fatal('-Fe requires service_name/type/field_name')
      return { pattern, edit: readFieldEdit(item, value) }
    }
    if (item === undefined || more.length > 0)
      throw new Fatal('-Pe or -PX requires service_name/type/parameter_name')
    if (/\s/.test(value)) throw new Fatal('-Pe does not accept whitespace in parameter value')
    return { pattern, edit: { kind: 'set override', name: item, value } }
  }
  const [name = '', type = '', item] = text.split('/')
  if (letters.has('P')) {
    if (item === undefined) throw new Fatal('-Pe or -PX requires service_name/type/parameter_name')
    return { pattern: { name, type }, edit: { kind: 'remove override', name: item } }
  }
  if (type === '' || item !== undefined) throw new Fatal('-Me, -MX or -M# requires service_name/type')
  return { pattern: { name, type }, edit: { kind: letters.has('X') ? 'remove' : 'comment out' } }
}

function readNewService(request: string, line: string) {
  const { service, problems } = readServiceLine(line)
  const fatal = problems.find(({ severity }) => severity === 'fatal')
  if (fatal)
    throw new Fatal(fatal.message === 'bad field count' ? `bad field count: "${request}"` : fatal.message)
  if (!service) throw new Fatal(`bad field count: "${request}"`)
  return service
}

function readFieldEdit(column: string, value: string): MasterCfEdit {
  if (!isField(column)) throw new Fatal(`invalid service attribute name: "${column}"`)
  if (column !== 'command' && !isValidField(column, value)) {
    throw new Fatal(`invalid ${column} field "${value}" in "${value}"`)
  }
  return { kind: 'set field', column, value }
}

async function write(input: CommandInput, path: string, text: string): Promise<void> {
  await input.box.machine.disk.commit([{ kind: 'write', path: absolute(input.directory, path), bytes: text }])
}
