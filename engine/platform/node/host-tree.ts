/**
 * A host's tree as a folder of this computer. Every path is first made real within the tree: a symbolic link is read
 * as the host would read it, and the operating system never follows one, so nothing outside can be reached.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'
import { DiskError, type Change, type Stat } from '#platform/disk.ts'
import { followLink, joinNames, mostLinks, namesOf } from '#platform/paths.ts'
import { asDiskError, guard, hasCode } from './disk-errors.ts'
import { fill, readLater, writeAll } from './file-bytes.ts'
import { SpentFiles } from './spent-files.ts'

/** A change whose paths are real, with what is needed to repeat it. */
export type Step =
  | Exclude<Change, { kind: 'append' | 'rename' | 'link' }>
  /** `offset`: where the bytes go. `inode`: the file's, or null when it is made by this change or one before it. */
  | { kind: 'append'; path: string; bytes: Uint8Array | string; offset: number; inode: number | null }
  /** `what`: only said of a folder, which takes along all that is in it. */
  | { kind: 'rename' | 'link'; from: string; to: string; inode: number | null; what?: 'folder' }

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants
/** Smaller files are read at once: asking a thread to do it takes longer than doing it. */
const smallFile = 256 * 1024

export class HostTree {
  readonly root: string
  readonly #scratch: string
  /** Real folders, seen before. */
  readonly #folders = new Set<string>(['/'])
  readonly #spent: SpentFiles
  #scratchFiles = 0

  /** `scratch`: a folder of the same file system, for files that are about to replace others. */
  constructor(root: string, scratch: string) {
    this.root = root
    this.#scratch = scratch
    this.#spent = new SpentFiles(scratch)
  }

  /** Where a path of the host is on this computer. The path must be real. */
  at(path: string): string {
    return this.root + path
  }

