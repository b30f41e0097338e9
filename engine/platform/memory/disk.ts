/**
 * A file tree that lives in memory: for tests, and for labs that need not outlive the engine.
 * As on a real one, names lead to inodes: a renamed file keeps its inode, a linked one has two names.
 */
import { DiskError, type Change, type Disk, type Stat } from '#platform/disk.ts'
import { followLink, mostLinks, namesOf } from '#platform/paths.ts'

export type MemoryDiskOptions = {
  /** The time for mtime and ctime, ms since 1970. */
  readonly now?: () => number
  /** How many bytes of file content fit. Default: no limit. */
  readonly capacity?: number
}

type Inode = { number: number; mode: number; modified: number; changed: number; links: number }
type FileNode = Inode & { kind: 'file'; buffer: Uint8Array; size: number }
type FolderNode = Inode & { kind: 'folder'; entries: Map<string, Node> }
type LinkNode = Inode & { kind: 'symlink'; target: string }
type Node = FileNode | FolderNode | LinkNode

/** Where a path leads: the folder that holds its last name (the root holds none), and what is there. */
type Place = { readonly folder: FolderNode; readonly name: string; readonly node: Node | undefined }

export function memoryDisk(options: MemoryDiskOptions = {}): Disk {
  const tree = new Tree(options.now ?? (() => 0), options.capacity ?? Infinity)
  const answer = <T>(ask: () => T): Promise<T> => new Promise((resolve) => resolve(ask()))
  const watchers = new Map<string, Set<() => void>>()
  const change = (changes: readonly Change[]) =>
    answer(() => {
      tree.applyAll(changes)
      const folders = new Set(changes.flatMap(foldersOf))
      for (const folder of folders) for (const changed of watchers.get(folder) ?? []) queueMicrotask(changed)
    })
  return {
    read: (path, range) => answer(() => tree.read(path, range)),
    readText: (path) => answer(() => new TextDecoder().decode(tree.read(path))),
    list: (path) => answer(() => tree.list(path)),
    stat: (path) => answer(() => tree.stat(path, 'follow')),
    lstat: (path) => answer(() => tree.stat(path, 'stay')),
    readlink: (path) => answer(() => tree.readlink(path)),
    apply: change,
    commit: change,
    watch: (path, changed) => {
      const waiting = watchers.get(path) ?? new Set()
      watchers.set(path, waiting.add(changed))
      return () => {
        waiting.delete(changed)
        if (waiting.size === 0) watchers.delete(path)
      }
    },
  }
}

/** The folders whose names, or whose files, a change touches. */
function foldersOf(change: Change): readonly string[] {
  const paths =
    change.kind === 'rename' ? [change.from, change.to] : change.kind === 'link' ? [change.to] : [change.path]
  return paths.map((path) => path.slice(0, Math.max(path.lastIndexOf('/'), 1)))
}

class Tree {
  #inodes = 0
  #used = 0
  readonly #now: () => number
  readonly #capacity: number
  readonly #root: FolderNode
  /** How to take back what the changes under way have done. */
  #undo: (() => void)[] = []

  constructor(now: () => number, capacity: number) {
    this.#now = now
    this.#capacity = capacity
    this.#root = { kind: 'folder', entries: new Map(), ...this.#inode(0o755) }
  }

  read(path: string, range?: { start: number; end: number }): Uint8Array {
    const file = this.#file(path)
    return file.buffer.slice(
      Math.min(range?.start ?? 0, file.size),
      Math.min(range?.end ?? file.size, file.size),
    )
  }

  list(path: string): readonly string[] {
    const { node } = this.#find(path, 'follow')
    if (node === undefined) throw new DiskError('ENOENT', path)
    if (node.kind !== 'folder') throw new DiskError('ENOTDIR', path)
    return [...node.entries.keys()]
  }

