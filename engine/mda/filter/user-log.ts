/** What is wrong with a script, told to its author: the lines of `~/.dovecot.sieve.log`. */
import { DiskError, type Disk } from '#platform/disk.ts'

/** When it is longer, it is put aside as `.log.0`. */
const longestLog = 10 * 1024

export class UserLog {
  readonly #disk: Disk
  readonly #path: string
  readonly #now: number
  #lines: string[] = []
  #errors = false
  #written = false

  constructor(disk: Disk, path: string, now: number) {
    this.#disk = disk
    this.#path = path
    this.#now = now
  }

  /** `line`: without its line end. */
  add(line: string): void {
    if (/^(?:.*?: )?error: /.test(line)) this.#errors = true
    this.#written = true
    if (this.#lines.length < 1000) this.#lines.push(line)
  }

  get hasErrors(): boolean {
    return this.#errors
  }

  /** Whether there is anything to read in it. */
  get isWritten(): boolean {
    return this.#written
  }

  get path(): string {
    return this.#path
  }

  /** One character a byte. */
  async write(): Promise<void> {
    if (this.#lines.length === 0) return
    const date = new Date(this.#now).toISOString()
    const started = `sieve: info: started log at ${date.slice(0, 10)} ${date.slice(11, 19)} +0000.`
    const bytes = Buffer.from(`${[started, ...this.#lines].join('\n')}\n`, 'latin1')
    this.#lines = []
    try {
      const size = (await this.#disk.stat(this.#path))?.size ?? 0
      if (size > longestLog)
        await this.#disk.apply([{ kind: 'rename', from: this.#path, to: `${this.#path}.0` }])
      await this.#disk.apply([{ kind: 'append', path: this.#path, bytes }])
    } catch (error) {
      // A letter must not be lost because its reader's log cannot be written.
      if (!(error instanceof DiskError)) throw error
    }
  }
}
