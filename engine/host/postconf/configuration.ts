/** The two files that postconf reads, with the warnings that reading them brings. postconf(1). */
import { expand } from '#config/expand.ts'
import { readInetProtocols } from '#config/machine-default.ts'
import { parseMainCf, splitNameValue, type MainCf, type MainCfEntry } from '#config/main-cf.ts'
import { parseMasterCf, type MasterCf } from '#config/master-cf.ts'
import { mentionedNames, namesInUse } from '#config/names-in-use.ts'
import { parameter, unexpanded } from '#config/parameters.ts'
import type { Problem } from '#config/problem.ts'
import { serviceParameters } from '#config/service-parameters.ts'
import { rawValues, type RawValues } from '#config/create-settings.ts'
import { DiskError } from '#platform/disk.ts'
import type { CommandInput } from '#host/command.ts'
import { absolute } from '#host/paths.ts'
import { Fatal, type Output } from '#host/postconf/output.ts'
import type { PostconfOptions } from '#host/postconf/options.ts'

export type Configuration = {
  /** As it was written: `/etc/postfix`, or the word after -c. */
  readonly directory: string
  readonly mainCf: MainCf
  readonly masterCf: MasterCf
  /** Parameters that services bring, with their defaults. */
  readonly ofServices: ReadonlyMap<string, string>
  /** Names of the operator's own that something uses. */
  readonly ofUser: ReadonlySet<string>
  readonly values: RawValues
}

export const directoryOf = (options: PostconfOptions): string => options.directory ?? '/etc/postfix'

/** `defaults`: -d, which looks at neither file but for the services of master.cf. */
export async function readConfiguration(
  input: CommandInput,
  options: PostconfOptions,
  output: Output,
  what: 'files' | 'defaults',
): Promise<Configuration> {
  const directory = directoryOf(options)
  const mainPath = `${directory}/main.cf`
  const mainText = what === 'files' ? await readFile(input, mainPath) : ''
  const mainCf = withOverrides(parseMainCf(mainText, mainPath), options)
  reportMain(mainCf.problems, output)

  const masterPath = `${directory}/master.cf`
  const masterCf = parseMasterCf(
    await readFile(input, masterPath, what === 'defaults' ? '' : undefined),
    masterPath,
  )
  reportMaster(masterCf.problems, output)

  const ofServices = serviceParameters(masterCf.services)
  const overrideValues = masterCf.services.flatMap((service) => service.overrides.map(([, value]) => value))
  const { machine } = input.box
  const values = rawValues({
    mainCf,
    machine: { hostname: machine.name, addresses: machine.addresses },
    configDirectory: directory,
    process: { name: 'postconf', service: '', id: machine.next('process') },
  })
  const ofUser = namesInUse(mainCf, overrideValues, ofServices)
  const configuration = { directory, mainCf, masterCf, ofServices, ofUser, values }
  if (what === 'files') {
    // A level that is no level stops every program of Postfix, and so does a value that leads back to itself.
    expandedValue('${{$compatibility_level} <level {0}}', values.raw, output)
    warnUndefined(configuration, output)
    const protocols = readInetProtocols(expandedValue('$inet_protocols', values.raw, output))
    if (!protocols.ok) throw new Fatal(protocols.message)
    for (const { name, value } of mainCf.values.values()) {
      if (parameter(name) && !unexpanded.has(name)) expandedValue(value, values.raw, output)
    }
  }
  return configuration
}

export async function readFile(input: CommandInput, path: string, otherwise?: string): Promise<string> {
  try {
    return await input.box.machine.disk.readText(absolute(input.directory, path))
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    if (otherwise !== undefined) return otherwise
    const reason = error.code === 'ENOTDIR' ? 'Not a directory' : 'No such file or directory'
    throw new Fatal(`open ${path}: ${reason}`)
  }
}

/** `-o name=value` stands after all lines of main.cf. */
function withOverrides(mainCf: MainCf, options: PostconfOptions): MainCf {
  if (options.overrides.length === 0) return mainCf
  const values = new Map(mainCf.values)
  const source = { text: '', line: 0, pieces: [] }
  const at = { line: 0, column: 1 }
  for (const override of options.overrides) {
    const split = splitNameValue(override)
    if (!split.ok) throw new Fatal(`invalid parameter override: ${override}: ${split.message}`)
    const entry: MainCfEntry = { name: split.name, value: split.value, nameAt: at, valueAt: at, source }
    values.set(split.name, entry)
  }
  return { ...mainCf, values }
}