  stat(path: string, links: 'follow' | 'stay'): Stat | null {
    try {
      const { node } = this.#find(path, links)
      return node === undefined ? null : statOf(node)
    } catch (error) {
      if (error instanceof DiskError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
      throw error
    }
  }

  readlink(path: string): string {
    const { node } = this.#find(path, 'stay')
    if (node === undefined) throw new DiskError('ENOENT', path)
    if (node.kind !== 'symlink') throw new DiskError('EINVAL', path)
    return node.target
  }

  /** All of them, or none: what was done before a change that fails is taken back. */
  applyAll(changes: readonly Change[]): void {
    this.#undo = []
    try {
      for (const change of changes) this.#apply(change)
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo()
      throw error
    } finally {
      this.#undo = []
    }
  }

  #apply(change: Change): void {
    switch (change.kind) {
      case 'write':
        this.#write(change)
        return
      case 'append':
        this.#append(change.path, bytesOf(change.bytes))
        return
      case 'rename':
        this.#rename(change.from, change.to)
        return
      case 'link':
        this.#link(change.from, change.to)
        return
      case 'symlink': {
        const place = this.#find(change.path, 'stay', 'make folders')
        if (place.node !== undefined) throw new DiskError('EEXIST', change.path)
        this.#put(place, { kind: 'symlink', target: change.target, ...this.#inode(0o777) })
        return
      }
      case 'remove':
        this.#remove(change.path)
        return
      case 'mkdir': {
        const place = this.#find(change.path, 'follow', 'make folders')
        if (place.node?.kind === 'folder') return
        if (place.node !== undefined) throw new DiskError('EEXIST', change.path)
        this.#put(place, this.#newFolder(change.mode ?? 0o755))
        return
      }
      case 'touch':
      case 'chmod': {
        const { node } = this.#find(change.path, 'follow')
        if (node === undefined) throw new DiskError('ENOENT', change.path)
        const { modified, mode, changed } = node
        this.#undo.push(() => Object.assign(node, { modified, mode, changed }))
        if (change.kind === 'touch') node.modified = change.modified
        else node.mode = change.mode & 0o7777
        node.changed = this.#now()
        return
      }
      default:
        change satisfies never
    }
  }

