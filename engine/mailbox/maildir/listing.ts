/**
 * What lies in `new/` and `cur/`. A large folder is listed again only when its time of change says so; a small one
 * always, because two changes within one tick of a clock have the same time.
 */
import { DiskError, type Disk } from '#platform/disk.ts'

type Seen = { modified: number; names: readonly string[]; sureAt: number }

const alwaysList = 1000
/** As Dovecot, a change may hide behind a time of change that is younger than this. */
const doubtful = 2000

export class Listing {
  readonly #disk: Disk
  readonly #path: string
  readonly #now: () => number
  #seen: Seen | null = null
  #glimpsed: number | null = null

  constructor(disk: Disk, path: string, now: () => number) {
    this.#disk = disk
    this.#path = path
    this.#now = now
  }

  /** The names, and whether they may be others than last time. */
  async read(): Promise<{ readonly names: readonly string[]; readonly again: boolean }> {
    const now = this.#now()
    const stat = await this.#disk.stat(this.#path)
    if (stat === null) return { names: [], again: this.#keep({ modified: -1, names: [], sureAt: now }) }
    const seen = this.#seen
    if (seen?.modified === stat.modified && seen.names.length > alwaysList && now < seen.sureAt) {
      return { names: seen.names, again: false }
    }
    if (seen?.modified === stat.modified && seen.names.length > alwaysList && seen.sureAt === Infinity) {
      return { names: seen.names, again: false }
    }
    const names = await this.list()
    const settled = seen?.modified === stat.modified && now - stat.modified > doubtful
    return {
      names,
      again: this.#keep({ modified: stat.modified, names, sureAt: settled ? Infinity : now + doubtful }),
    }
  }

  /** We changed the folder ourselves: what we know of it holds for its new time. */
  async own(): Promise<void> {
    const seen = this.#seen
    if (seen === null || seen.names.length <= alwaysList) return
    const stat = await this.#disk.stat(this.#path)
    if (stat) this.#seen = { ...seen, modified: stat.modified, sureAt: this.#now() + doubtful }
  }

  async changed(): Promise<boolean> {
    const stat = await this.#disk.stat(this.#path)
    const seen = this.#seen
    if (seen === null) {
      // Nobody has read the folder yet: what lies there now is where one begins.
      const before = this.#glimpsed
      this.#glimpsed = stat?.modified ?? -1
      return before !== null && before !== this.#glimpsed
    }
    if (stat === null) return false
    if (stat.modified !== seen.modified) return true
    return seen.names.length <= alwaysList && !sameNames(await this.list(), seen.names)
  }

  #keep(seen: Seen): boolean {
    const before = this.#seen
    this.#seen = seen
    return before === null || !sameNames(before.names, seen.names)
  }

  /** Whatever is known of it. */
  async list(): Promise<readonly string[]> {
    try {
      return await this.#disk.list(this.#path)
    } catch (error) {
      if (error instanceof DiskError && error.code === 'ENOENT') return []
      throw error
    }
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  const names = new Set(a)
  return b.every((name) => names.has(name))
}
