/**
 * The file `subscriptions`: which folders a user's mail programs show. Version 2 has a TAB between levels.
 *
 * RFC 3501 §6.3.6; Dovecot 2.3.
 */
import { DiskError, type Disk } from '#platform/disk.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts'
import { Serial } from './serial.ts'

const version = 'V\t2'

export class Subscriptions {
  readonly #disk: Disk
  readonly #path: string
  readonly #separator: string
  readonly #serial = new Serial()

  /** `separator`: between the levels in a file of the old version. */
  constructor(disk: Disk, path: string, separator: string) {
    this.#disk = disk
    this.#path = path
    this.#separator = separator
  }

  async names(): Promise<readonly string[]> {
    let text: string
    try {
      text = Buffer.from(await this.#disk.read(this.#path)).toString('latin1')
    } catch (error) {
      if (error instanceof DiskError && error.code === 'ENOENT') return []
      throw error
    }
    const lines = text.split('\n')
    const current = lines[0] === version
    return lines
      .slice(current ? 1 : 0)
      .filter((line) => line !== '')
      .map((line) =>
        line
          // No level has the store's own separator in its name, however the line came here.
          .split(current ? '\t' : this.#separator)
          .flatMap((level) => level.split(this.#separator))
          .map(plain)
          .join('/'),
      )
  }

  change(name: string, on: 'subscribed' | 'unsubscribed'): Promise<void> {
    return this.#serial.run(async () => {
      const before = await this.names()
      if (before.includes(name) === (on === 'subscribed')) return
      const after = on === 'subscribed' ? [...before, name] : before.filter((other) => other !== name)
      const lines = after.map((folder) => `${folder.split('/').map(encodeModifiedUtf7).join('\t')}\n`)
      await this.#disk.apply([
        { kind: 'write', path: this.#path, bytes: `${version}\n\n${lines.join('')}`, mode: 0o600 },
      ])
    })
  }
}

const plain = (level: string): string => decodeModifiedUtf7(level) ?? level
