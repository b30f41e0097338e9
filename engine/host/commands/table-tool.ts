/**
 * What postmap and postalias share: they make a `.db` of a source, ask tables, list them, and take rows out.
 *
 * postmap(1); postalias(1).
 */
import { checkCommonSettings } from '#config/common-settings.ts'
import { createSettings } from '#config/create-settings.ts'
import { parseMainCf } from '#config/main-cf.ts'
import { MacroSettingError, SettingError, type Settings } from '#config/settings.ts'
import type { CommandInput, CommandResult } from '#host/command.ts'
import { absolute } from '#host/paths.ts'
import {
  compileTable,
  openTables,
  readDatabase,
  systemError,
  writeDatabase,
  type TableFormat,
} from '#mta/maps.ts'
import type { Table } from '#tables/table.ts'
import { splitName } from '#tables/type.ts'
import { tableTypes } from '#tables/types/index.ts'
import { optionProblem, readOptions } from './arguments.ts'
import { readMailKeys } from './mail-keys.ts'

export type TableTool = {
  readonly name: 'postmap' | 'postalias'
  readonly format: TableFormat
  readonly options: string
  readonly usage: string
  /** Between key and value, when rows are listed. */
  readonly separator: string
}

/** Ends the command with a sentence: `postmap: fatal: …`. */
class Fatal extends Error {}

export async function runTableTool(tool: TableTool, input: CommandInput): Promise<CommandResult> {
  const run = new Run(tool, input)
  try {
    const exit = await run.run()
    return { stdout: run.stdout, stderr: run.stderr, exit }
  } catch (error) {
    if (!(error instanceof Fatal)) throw error
    return { stdout: run.stdout, stderr: `${run.stderr}${tool.name}: fatal: ${error.message}\n`, exit: 1 }
  }
}

type Options = {
  readonly letters: ReadonlySet<string>
  readonly directory: string
  readonly query: string | null
  readonly remove: string | null
}

class Run {
  stdout = ''
  stderr = ''
  readonly #tool: TableTool
  readonly #input: CommandInput

  constructor(tool: TableTool, input: CommandInput) {
    this.#tool = tool
    this.#input = input
  }

  async run(): Promise<number> {
    const { words } = this.#input
    const read = readOptions(words.slice(1), this.#tool.options)
    if (read.kind !== 'options') {
      this.stderr += optionProblem(this.#tool.name, read)
      throw new Fatal(`usage: ${this.#tool.usage}`)
    }
    const options = this.#readOptions(read.options)
    const settings = await this.#settings(options.directory)
    if (read.rest.length === 0) throw new Fatal(`usage: ${this.#tool.usage}`)
    if (options.letters.has('s')) return this.#list(read.rest, settings, options)
    if (options.query !== null) return this.#query(read.rest, settings, options, options.query)
    if (options.remove !== null) return this.#remove(read.rest, settings, options, options.remove)
    for (const name of read.rest) await this.#compile(name, settings, options)
    return 0
  }

  #readOptions(given: readonly { letter: string; value: string }[]): Options {
    const letters = new Set(given.map(({ letter }) => letter))
    const of = (wanted: string) => given.filter(({ letter }) => letter === wanted).map(({ value }) => value)
    const modes = given.filter(({ letter }) => 'sqd'.includes(letter))
    if (modes.length > 1) {
      const last = modes.at(-1)?.letter === 's' ? '-s or -q or -d' : '-s -q or -d'
      throw new Fatal(`specify only one of ${last}`)
    }
    const query = of('q')[0] ?? null
    if (['b', 'h', 'm'].some((letter) => letters.has(letter)) && query !== '-') {
      throw new Fatal('specify -b -h or -m only with "-q -"')
    }
    return { letters, directory: of('c').at(-1) ?? '/etc/postfix', query, remove: of('d')[0] ?? null }
  }

  async #settings(directory: string): Promise<Settings> {
    const file = `${directory}/main.cf`
    const { machine } = this.#input.box
    const mainCf = parseMainCf(await this.#readSource(file), file)
    for (const { line, severity, message } of mainCf.problems) {
      if (severity === 'fatal') throw new Fatal(`${file}, line ${line}: ${message}`)
      this.#warn(
        message.startsWith('logical line') ? `${file}: ${message}` : `${file}, line ${line}: ${message}`,
      )
    }
    const settings = createSettings({
      mainCf,
      machine: { hostname: machine.name, addresses: machine.addresses },
      configDirectory: directory,
    })
    try {
      checkCommonSettings(settings)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      if (!(error instanceof MacroSettingError)) throw new Fatal(error.message)
      this.#warn(error.message)
      throw new Fatal(error.fatal)
    }
    return settings
  }

