/**
 * Looks whether a list of changes can be made, all of them, before the first is: a commit is whole or not at all.
 * On the way it notes what a later redo needs to know: which file a name stood for, and where appended bytes go.
 */
import { DiskError, type Change, type FileKind } from '#platform/disk.ts'
import type { HostTree, Step } from './host-tree.ts'

type Entry = { readonly kind: FileKind; readonly size: number; readonly inode: number | null }

/** The steps are those of `makeReal`, made in this very turn; those that change nothing are left out. */
export function prepare(tree: HostTree, steps: readonly Step[]): readonly Step[] {
  const idle = new Set<Step>()
  // What the changes so far will have made of these paths.
  const planned = new Map<string, Entry | null>()
  // Whether a folder, and all below it, may be elsewhere by then.
  let foldersMove = false

  const look = (path: string): Entry | null => {
    const known = planned.get(path)
    if (known !== undefined) return known
    for (let above = parentOf(path); above !== '/'; above = parentOf(above)) {
      if (planned.get(above) === null) return null
    }
    const stats = tree.stat(path)
    if (stats === undefined) return null
    const kind = stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'symlink' : 'file'
    return { kind, size: stats.size, inode: stats.ino }
  }
  const isKnownFolder = (path: string) => !foldersMove && tree.isKnownFolder(path)
  const needFolder = (path: string) => {
    if (isKnownFolder(parentOf(path))) return
    const above = look(parentOf(path))
    if (above === null) throw new DiskError('ENOENT', path)
    if (above.kind !== 'folder') throw new DiskError('ENOTDIR', path)
  }
  const makeFolders = (path: string) => {
    for (let above = parentOf(path); above !== '/'; above = parentOf(above)) {
      if (isKnownFolder(above)) return
      const entry = look(above)
      if (entry?.kind === 'folder') return
      if (entry !== null) throw new DiskError('ENOTDIR', path)
      planned.set(above, { kind: 'folder', size: 0, inode: null })
    }
  }
  const sizeOf = (bytes: Uint8Array | string) =>
    typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length

  for (const step of steps) {
    switch (step.kind) {
      case 'write': {
        const entry = look(step.path)
        if (entry !== null && step.exclusive) throw new DiskError('EEXIST', step.path)
        if (entry?.kind === 'folder') throw new DiskError('EISDIR', step.path)
        makeFolders(step.path)
        planned.set(step.path, { kind: 'file', size: sizeOf(step.bytes), inode: null })
        break
      }
      case 'append': {
        const entry = look(step.path)
        if (entry?.kind === 'folder') throw new DiskError('EISDIR', step.path)
        makeFolders(step.path)
        step.offset = entry?.size ?? 0
        step.inode = entry?.inode ?? null
        planned.set(step.path, { kind: 'file', size: step.offset + sizeOf(step.bytes), inode: step.inode })
        break
      }
      case 'rename':
      case 'link': {
        const entry = look(step.from)
        const target = look(step.to)
        if (entry === null) throw new DiskError('ENOENT', step.from)
        needFolder(step.to)
        if (step.kind === 'link') {
          if (entry.kind === 'folder') throw new DiskError('EACCES', step.from)
          if (target !== null) throw new DiskError('EEXIST', step.to)
        } else {
          if (target?.kind === 'folder' && entry.kind !== 'folder') throw new DiskError('EISDIR', step.to)
          if (target !== null && target.kind !== 'folder' && entry.kind === 'folder') {
            throw new DiskError('ENOTDIR', step.to)
          }
          if (entry.kind === 'folder' && `${step.to}/`.startsWith(`${step.from}/`) && step.to !== step.from) {
            throw new DiskError('EINVAL', step.to)
          }
          // rename(2): of two names for one file, both stay.
          if (
            step.from === step.to ||
            (target !== null && target.inode !== null && target.inode === entry.inode)
          ) {
            idle.add(step)
            break
          }
          planned.set(step.from, null)
        }
        if (entry.kind === 'folder') {
          foldersMove = true
          step.what = 'folder'
        }
        step.inode = entry.inode
        planned.set(step.to, entry)
        break
      }
      case 'symlink':
        if (look(step.path) !== null) throw new DiskError('EEXIST', step.path)
        makeFolders(step.path)
        planned.set(step.path, { kind: 'symlink', size: step.target.length, inode: null })
        break
      case 'mkdir': {
        if (isKnownFolder(step.path)) break
        const entry = look(step.path)
        if (entry !== null && entry.kind !== 'folder') throw new DiskError('EEXIST', step.path)
        makeFolders(step.path)
        planned.set(step.path, { kind: 'folder', size: 0, inode: entry?.inode ?? null })
        break
      }
      case 'remove':
        if (step.path === '/') throw new DiskError('EINVAL', step.path)
        planned.set(step.path, null)
        foldersMove = true
        break
      case 'touch':
      case 'chmod':
        if (look(step.path) === null) throw new DiskError('ENOENT', step.path)
        break
      default:
        step satisfies never
    }
  }
  return idle.size === 0 ? steps : steps.filter((step) => !idle.has(step))
}

/** The paths that a step changes. */
export function pathsOf(step: Step): readonly string[] {
  return 'from' in step ? [step.from, step.to] : [step.path]
}

/** A change as a step with nothing looked at but its paths. */
export function makeReal(tree: HostTree, change: Change): Step {
  switch (change.kind) {
    case 'rename':
    case 'link': {
      const [from, to] = [tree.real(change.from, 'stay'), tree.real(change.to, 'stay')]
      return { kind: change.kind, from, to, inode: null }
    }
    case 'append':
      return { ...change, path: tree.real(change.path, 'follow'), offset: 0, inode: null }
    case 'write':
      return { ...change, path: tree.real(change.path, change.exclusive ? 'stay' : 'follow') }
    case 'mkdir':
    case 'touch':
    case 'chmod':
      return { ...change, path: tree.real(change.path, 'follow') }
    case 'symlink':
    case 'remove':
      return { ...change, path: tree.real(change.path, 'stay') }
    default:
      return change satisfies never
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
