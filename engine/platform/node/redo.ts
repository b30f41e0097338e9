/**
 * Makes the changes of a journal's records again, after a crash, wherever the tree may have stopped.
 *
 * It must never bring back what was later renamed or removed. Three rules see to it: a file that the records themselves
 * made is followed under its new names; any other is touched only when it is still the file (the inode) that the
 * record meant; and one that stands already where a later record puts it is laid aside while earlier records need its
 * place. What cannot be repeated because a later change already stands there is passed over.
 */
import { DiskError } from '#platform/disk.ts'
import type { HostTree, Step } from './host-tree.ts'

type Arrival = { readonly path: string; readonly inode: number; readonly at: number }

export class Redo {
  /** The names that now stand for what these records made. */
  readonly #made = new Set<string>()
  /** Files that a record moves, by the path to which it does. */
  readonly #arrivals = new Map<string, Arrival[]>()
  readonly #aside = new Map<number, Arrival>()
  readonly #tree: HostTree
  readonly #steps: readonly Step[]
  #at = 0

  /** `steps`: of all records to repeat, in order. */
  constructor(tree: HostTree, steps: readonly Step[]) {
    this.#tree = tree
    this.#steps = steps
    for (const [at, step] of steps.entries()) {
      if ((step.kind !== 'rename' && step.kind !== 'link') || step.inode === null) continue
      const arrival = { path: step.to, inode: step.inode, at }
      const others = this.#arrivals.get(step.to)
      if (others === undefined) this.#arrivals.set(step.to, [arrival])
      else others.push(arrival)
      // Laid aside by a redo that was itself cut off.
      if (tree.stat(asidePath(step.inode))?.ino === step.inode) this.#aside.set(step.inode, arrival)
    }
  }

  run(): void {
    for (const [at, step] of this.#steps.entries()) {
      this.#at = at
      this.#attempt(() => {
        this.#repeat(step)
      })
    }
    for (const { path, inode } of this.#aside.values()) {
      this.#attempt(() => {
        if (this.#tree.stat(path) === undefined) this.#bringBack(inode, path)
        else this.#drop(inode)
      })
    }
  }

  #attempt(change: () => void): void {
    try {
      change()
    } catch (error) {
      // Full is full. All else says that the tree has gone on since.
      if (!(error instanceof DiskError) || error.code === 'ENOSPC') throw error
    }
  }

  #repeat(step: Step): void {
    const tree = this.#tree
    switch (step.kind) {
      case 'write': {
        const { exclusive: _met, ...again } = step
        this.#clear(step.path)
        tree.perform(again)
        this.#made.add(step.path)
        return
      }
      case 'append': {
        const aside = this.#asideOf(step.path, step.inode)
        if (aside !== null) {
          tree.rewriteAppended({ ...step, path: aside })
          return
        }
        if (!this.#isMeant(step.path, step.inode) && !(step.inode === null && step.offset === 0)) return
        if (step.inode === null) this.#clear(step.path)
        tree.rewriteAppended(step)
        if (step.inode === null) this.#made.add(step.path)
        return
      }
      case 'rename': {
        const aside = this.#asideOf(step.from, step.inode)
        if (aside === null && !this.#isMeant(step.from, step.inode)) return
        this.#clear(step.to)
        this.#makeFolderFor(step.to)
        if (aside !== null && step.inode !== null) {
          this.#bringBack(step.inode, step.to)
          this.#moved(step.from, step.to)
          return
        }
        // Two names for one file: it has arrived already, and the old name was made anew by an earlier record.
        if (tree.stat(step.from)?.ino === tree.stat(step.to)?.ino)
          tree.perform({ kind: 'remove', path: step.from })
        else tree.perform(step)
        this.#moved(step.from, step.to)
        if (step.inode !== null) this.#drop(step.inode)
        return
      }
      case 'link': {
        const from = this.#asideOf(step.from, step.inode) ?? step.from
        if (from === step.from && !this.#isMeant(step.from, step.inode)) return
        if (tree.stat(step.to)?.ino !== tree.stat(from)?.ino) {
          this.#clear(step.to)
          tree.perform({ kind: 'remove', path: step.to })
          this.#makeFolderFor(step.to)
          tree.perform({ ...step, from })
        }
        if (this.#made.has(step.from)) this.#made.add(step.to)
        return
      }
      case 'symlink':
        this.#clear(step.path)
        if (tree.stat(step.path)?.isSymbolicLink()) tree.perform({ kind: 'remove', path: step.path })
        tree.perform(step)
        this.#made.add(step.path)
        return
      case 'remove':
        this.#clear(step.path)
        tree.perform(step)
        this.#removed(step.path)
        return
      case 'mkdir':
      case 'touch':
      case 'chmod':
        tree.perform(step)
        return
      default:
        step satisfies never
    }
  }

  /** Lays aside what stands at a path, or below it, and has its place there only by a later record. */
  #clear(path: string): void {
    const isFolder = this.#tree.stat(path)?.isDirectory() ?? false
    const near = isFolder ? [...this.#arrivals.values()].flat() : (this.#arrivals.get(path) ?? [])
    for (const arrival of near) {
      if (arrival.at <= this.#at || this.#aside.has(arrival.inode)) continue
      if (arrival.path !== path && !arrival.path.startsWith(`${path}/`)) continue
      if (this.#made.has(arrival.path) || this.#tree.stat(arrival.path)?.ino !== arrival.inode) continue
      const to = asidePath(arrival.inode)
      this.#tree.perform({ kind: 'rename', from: arrival.path, to, inode: arrival.inode })
      this.#aside.set(arrival.inode, arrival)
    }
  }

  /** Where a file lies that a record means by a name which it no longer has. */
  #asideOf(path: string, inode: number | null): string | null {
    return inode !== null && this.#aside.has(inode) && !this.#isMeant(path, inode) ? asidePath(inode) : null
  }

  #bringBack(inode: number, to: string): void {
    this.#tree.perform({ kind: 'rename', from: asidePath(inode), to, inode })
    this.#aside.delete(inode)
  }

  #drop(inode: number): void {
    if (this.#aside.delete(inode)) this.#tree.perform({ kind: 'remove', path: asidePath(inode) })
  }

  /** A folder that was made without commit may be lost, but what was committed into it is not. */
  #makeFolderFor(path: string): void {
    this.#tree.perform({ kind: 'mkdir', path: path.slice(0, path.lastIndexOf('/')) || '/' })
  }

  #isMeant(path: string, inode: number | null): boolean {
    return this.#made.has(path) || (inode !== null && this.#tree.stat(path)?.ino === inode)
  }

  #moved(from: string, to: string): void {
    const below = [...this.#made].filter((path) => path === from || path.startsWith(`${from}/`))
    this.#removed(to)
    this.#removed(from)
    for (const path of below) this.#made.add(to + path.slice(from.length))
  }

  #removed(path: string): void {
    if (this.#made.delete(path)) return
    for (const made of this.#made) if (made.startsWith(`${path}/`)) this.#made.delete(made)
  }
}

const asidePath = (inode: number) => `/.laid-aside-${inode}`