  #write(change: Change & { kind: 'write' }): void {
    const place = this.#find(change.path, change.exclusive ? 'stay' : 'follow', 'make folders')
    if (place.node !== undefined && change.exclusive) throw new DiskError('EEXIST', change.path)
    if (place.node?.kind === 'folder') throw new DiskError('EISDIR', change.path)
    // A copy: the caller may go on to use its buffer.
    const buffer = copyOf(change.bytes)
    this.#take(buffer.length, change.path)
    if (change.inPlace && place.node?.kind === 'file') {
      this.#overwrite(place.node, buffer, change.modified)
      return
    }
    const inode = this.#inode(change.mode ?? place.node?.mode ?? 0o644)
    if (change.modified !== undefined) inode.modified = change.modified
    this.#put(place, { kind: 'file', buffer, size: buffer.length, ...inode })
  }

  /** The room for the bytes has been taken. */
  #overwrite(file: FileNode, bytes: Uint8Array, time: number | undefined): void {
    const { buffer, size, modified, changed } = file
    this.#used -= size
    this.#undo.push(() => {
      this.#used += size - bytes.length
      Object.assign(file, { buffer, size, modified, changed })
    })
    const now = this.#now()
    Object.assign(file, { buffer: bytes, size: bytes.length, modified: time ?? now, changed: now })
  }

  #append(path: string, bytes: Uint8Array): void {
    const place = this.#find(path, 'follow', 'make folders')
    if (place.node?.kind === 'folder') throw new DiskError('EISDIR', path)
    this.#take(bytes.length, path)
    if (place.node?.kind !== 'file') {
      this.#put(place, { kind: 'file', buffer: copyOf(bytes), size: bytes.length, ...this.#inode(0o644) })
      return
    }
    const file = place.node
    const { buffer, size, modified, changed } = file
    this.#undo.push(() => {
      this.#used -= bytes.length
      Object.assign(file, { buffer, size, modified, changed })
    })
    if (size + bytes.length > buffer.length) {
      file.buffer = new Uint8Array(Math.max(2 * buffer.length, size + bytes.length))
      file.buffer.set(buffer.subarray(0, size))
    }
    file.buffer.set(bytes, size)
    file.size = size + bytes.length
    file.modified = file.changed = this.#now()
  }

  #rename(from: string, to: string): void {
    const source = this.#find(from, 'stay')
    const target = this.#find(to, 'stay')
    const { node } = source
    if (node === undefined) throw new DiskError('ENOENT', from)
    if (node === target.node) return
    if (node === this.#root || target.node === this.#root) throw new DiskError('EINVAL', from)
    if (node.kind === 'folder') {
      if (contains(node, target.folder)) throw new DiskError('EINVAL', to)
      if (target.node !== undefined && target.node.kind !== 'folder') throw new DiskError('ENOTDIR', to)
      if (target.node !== undefined && target.node.entries.size > 0) throw new DiskError('ENOTEMPTY', to)
    } else if (target.node?.kind === 'folder') throw new DiskError('EISDIR', to)
    // The new name first, so that the file is never without one.
    this.#put(target, node)
    this.#put(source, undefined)
  }

  #link(from: string, to: string): void {
    const source = this.#find(from, 'stay')
    if (source.node === undefined) throw new DiskError('ENOENT', from)
    if (source.node.kind === 'folder') throw new DiskError('EACCES', from)
    const target = this.#find(to, 'stay')
    if (target.node !== undefined) throw new DiskError('EEXIST', to)
    this.#put(target, source.node)
  }

  #remove(path: string): void {
    if (this.stat(path, 'stay') === null) return
    const place = this.#find(path, 'stay')
    if (place.node === this.#root) throw new DiskError('EINVAL', path)
    this.#put(place, undefined)
  }

  #file(path: string): FileNode {
    const { node } = this.#find(path, 'follow')
    if (node === undefined) throw new DiskError('ENOENT', path)
    if (node.kind === 'folder') throw new DiskError('EISDIR', path)
    if (node.kind !== 'file') throw new DiskError('EINVAL', path)
    return node
  }

  /** Walks from the root, name by name; a link is read where it stands, so that no way leads out of the tree. */
  #find(path: string, last: 'follow' | 'stay', missing?: 'make folders'): Place {
    let names = namesOf(path)
    const way: { name: string; node: FolderNode }[] = []
    let links = 0
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? ''
      const folder = way.at(-1)?.node ?? this.#root
      const atEnd = i === names.length - 1
      if (name === '..') {
        way.pop()
        continue
      }
      let node = folder.entries.get(name)
      if (node?.kind === 'symlink' && (!atEnd || last === 'follow')) {
        if (++links > mostLinks) throw new DiskError('EINVAL', path)
        names = [
          ...followLink(
            way.map((step) => step.name),
            node.target,
          ),
          ...names.slice(i + 1),
        ]
        way.length = 0
        i = -1
        continue
      }
      if (atEnd) return { folder, name, node }
      if (node === undefined && missing !== undefined && names[i + 1] !== '..') {
        node = this.#newFolder(0o755)
        this.#put({ folder, name, node: undefined }, node)
      }
      if (node === undefined) throw new DiskError('ENOENT', path)
      if (node.kind !== 'folder') throw new DiskError('ENOTDIR', path)
      way.push({ name, node })
    }
    const here = way.at(-1)
    if (here === undefined) return { folder: this.#root, name: '', node: this.#root }
    return { folder: way.at(-2)?.node ?? this.#root, name: here.name, node: here.node }
  }

  /** Gives a name to another node, or to none. */
  #put({ folder, name }: Place, node: Node | undefined): void {
    const before = folder.entries.get(name)
    const { modified, changed } = folder
    if (node === undefined) folder.entries.delete(name)
    else folder.entries.set(name, node)
    folder.modified = folder.changed = this.#now()
    this.#count(before, -1)
    this.#count(node, 1)
    this.#undo.push(() => {
      if (before === undefined) folder.entries.delete(name)
      else folder.entries.set(name, before)
      Object.assign(folder, { modified, changed })
      this.#count(node, -1)
      this.#count(before, 1)
    })
  }

  /** Keeps the number of names of each inode, and the space that those with a name take. */
  #count(node: Node | undefined, change: 1 | -1): void {
    if (node === undefined) return
    const unnamed = node.links === 0
    node.links += change
    node.changed = this.#now()
    if (node.kind === 'file' && (unnamed || node.links === 0)) this.#used += change * node.size
    if (node.kind === 'folder' && node.links === 0)
      for (const child of node.entries.values()) this.#count(child, -1)
    if (node.kind === 'folder' && unnamed) for (const child of node.entries.values()) this.#count(child, 1)
  }

  #take(bytes: number, path: string): void {
    if (this.#used + bytes > this.#capacity) throw new DiskError('ENOSPC', path)
  }

  #inode(mode: number): Inode {
    const now = this.#now()
    return { number: ++this.#inodes, mode: mode & 0o7777, modified: now, changed: now, links: 0 }
  }

  #newFolder(mode: number): FolderNode {
    return { kind: 'folder', entries: new Map(), ...this.#inode(mode) }
  }
}

function contains(folder: FolderNode, other: FolderNode): boolean {
  if (folder === other) return true
  return [...folder.entries.values()].some((child) => child.kind === 'folder' && contains(child, other))
}

function statOf(node: Node): Stat {
  return {
    kind: node.kind,
    size: node.kind === 'file' ? node.size : node.kind === 'symlink' ? node.target.length : 4096,
    mode: node.mode,
    modified: node.modified,
    changed: node.changed,
    inode: node.number,
    links: node.kind === 'folder' ? 2 : node.links,
  }
}

function copyOf(bytes: Uint8Array | string): Uint8Array {
  return typeof bytes === 'string' ? bytesOf(bytes) : new Uint8Array(bytes)
}

function bytesOf(bytes: Uint8Array | string): Uint8Array {
  return typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
}