function reportMain(problems: readonly Problem[], output: Output): void {
  for (const { file, line, severity, message } of problems) {
    const said = message.startsWith('logical line')
      ? `${file}: ${message}`
      : `${file}, line ${line}: ${message}`
    if (severity === 'fatal') throw new Fatal(said)
    output.warn(said)
  }
}

function reportMaster(problems: readonly Problem[], output: Output): void {
  for (const { file, line, severity, message } of problems) {
    if (severity === 'fatal') {
      throw new Fatal(message === 'bad field count' ? `file ${file}: line ${line}: ${message}` : message)
    }
    output.warn(message.startsWith('logical line') ? `${file}: ${message}` : `master.cf: ${message}`)
  }
}

/** What a second reading of a main.cf with repeated names says: each value overrides the last one of the first reading. */
export function rereadWarnings({ mainCf }: Configuration): readonly string[] {
  const last = new Map(mainCf.entries.map(({ name, value }) => [name, value]))
  const said: string[] = []
  for (const { name, value, nameAt } of mainCf.entries) {
    const earlier = last.get(name)
    if (earlier !== undefined && earlier !== value) {
      said.push(`${mainCf.file}, line ${nameAt.line}: overriding earlier entry: ${name}=${earlier}`)
    }
    last.set(name, value)
  }
  return said
}

const isKnown = (configuration: Configuration, name: string): boolean =>
  parameter(name) !== null || configuration.ofServices.has(name) || configuration.mainCf.values.has(name)

function warnUndefined(configuration: Configuration, output: Output): void {
  const { mainCf, masterCf } = configuration
  for (const { name, value } of mainCf.values.values()) {
    if (unexpanded.has(name)) continue
    const whose = parameter(name) || configuration.ofServices.has(name) ? 'Postfix' : 'the user'
    warnUndefinedIn(configuration, value, whose, mainCf.file, output)
  }
  for (const service of masterCf.services) {
    const own = new Set(service.overrides.map(([name]) => name))
    for (const [, value] of service.overrides)
      warnUndefinedIn(configuration, value, 'Postfix', masterCf.file, output, own)
  }
}

function warnUndefinedIn(
  configuration: Configuration,
  value: string,
  whose: 'Postfix' | 'the user',
  file: string,
  output: Output,
  own: ReadonlySet<string> = new Set(),
): void {
  const syntax = expand(value, () => null, 'literal')
  if (!syntax.ok && !syntax.message.startsWith('malformed')) {
    output.warn(syntax.message)
    if (whose === 'Postfix') {
      // Postfix reads the value twice before it gives up.
      output.warn(syntax.message)
      throw new Fatal('macro processing error')
    }
  }
  // A name without its closing brace was never read.
  const cut = !syntax.ok && syntax.message.startsWith('truncated')
  for (const name of mentionedNames(cut ? value.slice(0, value.lastIndexOf('$')) : value)) {
    if (!isKnown(configuration, name) && !own.has(name)) output.warn(`${file}: undefined parameter: ${name}`)
  }
}

/** Names of main.cf that mean nothing. */
export function warnUnusedMain({ mainCf, ofServices, ofUser }: Configuration, output: Output): void {
  for (const { name, value } of mainCf.values.values()) {
    if (!parameter(name) && !ofServices.has(name) && !ofUser.has(name)) {
      output.warn(`${mainCf.file}: unused parameter: ${name}=${value}`)
    }
  }
}

/** `-o` of master.cf with names that mean nothing. */
export function warnUnusedMaster({ masterCf, ofServices, ofUser }: Configuration, output: Output): void {
  for (const service of masterCf.services) {
    for (const [name, value] of new Map(service.overrides)) {
      if (!parameter(name) && !ofServices.has(name) && !ofUser.has(name)) {
        output.warn(`${masterCf.file}: unused parameter: ${name}=${value}`)
      }
    }
  }
}

/** -x: the value with every `$name` in it replaced. */
export function expandedValue(
  value: string,
  lookup: (name: string) => string | null,
  output: Output,
): string {
  const expansion = expand(value, lookup)
  if (expansion.ok) return expansion.value
  output.warn(expansion.message)
  throw new Fatal('macro processing error')
}
