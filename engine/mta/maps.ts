/**
 * The lookup tables of one host: opens `type:name` of main.cf on the host's disk.
 *
 * Text types (regexp, pcre, cidr, texthash) are read once, when Postfix starts or reloads. A compiled `.db` that
 * changed is noticed at the next lookup; a session that must not see its tables change holds them with `holdTables`.
 *
 * DATABASE_README; postmap(1); proxymap(8).
 */
import type { Machine } from '#engine/machine.ts'
import type { Settings } from '#config/settings.ts'
import type { LookupResult, Substitution, Table, Tables } from '#tables/table.ts'
import { splitName, type OpenOutcome, type TableType } from '#tables/type.ts'
import { tableTypes } from '#tables/types/index.ts'
import { absolutePath, systemError } from './table-files.ts'

export { compileTable, readDatabase, writeDatabase } from './compile-table.ts'
export type { CompileInput, CompileOutcome, TableFormat } from './compile-table.ts'
export { absolutePath, systemError }

export type MapsOptions = {
  /** The program in whose name the log speaks. */
  readonly daemon?: string
  /** Where relative paths begin: the queue directory for a daemon, the current folder for a command. */
  readonly directory?: string
  readonly fold?: 'lower' | 'keep'
  readonly duplicates?: 'warn' | 'refuse'
  /** For `postmap -q`, which ends with the first complaint; a daemon logs it and goes on. */
  readonly log?: (level: 'warning' | 'error', text: string) => void
}

export function openTables(machine: Machine, settings: Settings, options: MapsOptions = {}): Tables {
  const daemon = options.daemon ?? 'smtpd'
  const log = options.log ?? ((level, text) => machine.emit({ type: 'daemon.logged', daemon, level, text }))
  const world: World = {
    machine,
    log,
    fold: options.fold ?? 'lower',
    duplicates: options.duplicates ?? 'refuse',
    directory: options.directory ?? settings.text('queue_directory'),
    defaultType: settings.text('default_database_type') || 'hash',
  }
  return new HostTables(world)
}

/** The same tables, each as it was when it was first asked: a running smtpd sees a change at its next session. */
export function holdTables(tables: Tables): Tables {
  const held = new Map<string, Table>()
  return {
    open(name, substitution = 'allowed') {
      const key = `${substitution} ${name}`
      const known = held.get(key)
      if (known) return known
      const table = tables.open(name, substitution)
      const steady = table instanceof CompiledTable ? table.hold() : table
      held.set(key, steady)
      return steady
    },
  }
}

type World = {
  readonly machine: Machine
  readonly log: (level: 'warning' | 'error', text: string) => void
  readonly fold: 'lower' | 'keep'
  readonly duplicates: 'warn' | 'refuse'
  readonly directory: string
  readonly defaultType: string
}

class HostTables implements Tables {
  readonly #world: World
  readonly #open = new Map<string, Table>()

  constructor(world: World) {
    this.#world = world
  }

  open(name: string, substitution: Substitution = 'allowed'): Table {
    const key = `${substitution} ${name}`
    const known = this.#open.get(key)
    if (known) return known
    const table = this.#make(name, substitution)
    this.#open.set(key, table)
    return table
  }

