/**
 * The scripts that a user keeps, one file each, and the link that says which of them is in force.
 *
 * RFC 5804 §1; Pigeonhole 0.5: `~/sieve/NAME.sieve`, `~/.dovecot.sieve`.
 */
import { DiskError, type Disk } from '#platform/disk.ts'
import { utf8, latin1Of } from '#protocol/bytes/text.ts'
import type { ScriptPlaces } from './places.ts'

/** Names and texts have one character a byte. */
export class ScriptFolder {
  readonly #disk: Disk
  readonly #folder: string
  readonly #active: string

  constructor(disk: Disk, places: ScriptPlaces & { readonly folder: string }) {
    this.#disk = disk
    this.#folder = places.folder
    this.#active = places.active
  }

  async names(): Promise<readonly string[]> {
    try {
      const files = await this.#disk.list(this.#folder)
      return files
        .filter((file) => file.endsWith('.sieve') && file.length > '.sieve'.length)
        .map((file) => latin1Of(utf8(file.slice(0, -'.sieve'.length))))
    } catch (error) {
      if (error instanceof DiskError) return []
      throw error
    }
  }

  async read(name: string): Promise<string | null> {
    try {
      return Buffer.from(await this.#disk.read(this.#path(name))).toString('latin1')
    } catch (error) {
      if (error instanceof DiskError) return null
      throw error
    }
  }

  async exists(name: string): Promise<boolean> {
    return (await this.#disk.stat(this.#path(name)))?.kind === 'file'
  }

  /** Whole or not at all. */
  async write(name: string, text: string): Promise<void> {
    const temporary = `${this.#folder}/tmp/${fileName(name)}`
    await this.#disk.commit([
      { kind: 'write', path: temporary, bytes: Buffer.from(text, 'latin1'), mode: 0o600 },
      { kind: 'rename', from: temporary, to: this.#path(name) },
    ])
  }

  async remove(name: string): Promise<void> {
    await this.#disk.commit([{ kind: 'remove', path: this.#path(name) }])
  }

  async rename(from: string, to: string): Promise<void> {
    const active = (await this.active()) === from
    await this.#disk.commit([
      { kind: 'rename', from: this.#path(from), to: this.#path(to) },
      ...(active ? this.#activation(to) : []),
    ])
  }

  async active(): Promise<string | null> {
    if ((await this.#disk.lstat(this.#active))?.kind !== 'symlink') return null
    const target = await this.#disk.readlink(this.#active)
    const file = target.split('/').at(-1) ?? ''
    return file.endsWith('.sieve') ? latin1Of(utf8(file.slice(0, -'.sieve'.length))) : null
  }

  async activate(name: string): Promise<void> {
    await this.#disk.commit(this.#activation(name))
  }

  async deactivate(): Promise<void> {
    await this.#disk.commit([{ kind: 'remove', path: this.#active }])
  }

  async size(): Promise<{ readonly scripts: number; readonly bytes: number }> {
    let bytes = 0
    const names = await this.names()
    for (const name of names) bytes += (await this.#disk.stat(this.#path(name)))?.size ?? 0
    return { scripts: names.length, bytes }
  }

  async sizeOf(name: string): Promise<number> {
    return (await this.#disk.stat(this.#path(name)))?.size ?? 0
  }

  #activation(name: string) {
    const up = this.#active.slice(0, this.#active.lastIndexOf('/') + 1)
    const path = this.#path(name)
    const target = path.startsWith(up) ? path.slice(up.length) : path
    return [
      { kind: 'remove', path: this.#active },
      { kind: 'symlink', target, path: this.#active },
    ] as const
  }

  #path(name: string): string {
    return `${this.#folder}/${fileName(name)}`
  }
}

const fileName = (name: string): string => `${Buffer.from(name, 'latin1').toString('utf8')}.sieve`
