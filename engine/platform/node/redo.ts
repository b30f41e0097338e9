/**
 * Makes the changes of a journal's records again, after a crash, wherever the tree may have stopped.
 *
 * It must never bring back what was later renamed or removed. Two rules see to it: a file that the records themselves
 * made is followed under its new names; any other is touched only when it is still the file (the inode) that the
 * record meant. What cannot be repeated because a later change already stands there is passed over.
 */
import { DiskError } from '#platform/disk.ts'
import type { HostTree, Step } from './host-tree.ts'

export class Redo {
  /** The names that now stand for what these records made. */
  readonly #made = new Set<string>()
  readonly #tree: HostTree

  constructor(tree: HostTree) {
    this.#tree = tree
  }

  repeat(step: Step): void {
    try {
      this.#repeat(step)
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
        tree.perform(again)
        this.#made.add(step.path)
        return
      }
      case 'append':
        if (!this.#isMeant(step.path, step.inode) && !(step.inode === null && step.offset === 0)) return
        tree.rewriteAppended(step)
        if (step.inode === null) this.#made.add(step.path)
        return
      case 'rename':
        if (!this.#isMeant(step.from, step.inode)) return
        this.#makeFolderFor(step.to)
        tree.perform(step)
        this.#moved(step.from, step.to)
        return
      case 'link':
        if (!this.#isMeant(step.from, step.inode)) return
        if (tree.stat(step.to)?.ino !== tree.stat(step.from)?.ino) {
          tree.perform({ kind: 'remove', path: step.to })
          this.#makeFolderFor(step.to)
          tree.perform(step)
        }
        if (this.#made.has(step.from)) this.#made.add(step.to)
        return
      case 'symlink':
        if (tree.stat(step.path)?.isSymbolicLink()) tree.perform({ kind: 'remove', path: step.path })
        tree.perform(step)
        this.#made.add(step.path)
        return
      case 'remove':
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