  #make(name: string, substitution: Substitution): Table {
    const { type, argument } = splitName(name, this.#world.defaultType)
    if (type === 'proxy')
      return {
        ...this.open(argument, substitution),
        name,
        lookup: (key) => this.open(argument, substitution).lookup(key),
      }
    if (type === 'unix') return unixTable(name, argument, this.#world)
    const known = tableTypes.get(type)
    if (!known) return this.#failing(name, `unsupported dictionary type: ${type}`)
    const path = absolutePath(this.#world.directory, argument)
    const build = (text: string) => this.#build(known, name, argument, text, substitution)
    if (known.reads === 'compiled') return new CompiledTable(name, path, argument, this.#world, build)
    const inline = argument.startsWith('{') && known.type !== 'texthash'
    if (known.reads === 'source' && !inline) {
      return new SourceTable(name, path, argument, known, this.#world, build)
    }
    return this.#settle(name, build(''))
  }

  #build(
    type: TableType,
    name: string,
    argument: string,
    text: string,
    substitution: Substitution,
  ): OpenOutcome {
    const { machine, log, fold, duplicates } = this.#world
    const outcome = type.open({
      name,
      argument,
      text,
      fold,
      duplicates,
      substitution,
      open: (member) => this.open(member, substitution),
      choose: (limit) => machine.random.integer(limit),
      environment: (variable) =>
        ({ HOME: '/root', PATH: '/usr/bin:/bin', MAIL_CONFIG: '/etc/postfix' })[variable],
      warn: (text) => log('warning', text),
    })
    for (const warning of outcome.warnings) log('warning', warning)
    if (outcome.kind === 'bad') log('error', outcome.reason)
    return outcome
  }

  #settle(name: string, outcome: OpenOutcome): Table {
    return outcome.kind === 'open' ? outcome.table : this.#closed(name, outcome.reason)
  }

  #failing(name: string, reason: string): Table {
    this.#world.log('error', reason)
    return this.#closed(name, reason)
  }

  #closed(name: string, reason: string): Table {
    return { name, keys: 'partial', lookup: async () => unavailable(this.#world, name, reason) }
  }
}

/** What Postfix says each time that a table which could not be opened is asked. */
function unavailable(world: World, name: string, reason: string): LookupResult {
  world.log('warning', `${name} is unavailable. ${reason}`)
  return { outcome: 'unavailable', reason }
}

/** A text file that is read when it is first asked, and then not again. */
class SourceTable implements Table {
  readonly name: string
  readonly keys: Table['keys']
  readonly #load: () => Promise<OpenOutcome>
  readonly #world: World
  #outcome: Promise<OpenOutcome> | null = null

  constructor(
    name: string,
    path: string,
    argument: string,
    type: TableType,
    world: World,
    build: (text: string) => OpenOutcome,
  ) {
    this.name = name
    this.keys = type.type === 'texthash' ? 'partial' : 'whole'
    this.#world = world
    this.#load = async () => {
      try {
        return build(await world.machine.disk.readText(path))
      } catch (error) {
        const what = type.type === 'texthash' ? 'open database' : 'open'
        const reason = `${what} ${argument}: ${systemError(error)}`
        world.log('error', reason)
        return { kind: 'bad', reason, warnings: [] }
      }
    }
  }

  async lookup(key: string): Promise<LookupResult> {
    const outcome = await this.#opened()
    return outcome.kind === 'open'
      ? outcome.table.lookup(key)
      : unavailable(this.#world, this.name, outcome.reason)
  }

  async rows(): Promise<readonly { key: string; value: string }[]> {
    const outcome = await this.#opened()
    return outcome.kind === 'open' ? ((await outcome.table.rows?.()) ?? []) : []
  }

  #opened(): Promise<OpenOutcome> {
    return (this.#outcome ??= this.#load())
  }
}

type Version = { readonly stamp: string; readonly outcome: OpenOutcome }

/** `file.db`, read again when another one stands in its place. */
class CompiledTable implements Table {
  readonly name: string
  readonly keys = 'partial'
  readonly #path: string
  readonly #argument: string
  readonly #world: World
  readonly #build: (text: string) => OpenOutcome
  #version: Version | null = null
  #loading: Promise<Version> | null = null

  constructor(
    name: string,
    path: string,
    argument: string,
    world: World,
    build: (text: string) => OpenOutcome,
  ) {
    this.name = name
    this.#path = path
    this.#argument = argument
    this.#world = world
    this.#build = build
  }

  async lookup(key: string): Promise<LookupResult> {
    return this.#ask(await this.#current(), key)
  }

  async rows(): Promise<readonly { key: string; value: string }[]> {
    const { outcome } = await this.#current()
    return outcome.kind === 'open' ? ((await outcome.table.rows?.()) ?? []) : []
  }

  /** This table as it is at its first lookup. */
  hold(): Table {
    let version: Promise<Version> | null = null
    const held = () => (version ??= this.#current())
    return { name: this.name, keys: this.keys, lookup: async (key) => this.#ask(await held(), key) }
  }

  #ask({ outcome }: Version, key: string): LookupResult | Promise<LookupResult> {
    return outcome.kind === 'open'
      ? outcome.table.lookup(key)
      : unavailable(this.#world, this.name, outcome.reason)
  }

  async #current(): Promise<Version> {
    if (this.#loading) return this.#loading
    const stat = await this.#world.machine.disk.stat(`${this.#path}.db`)
    const stamp = stat ? `${stat.inode} ${stat.modified} ${stat.changed} ${stat.size}` : 'none'
    if (this.#version?.stamp === stamp) return this.#version
    this.#loading ??= this.#load(stamp, stat?.modified ?? 0)
    try {
      this.#version = await this.#loading
      return this.#version
    } finally {
      this.#loading = null
    }
  }

  async #load(stamp: string, modified: number): Promise<Version> {
    const { machine, log } = this.#world
    try {
      const text = await machine.disk.readText(`${this.#path}.db`)
      await this.#warnIfOlder(modified)
      return { stamp, outcome: this.#build(text) }
    } catch (error) {
      const reason = `open database ${this.#argument}.db: ${systemError(error)}`
      log('error', reason)
      return { stamp, outcome: { kind: 'bad', reason, warnings: [] } }
    }
  }

  /** The most common mistake of all: the source was edited and not compiled. A fresh edit is given time first. */
  async #warnIfOlder(modified: number): Promise<void> {
    const { machine, log } = this.#world
    const source = await machine.disk.stat(this.#path)
    const old = machine.clock.now() - 100_000
    if (!source || Math.floor(source.modified / 1000) <= Math.floor(modified / 1000)) return
    if (source.modified < old) {
      log('warning', `database ${this.#argument}.db is older than source file ${this.#argument}`)
    }
  }
}

/** `unix:passwd.byname`: the system's users, with the row of /etc/passwd as value. */
function unixTable(name: string, argument: string, world: World): Table {
  if (argument === 'passwd.byname') {
    return {
      name,
      keys: 'partial',
      async lookup(asked) {
        const key = world.fold === 'lower' ? asked.toLowerCase() : asked
        const user = await world.machine.user(key)
        if (!user) return { outcome: 'absent' }
        const value = `${user.name}:x:${user.uid}:${user.gid}:${user.fullName}:${user.home}:/bin/sh`
        return { outcome: 'found', key, value }
      },
    }
  }
  const reason = `unknown table: ${name}`
  return { name, keys: 'partial', lookup: async () => unavailable(world, name, reason) }
}
