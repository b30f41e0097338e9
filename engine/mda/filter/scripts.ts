/**
 * Where a user's scripts are, by `plugin { sieve = file:~/sieve;active=~/.dovecot.sieve }` and its kin, read and made
 * ready to run. A script that did not change is made ready once.
 *
 * Pigeonhole 0.5, "Script location".
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { DiskError, type Disk } from '#platform/disk.ts'
import { compileSieve, largestScript } from '#protocol/sieve/compile.ts'
import { extensionsOn } from '#protocol/sieve/extensions.ts'
import type { Program } from '#protocol/sieve/program.ts'
import { posixRegex } from './regex.ts'

export type UserPlace = { readonly name: string; readonly home: string }

export type ScriptPlaces = {
  /** The folder with all scripts of the user; null: there is only the one. */
  readonly folder: string | null
  readonly active: string
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** For a user who has none active. */
  readonly standard: string | null
  readonly global: string | null
}

export function scriptPlaces(settings: DovecotSettings, user: UserPlace): ScriptPlaces {
  const expanded = (text: string | null) => (text === null || text === '' ? null : expand(text, user))
  const numbered = (name: string) => {
    const found: string[] = []
    for (let i = 1; i < 100; i++) {
      const path = expanded(settings.plugin(i === 1 ? name : `${name}${i}`))
      if (path !== null) found.push(pathOf(path))
      else if (i > 1) break
    }
    return found
  }
  const [first = '', ...options] = (settings.plugin('sieve') ?? 'file:~/sieve;active=~/.dovecot.sieve').split(
    ';',
  )
  const active = options.find((option) => option.startsWith('active='))?.slice('active='.length)
  const path = pathOf(expand(first, user))
  const legacy = expanded(settings.plugin('sieve_dir'))
  const single = active === undefined && path.endsWith('.sieve')
  return {
    folder: single ? legacy : path,
    active: single ? path : expand(active ?? '~/.dovecot.sieve', user),
    before: numbered('sieve_before'),
    after: numbered('sieve_after'),
    standard: expanded(settings.plugin('sieve_default')),
    global: expanded(settings.plugin('sieve_global') ?? settings.plugin('sieve_global_dir')),
  }
}

const pathOf = (location: string): string =>
  location
    .replace(/^file:/, '')
    .replace(/;.*$/, '')
    .replace(/\/+$/, '')

function expand(text: string, { name, home }: UserPlace): string {
  const at = name.lastIndexOf('@')
  const values: { readonly [letter: string]: string } = {
    u: name,
    n: at < 0 ? name : name.slice(0, at),
    d: at < 0 ? '' : name.slice(at + 1),
    h: home,
    '%': '%',
  }
  const filled = text.replace(/%L?([undh%])/g, (_all, letter: string) => values[letter] ?? '')
  return filled.replace(/^(file:)?~(?=\/|$)/, (_all, kind: string | undefined) => `${kind ?? ''}${home}`)
}

export type LoadedScript =
  | {
      readonly kind: 'ready'
      readonly name: string
      readonly program: Program
      readonly lines: readonly string[]
    }
  | { readonly kind: 'absent' }
  /** `lines`: for the author. */
  | { readonly kind: 'broken'; readonly name: string; readonly lines: readonly string[] }

type Known = { readonly stamp: string; readonly program: Program; readonly name: string }

/** The scripts of one host. */
export class ScriptShelf {
  readonly #disk: Disk
  readonly #known = new Map<string, Known>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  async load(path: string, places: ScriptPlaces, settings: DovecotSettings): Promise<LoadedScript> {
    const stat = await this.#disk.stat(path)
    if (stat?.kind !== 'file') return { kind: 'absent' }
    const name = await this.#nameOf(path)
    const extensions = enabledExtensions(settings)
    const stamp = `${stat.modified}:${stat.size}:${stat.inode}:${extensions.join(' ')}`
    const known = this.#known.get(path)
    if (known?.stamp === stamp) return { kind: 'ready', name: known.name, program: known.program, lines: [] }
    const limit = scriptLimit(settings)
    if (limit > 0 && stat.size > limit) {
      return {
        kind: 'broken',
        name,
        lines: [`${name}: error: sieve script is too large (max ${limit} bytes).`],
      }
    }
    const text = await this.#text(path)
    if (text === null) return { kind: 'absent' }
    const result = await compileSieve(name, text, {
      extensions,
      regex: posixRegex,
      vacation: vacationLimits(settings),
      find: async (location, wanted) => {
        const folder = location === 'global' ? places.global : places.folder
        return folder === null ? 'unavailable' : this.#text(`${folder}/${wanted}.sieve`)
      },
    })
    if (result.program === null) return { kind: 'broken', name, lines: result.lines }
    if (this.#known.size > 1000) this.#known.clear()
    // A script that others are part of is made anew each time: they may have changed.
    if (!text.includes('include')) this.#known.set(path, { stamp, program: result.program, name })
    return { kind: 'ready', name, program: result.program, lines: result.lines }
  }

  /** `main` for a link to `sieve/main.sieve`. */
  async #nameOf(path: string): Promise<string> {
    const link = (await this.#disk.lstat(path))?.kind === 'symlink' ? await this.#disk.readlink(path) : path
    return (link.split('/').at(-1) ?? link).replace(/\.sieve$/, '')
  }

  /** One character a byte. */
  async #text(path: string): Promise<string | null> {
    try {
      return Buffer.from(await this.#disk.read(path, { start: 0, end: largestScript * 4 })).toString('latin1')
    } catch (error) {
      if (error instanceof DiskError) return null
      throw error
    }
  }
}

export const enabledExtensions = (settings: DovecotSettings): readonly string[] =>
  extensionsOn(
    `${settings.plugin('sieve_extensions') ?? ''} ${settings.plugin('sieve_global_extensions') ?? ''}`,
  )

export function scriptLimit(settings: DovecotSettings): number {
  const written = settings.plugin('sieve_max_script_size')
  const match = /^(\d+)\s*([kKmMgG]?)/.exec(written ?? '')
  if (match === null) return largestScript
  return Number(match[1]) * 1024 ** ' kmg'.indexOf((match[2] ?? '').toLowerCase() || ' ')
}

/** sieve_vacation_min_period and its kin: `7d`, `2h`, seconds. */
function vacationLimits(settings: DovecotSettings) {
  const seconds = (name: string, standard: number): number => {
    const match = /^(\d+)\s*([smhdw]?)/.exec(settings.plugin(name) ?? '')
    if (match === null) return standard
    const units: { readonly [letter: string]: number } = { m: 60, h: 3600, d: 86_400, w: 604_800 }
    return Number(match[1]) * (units[match[2] ?? ''] ?? 1)
  }
  return {
    minimum: seconds('sieve_vacation_min_period', 86_400),
    standard: seconds('sieve_vacation_default_period', 7 * 86_400),
    maximum: seconds('sieve_vacation_max_period', 0),
  }
}
