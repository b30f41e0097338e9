/**
 * The scripts of a host's users, read and made ready to run. One that did not change is made ready once.
 *
 * RFC 5228; Pigeonhole 0.5.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { DiskError, type Disk } from '#platform/disk.ts'
import { compileSieve, largestScript } from '#protocol/sieve/compile.ts'
import { noSuchPlace } from '#protocol/sieve/compilation.ts'
import type { Program } from '#protocol/sieve/program.ts'
import { enabledExtensions, scriptLimit, vacationLimits } from './options.ts'
import type { ScriptPlaces } from './places.ts'
import { posixRegex } from './regex.ts'

/** After so many errors a script is read no further. */
const mostErrors = 30

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
        lines: [
          `${name}: error: sieve script is too large (max ${limit} bytes).`,
          `${name}: error: parse failed.`,
        ],
      }
    }
    const text = await this.#text(path)
    if (text === null) return { kind: 'absent' }
    const result = await compileSieve(name, text, {
      extensions,
      regex: posixRegex,
      vacation: vacationLimits(settings),
      mostErrors,
      find: async (location, wanted) => {
        const folder = location === 'global' ? places.global : places.folder
        return folder === null ? noSuchPlace : this.#text(`${folder}/${wanted}.sieve`)
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
