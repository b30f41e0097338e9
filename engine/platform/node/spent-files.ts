/**
 * Files whose names are gone, kept for new ones of the same tree.
 *
 * ext4 does not give out an inode again within seconds of its release, and looks past all of them, one by one, for a free
 * one. A queue that makes and removes a thousand files a second spends most of its time there; so it hands its files on.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'

const most = 256
/** A larger file gives its blocks back. */
const largest = 64 * 1024
let given = 0

export class SpentFiles {
  readonly #folder: string
  readonly #paths: string[] = []

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Takes a file that nobody else reads out of the tree; false when it is better removed. */
  keep(path: string): boolean {
    if (this.#paths.length >= most) return false
    const stats = fs.lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined || !stats.isFile() || stats.nlink !== 1 || stats.size > largest) return false
    const kept = join(this.#folder, `new-spent-${++given}`)
    fs.renameSync(path, kept)
    this.#paths.push(kept)
    return true
  }

  /** One to be filled again; null when there is none. */
  take(): string | null {
    return this.#paths.pop() ?? null
  }
}
