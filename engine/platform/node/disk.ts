/** A host's disk as a folder of this computer, with the journal that makes its commits safe. */
import * as fs from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DiskError, type Change, type Disk } from '#platform/disk.ts'
import { HostTree, statOf, type Step } from './host-tree.ts'
import { syncPath } from './journal-segment.ts'
import type { Journal } from './journal.ts'
import { makeReal, pathsOf, prepare } from './prepare.ts'
import { signature } from './signature.ts'

export type NodeDiskOptions = {
  /** Lab time: files get it as mtime when it is not the computer's. */
  readonly now?: () => number
  /** Says that the computer is at work, so that the lab's time does not jump meanwhile. */
  readonly hold?: () => () => void
}

/** A lab's time may differ from the computer's by so much (ms) before files are stamped with it. */
const sameTime = 2_000

/** The root must lie in the data folder of the journal. */
export function nodeDisk(rootFolder: string, journal: Journal, options: NodeDiskOptions = {}): Disk {
  const root = resolve(rootFolder)
  if (!`${root}/`.startsWith(`${resolve(journal.folder)}/`))
    throw new Error(`${root} is not in ${journal.folder}`)
  makeRoot(root)
  const tree = new HostTree(root, journal.scratch)

  function stamped(change: Change): Change {
    if (change.kind !== 'write' || change.modified !== undefined || options.now === undefined) return change
    const now = options.now()
    return Math.abs(now - Date.now()) < sameTime ? change : { ...change, modified: now }
  }

  async function held<T>(work: () => Promise<T>): Promise<T> {
    const release = options.hold?.()
    try {
      return await work()
    } finally {
      release?.()
    }
  }

  /**
   * Calls `act` as soon as no commit under way concerns the changes, and what a commit counts on is on the disk.
   * It must do all it does in one turn: what was looked at may be different in the next.
   */
  async function whenClear<T>(
    changes: readonly Change[],
    how: 'apply' | 'commit',
    act: (steps: readonly Step[]) => T,
  ): Promise<T> {
    for (;;) {
      const steps = changes.map((change) => makeReal(tree, change))
      const paths = steps.flatMap((step) => pathsOf(step).map((path) => tree.at(path)))
      const unsynced = how === 'commit' ? unsyncedSources(steps) : []
      if (!journal.isClearOf(paths)) await journal.flushed()
      else if (unsynced.length > 0) await Promise.all(unsynced.map((path) => journal.syncFile(path)))
      else return act(prepare(tree, steps))
    }
  }

  /** Files that a commit renames, links or extends, and whose content is only in memory yet. */
  function unsyncedSources(steps: readonly Step[]): readonly string[] {
    return steps.flatMap((step) => {
      if (step.kind === 'append') return journal.unsyncedAt(tree.at(step.path), 'file')
      if (step.kind !== 'rename' && step.kind !== 'link') return []
      const what = tree.stat(step.from)?.isDirectory() ? 'folder' : 'file'
      return journal.unsyncedAt(tree.at(step.from), what)
    })
  }

  function applyNow(steps: readonly Step[]): void {
    for (const step of steps) {
      const paths = pathsOf(step).map((path) => tree.at(path))
      const recorded = isFolderMove(step) || paths.some((path) => journal.touches(path))
      if (recorded) journal.record(tree, steps)
      tree.perform(step)
      if (recorded) continue
      if (step.kind === 'write' || step.kind === 'append') journal.wrote(tree.at(step.path))
      if ((step.kind === 'rename' || step.kind === 'link') && journal.isUnsynced(tree.at(step.from))) {
        journal.wrote(tree.at(step.to))
      }
    }
  }

  /** A folder that goes takes along whatever the journal knows of below it. */
  function isFolderMove(step: Step): boolean {
    if (step.kind === 'remove') return tree.stat(step.path)?.isDirectory() ?? false
    return step.kind === 'rename' && step.what === 'folder'
  }

  return {
    read: (path, range) => held(() => tree.read(path, range)),
    readText: (path) => held(async () => new TextDecoder().decode(await tree.read(path))),
    list: async (path) => tree.list(path),
    stat: async (path) => statAt(tree, path, 'follow'),
    lstat: async (path) => statAt(tree, path, 'stay'),
    readlink: async (path) => tree.readlink(path),

    apply: (changes) =>
      held(async () => {
        for (const change of changes.map(stamped)) {
          await whenClear([change], 'apply', applyNow)
        }
      }),

    commit: (changes) =>
      held(async () => {
        const all = changes.map(stamped)
        // Not a turn later than asked, unless it must be: what comes after must not overtake.
        if (journal.isFull) await journal.room()
        const done = await whenClear(all, 'commit', (steps) => ({ made: journal.commit(tree, steps) }))
        await done.made
      }),

    signature,
    watch: (path, changed) => watchFolder(tree, path, changed),
  }
}

/** By the means of the operating system; where it has none left, nobody can tell. */
function watchFolder(tree: HostTree, path: string, changed: () => void): (() => void) | null {
  try {
    const watcher = fs.watch(tree.at(tree.real(path, 'follow')), { persistent: false }, changed)
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return null
  }
}

function statAt(tree: HostTree, path: string, links: 'follow' | 'stay') {
  try {
    const stats = links === 'follow' ? tree.statFollowed(path) : tree.stat(tree.real(path, 'stay'))
    return stats === undefined ? null : statOf(stats)
  } catch (error) {
    if (error instanceof DiskError && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  }
}

/** A root that is new must itself survive, with the folders on the way to it. */
function makeRoot(root: string): void {
  const first = fs.mkdirSync(root, { recursive: true })
  if (first === undefined) return
  for (let folder = root; folder.length >= dirname(first).length; folder = dirname(folder)) syncPath(folder)
}