  /** The same place without links, `.` and `..`. What does not exist yet is taken as it is written. */
  real(path: string, last: 'follow' | 'stay'): string {
    if (this.#folders.has(path)) return path
    if (this.#isPlainIn(path)) {
      if (last === 'stay' || !this.#entry(path)?.isSymbolicLink()) return path
    }
    return this.#walk(path, last)
  }

  stat(path: string): fs.Stats | undefined {
    return this.#entry(path)
  }

  /** What is at the end of all links. */
  statFollowed(path: string): fs.Stats | undefined {
    const entry = this.#entry(this.real(path, 'stay'))
    return entry?.isSymbolicLink() ? this.#entry(this.real(path, 'follow')) : entry
  }

  /** Whether the path was seen to be a real folder; one that was changed from outside since is noticed when used. */
  isKnownFolder(path: string): boolean {
    return this.#folders.has(path)
  }

  async read(path: string, range?: { start: number; end: number }): Promise<Uint8Array> {
    const file = guard(path, () => this.#openToRead(path))
    try {
      const stats = fs.fstatSync(file)
      if (stats.isDirectory()) throw new DiskError('EISDIR', path)
      const start = Math.min(range?.start ?? 0, stats.size)
      const bytes = new Uint8Array(Math.max(0, Math.min(range?.end ?? stats.size, stats.size) - start))
      let done = 0
      while (done < bytes.length) {
        const rest = bytes.length - done
        const count =
          rest <= smallFile
            ? fs.readSync(file, bytes, done, rest, start + done)
            : await readLater(file, bytes, done, start + done)
        if (count === 0) return bytes.subarray(0, done)
        done += count
      }
      return bytes
    } finally {
      fs.closeSync(file)
    }
  }

  list(path: string): readonly string[] {
    return guard(path, () => fs.readdirSync(this.at(this.real(path, 'follow'))))
  }

  readlink(path: string): string {
    return guard(path, () => fs.readlinkSync(this.at(this.real(path, 'stay'))))
  }

  /** Makes one change; returns how to take it back, as far as that can be. */
  perform(step: Step): () => void {
    switch (step.kind) {
      case 'write':
        return this.#write(step)
      case 'append':
        return this.#append(step)
      case 'rename': {
        const had = this.#entry(step.to) !== undefined
        this.#forget(step.from)
        this.#forget(step.to)
        this.#inFolder(step.to, () => {
          this.#inFolder(step.from, () => fs.renameSync(this.at(step.from), this.at(step.to)))
        })
        return () => {
          if (!had) fs.renameSync(this.at(step.to), this.at(step.from))
        }
      }
      case 'link':
        this.#inFolder(step.to, () => {
          this.#inFolder(step.from, () => fs.linkSync(this.at(step.from), this.at(step.to)))
        })
        return () => fs.unlinkSync(this.at(step.to))
      case 'symlink':
        this.#inFolder(step.path, () => fs.symlinkSync(step.target, this.at(step.path)), 'make folders')
        return () => fs.unlinkSync(this.at(step.path))
      case 'remove':
        this.#remove(step)
        return () => undefined
      case 'mkdir':
        this.#folder(step.path, step.mode)
        return () => undefined
      case 'touch': {
        const seconds = step.modified / 1000
        this.#inFolder(step.path, () => fs.utimesSync(this.#noLink(step.path), seconds, seconds))
        return () => undefined
      }
      case 'chmod':
        this.#inFolder(step.path, () => fs.chmodSync(this.#noLink(step.path), step.mode & 0o7777))
        return () => undefined
      default:
        return step satisfies never
    }
  }

  /** Puts the bytes at their offset again, whatever stands behind it. */
  rewriteAppended(step: Step & { kind: 'append' }): void {
    this.#inFolder(
      step.path,
      () => {
        const file = fs.openSync(this.at(step.path), O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644)
        try {
          if (fs.fstatSync(file).size > step.offset) fs.ftruncateSync(file, step.offset)
          writeAll(file, step.bytes, step.offset)
        } finally {
          fs.closeSync(file)
        }
      },
      'make folders',
    )
  }

  /** In a folder that is known a file is opened at once: the operating system says whether it is a link. */
  #openToRead(path: string): number {
    const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
    if (this.#isPlainIn(path)) {
      try {
        return fs.openSync(this.at(path), flags)
      } catch (error) {
        if (!hasCode(error, 'ELOOP')) throw error
      }
    }
    return fs.openSync(this.at(this.real(path, 'follow')), flags)
  }

  /** A name of its own in a real folder that was seen before. */
  #isPlainIn(path: string): boolean {
    const slash = path.lastIndexOf('/')
    const name = path.slice(slash + 1)
    const plain = name !== '' && name !== '.' && name !== '..' && name.length < 128 && !name.includes('\0')
    return plain && this.#folders.has(path.slice(0, slash) || '/')
  }

  #write(step: Step & { kind: 'write' }): () => void {
    const there = this.at(step.path)
    return this.#inFolder(
      step.path,
      () => {
        const spent = this.#entry(step.path) === undefined ? this.#spent.take() : null
        if (spent !== null) return this.#refill(spent, step)
        let file
        try {
          file = fs.openSync(there, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, step.mode ?? 0o644)
        } catch (error) {
          if (!hasCode(error, 'EEXIST') || step.exclusive) throw error
          if (step.inPlace && this.#entry(step.path)?.isFile()) this.#overwrite(step)
          else this.#replace(step)
          return () => undefined
        }
        fill(file, there, step)
        return () => fs.unlinkSync(there)
      },
      'make folders',
    )
  }

  /** A file that was let go of gets new content, and then its new name. */
  #refill(spent: string, step: Step & { kind: 'write' }): () => void {
    const there = this.at(step.path)
    const mode = step.mode ?? 0o644
    const file = fs.openSync(spent, O_WRONLY | O_NOFOLLOW)
    fs.ftruncateSync(file, typeof step.bytes === 'string' ? Buffer.byteLength(step.bytes) : step.bytes.length)
    fs.fchmodSync(file, mode & 0o7777)
    fill(file, spent, { ...step, mode: mode & 0o700 })
    if (step.exclusive) {
      fs.linkSync(spent, there)
      fs.unlinkSync(spent)
    } else fs.renameSync(spent, there)
    return () => fs.unlinkSync(there)
  }

  /**
   * The file stays, its content is another. The end that is new comes first: when there is no room for it, nothing has
   * been written over. What a crash leaves half done, the journal does again.
   */
  #overwrite(step: Step & { kind: 'write' }): void {
    const bytes = typeof step.bytes === 'string' ? Buffer.from(step.bytes) : step.bytes
    const file = fs.openSync(this.at(step.path), O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const { size } = fs.fstatSync(file)
      try {
        writeAll(file, bytes.subarray(size), size)
      } catch (error) {
        fs.ftruncateSync(file, size)
        throw error
      }
      writeAll(file, bytes.subarray(0, size), 0)
      if (bytes.length < size) fs.ftruncateSync(file, bytes.length)
      if (step.modified !== undefined) fs.futimesSync(file, step.modified / 1000, step.modified / 1000)
    } finally {
      fs.closeSync(file)
    }
  }

  /** Another file takes the name at once: who reads sees the old one or the new one, whole. */
  #replace(step: Step & { kind: 'write' }): void {
    const before = this.#entry(step.path)
    if (before?.isDirectory()) throw new DiskError('EISDIR', step.path)
    if (before?.isSymbolicLink()) throw new DiskError('EINVAL', step.path)
    const mode = step.mode ?? (before === undefined ? 0o644 : before.mode & 0o7777)
    const fresh = join(this.#scratch, `new-${process.pid}-${++this.#scratchFiles}`)
    fill(fs.openSync(fresh, O_WRONLY | O_CREAT | O_EXCL, mode), fresh, { ...step, mode })
    fs.renameSync(fresh, this.at(step.path))
  }

  #append(step: Step & { kind: 'append' }): () => void {
    const there = this.at(step.path)
    return this.#inFolder(
      step.path,
      () => {
        const file = fs.openSync(there, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644)
        const { size } = fs.fstatSync(file)
        try {
          writeAll(file, step.bytes, null)
        } catch (error) {
          fs.ftruncateSync(file, size)
          throw error
        } finally {
          fs.closeSync(file)
        }
        return () => fs.truncateSync(there, size)
      },
      'make folders',
    )
  }

  #remove({ path, spent }: Step & { kind: 'remove' }): void {
    if (path === '/') throw new DiskError('EINVAL', path)
    this.#forget(path)
    try {
      if (!this.#isInRealFolder(path)) return
      if (spent !== true || !this.#spent.keep(this.at(path))) fs.unlinkSync(this.at(path))
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return
      if (!hasCode(error, 'EISDIR') && !hasCode(error, 'EPERM')) throw asDiskError(error, path)
      guard(path, () => fs.rmSync(this.at(path), { recursive: true, force: true }))
    }
  }

  /** A link in the place of a file is not followed by the operating system either. */
  #noLink(path: string): string {
    if (this.#entry(path)?.isSymbolicLink()) throw new DiskError('EINVAL', path)
    return this.at(path)
  }

  /** Acts on something in a folder, which is made (or found again after it was changed from outside) if need be. */
  #inFolder<T>(path: string, act: () => T, missing?: 'make folders'): T {
    const folder = path.slice(0, path.lastIndexOf('/')) || '/'
    if (missing === 'make folders') this.#folder(folder)
    else if (!this.#isInRealFolder(path)) throw new DiskError('ENOENT', path)
    try {
      return act()
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || missing !== 'make folders') throw asDiskError(error, path)
      this.#folders.clear()
      this.#folder(folder)
      return guard(path, act)
    }
  }

  /** Makes sure that a folder is there, and that no part of its path is a link. */
  #folder(path: string, mode = 0o755): void {
    if (path === '/' || this.#folders.has(path)) return
    this.#folder(path.slice(0, path.lastIndexOf('/')) || '/')
    const entry = this.#entry(path)
    if (entry === undefined) {
      guard(path, () => fs.mkdirSync(this.at(path), { mode, recursive: true }))
      if ((mode & 0o022) !== 0) guard(path, () => fs.chmodSync(this.at(path), mode))
    } else if (!entry.isDirectory()) throw new DiskError('ENOTDIR', path)
    this.#folders.add(path)
  }

  #isInRealFolder(path: string): boolean {
    const folder = path.slice(0, path.lastIndexOf('/')) || '/'
    if (this.#folders.has(folder)) return true
    return this.real(folder, 'follow') === folder && this.#entry(folder)?.isDirectory() === true
  }

  #forget(path: string): void {
    if (!this.#folders.has(path)) return
    this.#folders.clear()
    this.#folders.add('/')
  }

  #entry(path: string): fs.Stats | undefined {
    try {
      return fs.lstatSync(this.at(path), { throwIfNoEntry: false })
    } catch (error) {
      if (hasCode(error, 'ENOTDIR')) return undefined
      throw asDiskError(error, path)
    }
  }

  #walk(path: string, last: 'follow' | 'stay'): string {
    let names = namesOf(path)
    let way: string[] = []
    let links = 0
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? ''
      if (name === '..') {
        way.pop()
        continue
      }
      const here = joinNames([...way, name])
      const atEnd = i === names.length - 1
      if (!this.#folders.has(here)) {
        const entry = atEnd && last === 'stay' ? undefined : this.#entry(here)
        if (entry?.isSymbolicLink()) {
          if (++links > mostLinks) throw new DiskError('EINVAL', path)
          names = [...followLink(way, fs.readlinkSync(this.at(here))), ...names.slice(i + 1)]
          way = []
          i = -1
          continue
        }
        if (entry?.isDirectory()) this.#folders.add(here)
        else if (!atEnd && entry !== undefined) throw new DiskError('ENOTDIR', path)
        else if (!atEnd && names.includes('..', i)) throw new DiskError('ENOENT', path)
      }
      way.push(name)
    }
    return joinNames(way)
  }
}

export function statOf(stats: fs.Stats): Stat {
  return {
    kind: stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'symlink' : 'file',
    size: stats.size,
    mode: stats.mode & 0o7777,
    modified: Math.round(stats.mtimeMs),
    changed: Math.round(stats.ctimeMs),
    inode: stats.ino,
    links: stats.nlink,
  }
}