  async #readSource(path: string): Promise<string> {
    const { box, directory } = this.#input
    try {
      return await box.machine.disk.readText(absolute(directory, path))
    } catch (error) {
      throw new Fatal(`open ${path}: ${systemError(error)}`)
    }
  }

  #warn(text: string): void {
    this.stderr += `${this.#tool.name}: warning: ${text}\n`
  }

  #fold({ letters }: Options): 'lower' | 'keep' {
    return letters.has('f') && this.#tool.format === 'map' ? 'keep' : 'lower'
  }

  #open(name: string, settings: Settings, options: Options): Table {
    const tables = openTables(this.#input.box.machine, settings, {
      directory: this.#input.directory,
      fold: this.#fold(options),
      duplicates: 'warn',
      log: (level, text) => {
        if (level === 'error') throw new Fatal(text)
        // What a daemon says at each lookup is said once here, by the fatal message.
        if (!/ is unavailable\. /.test(text)) this.#warn(text)
      },
    })
    if (/^(?:[^:]*:|:.*)$/s.test(name))
      throw new Fatal(`open dictionary: expecting "type:name" form instead of "${name}"`)
    return tables.open(name)
  }

  async #query(names: readonly string[], settings: Settings, options: Options, key: string): Promise<number> {
    if (key === '-') return this.#queryMany(names, settings, options)
    for (const name of names) {
      const found = await this.#lookup(this.#open(name, settings, options), key)
      if (found === null) continue
      this.stdout += `${found}\n`
      return 0
    }
    return 1
  }

  /** `-q -`: a key a line, or the lines of a message. */
  async #queryMany(names: readonly string[], settings: Settings, options: Options): Promise<number> {
    const tables = names.map((name) => this.#open(name, settings, options))
    const { letters } = options
    if (letters.has('m') && !letters.has('h') && !letters.has('b')) {
      this.#warn('ignoring -m option without -b or -h')
    }
    let exit = 1
    for (const key of readMailKeys(this.#input.stdin, letters)) {
      for (const table of tables) {
        const found = await this.#lookup(table, key)
        if (found === null) continue
        this.stdout += `${key}\t${found}\n`
        exit = 0
        break
      }
    }
    return exit
  }

  async #lookup(table: Table, key: string): Promise<string | null> {
    const result = await table.lookup(key)
    if (result.outcome === 'absent') return null
    if (result.outcome === 'unavailable')
      throw new Fatal(`table ${table.name}: query error: ${result.reason}`)
    if (result.value === '') {
      this.#warn(`table ${table.name}: key ${key}: empty string result is not allowed`)
      this.#warn(`table ${table.name} should return NO RESULT in case of NOT FOUND`)
    }
    return result.value
  }

  async #list(names: readonly string[], settings: Settings, options: Options): Promise<number> {
    const name = names[0] ?? ''
    const table = this.#open(name, settings, options)
    if (!table.rows || /^(regexp|pcre|cidr):/.test(name))
      throw new Fatal(`table ${name}: sequence operation is not supported`)
    for (const { key, value } of await table.rows()) this.stdout += `${key}${this.#tool.separator}${value}\n`
    return 0
  }

  async #remove(
    names: readonly string[],
    settings: Settings,
    options: Options,
    key: string,
  ): Promise<number> {
    const keys = key === '-' ? this.#input.stdin.split('\n').filter((line) => line !== '') : [key]
    const unwanted = new Set(keys.map((one) => (this.#fold(options) === 'lower' ? one.toLowerCase() : one)))
    const { disk } = this.#input.box.machine
    let exit = 1
    for (const name of names) {
      const { kind, argument, path } = this.#compiled(name, settings, 'map requires O_RDONLY access mode')
      const rows = await readDatabase(disk, kind, path, argument)
      if (typeof rows === 'string') throw new Fatal(rows)
      const kept = rows.filter((row) => !unwanted.has(row.key))
      if (kept.length === rows.length) continue
      await writeDatabase(disk, kind, path, kept)
      exit = 0
    }
    return exit
  }

  async #compile(name: string, settings: Settings, options: Options): Promise<void> {
    const { letters } = options
    const { argument } = splitName(name, settings.text('default_database_type'))
    const add = letters.has('i')
    const { box, directory } = this.#input
    // The source comes first: its absence is reported before the type's inability.
    if (!add) await this.#readSource(argument)
    const { kind, path } = this.#compiled(name, settings, 'does not support bulk-mode creation.')
    const outcome = await compileTable(box.machine.disk, {
      kind,
      path,
      format: this.#tool.format,
      shown: argument,
      fold: this.#fold(options),
      duplicates: letters.has('r') ? 'replace' : letters.has('w') ? 'ignore' : 'warn',
      existing: add ? 'add' : 'drop',
      stamp: { host: settings.text('myhostname'), time: box.machine.clock.now() },
      ...(add ? { text: this.#input.stdin } : {}),
    })
    for (const warning of outcome.warnings) this.#warn(warning)
    if (outcome.kind === 'failed') throw new Fatal(outcome.reason)
    box.machine.emit({
      type: 'host.file',
      path: `${absolute(directory, argument)}.db`,
      change: 'written',
      by: this.#tool.name,
    })
  }

  /** Only hash and btree have a file that can be written. */
  #compiled(name: string, settings: Settings, otherwise: string) {
    const { type, argument } = splitName(name, settings.text('default_database_type'))
    if (type === 'hash' || type === 'btree') {
      return { kind: type, argument, path: absolute(this.#input.directory, argument) } as const
    }
    if (!tableTypes.has(type)) {
      throw new Fatal(`unsupported dictionary type: ${type}. Is the postfix-${type} package installed?`)
    }
    throw new Fatal(
      otherwise.startsWith('map')
        ? `${name} ${otherwise}`
        : `unsupported dictionary type: ${type} ${otherwise}`,
    )
  }
}
