/**
 * The journal of a data folder: why mail that was answered 250 survives a loss of power, at one sync for many letters.
 *
 * A commit is first written here, as one record with a checksum; one fdatasync makes all records of that moment
 * durable; only then are their changes made in the hosts' trees, where the operating system may write them when it
 * likes. So whatever of a commit is in a tree after a crash, the whole of it is in the journal (write-ahead logging).
 *
 * - After `kill -9` the trees hold all that was applied; at most the last moment's records are made again.
 *   Each record says up to which number all were applied, and a segment says in which boot it was written.
 * - After a loss of power all records since the last checkpoint are made again, in order (redo.ts).
 * - A change without commit to a path that the journal holds is recorded too, without waiting for a sync: else the
 *   redo would bring back a file of new/ that has since been moved to cur/. If power is lost within those
 *   milliseconds, such a move may be forgotten, as any unsynced rename on Unix.
 * - A commit that renames, links or extends a file that was written without commit syncs that file first.
 * - A checkpoint makes the trees themselves durable (`sync -f`) and then drops the segment; changes go on meanwhile in
 *   the next one. Commits wait only when the next one grows too large before it is done.
 * - After a clean close there is no segment.
 */
import * as fs from 'node:fs'
import { join, relative } from 'node:path'
import { asDiskError } from './disk-errors.ts'
import { HostTree, type Step } from './host-tree.ts'
import { decodeRecords, encodeRecord, type JournalRecord } from './journal-record.ts'
import {
  bootId,
  dataSync,
  drop,
  journalFolder,
  makeDurable,
  prepareSpare,
  recycle,
  Segment,
  segmentPath,
  syncPath,
} from './journal-segment.ts'
import { pathsOf } from './prepare.ts'
import { Redo } from './redo.ts'

const rotateAt = 16 * 1024 * 1024
/** From so many bytes in a segment on, the journal is busy. */
const busyAt = 512 * 1024
const rotateAfter = 5_000
const waitAt = 64 * 1024 * 1024
const mostUnsynced = 20_000

type Waiting = {
  readonly number: number
  /** Where its record is. */
  readonly segment: Segment
  readonly tree: HostTree
  readonly steps: readonly Step[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Journal {
  readonly folder: string
  readonly scratch: string
  #current: Segment
  #old: Segment | null = null
  #number: number
  readonly #pending = new Map<number, Waiting>()
  readonly #pendingPaths = new Map<string, number>()
  #waiting: Waiting[] = []
  /** Whether there are records for which nobody waits. */
  #recorded = false
  #flushing: Promise<void> | null = null
  #checkpointing: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #broken: Error | null = null
  #spare: string | null = null
  #preparing: Promise<void> | null = null
  #closed = false

  /** @internal Use openJournal. */
  constructor(folder: string, start: { segment: number; record: number }) {
    this.folder = folder
    this.scratch = journalFolder(folder)
    this.#number = start.record
    this.#current = new Segment(this.scratch, start.segment)
  }

  /** Whether a change of this path must be recorded, commit or not. */
  touches(path: string): boolean {
    return this.#current.touches(path) || (this.#old?.touches(path) ?? false)
  }

  /** Whether no commit that was not yet applied concerns these paths. */
  isClearOf(paths: readonly string[]): boolean {
    return this.#pending.size === 0 || !paths.some((path) => this.#isPending(path))
  }

  /** Resolves when the commits of this moment were applied. */
  flushed(): Promise<void> {
    return this.#flush()
  }

  /** Notes a file whose content is only in memory yet. */
  wrote(path: string): void {
    this.#current.unsynced.add(path)
    if (this.#current.unsynced.size > mostUnsynced) void this.checkpoint()
  }

  isUnsynced(path: string): boolean {
    return this.#current.unsynced.has(path) || (this.#old?.unsynced.has(path) ?? false)
  }

  /** The unsynced file at a path, or all below a folder. */
  unsyncedAt(path: string, what: 'file' | 'folder'): readonly string[] {
    if (what === 'file') return this.isUnsynced(path) ? [path] : []
    const all = [...this.#current.unsynced, ...(this.#old?.unsynced ?? [])]
    return all.filter((other) => other.startsWith(`${path}/`))
  }

  async syncFile(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      fs.open(path, 'r', (error, file) => {
        if (error !== null) {
          // Gone meanwhile: whoever asked will see it.
          resolve()
          return
        }
        fs.fsync(file, (failed) => {
          fs.close(file)
          if (failed === null) resolve()
          else reject(failed)
        })
      })
    })
    this.#current.unsynced.delete(path)
    this.#old?.unsynced.delete(path)
  }

  get isFull(): boolean {
    return this.#current.size > waitAt
  }

  /** Room for another record: waits while a checkpoint has to catch up. */
  async room(): Promise<void> {
    while (this.isFull && this.#broken === null) await this.checkpoint()
  }

  /** Records steps that are made at once, without waiting for a sync. */
  record(tree: HostTree, steps: readonly Step[]): void {
    this.#append({ kind: 'changes', root: relative(this.folder, tree.root), steps })
    for (const step of steps) this.#note(tree, step)
    this.#recorded = true
    void this.#flush()
  }

  /** Resolves when the steps are durable and made. They were looked at (prepare) in this very turn. */
  commit(tree: HostTree, steps: readonly Step[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const number = this.#append({ kind: 'changes', root: relative(this.folder, tree.root), steps })
      const waiting = { number, segment: this.#current, tree, steps, resolve, reject }
      this.#pending.set(number, waiting)
      this.#waiting.push(waiting)
      for (const step of steps) {
        this.#note(tree, step)
        for (const path of pathsOf(step)) this.#countPending(tree.at(path), 1)
      }
      void this.#flush()
    })
  }

  /** Makes all trees durable and the journal empty but for what comes meanwhile. */
  checkpoint(): Promise<void> {
    this.#checkpointing ??= this.#checkpoint().finally(() => {
      this.#checkpointing = null
    })
    return this.#checkpointing
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await this.#checkpointing?.catch(() => undefined)
    while (this.#pending.size > 0 || this.#flushing !== null) await this.#flush()
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#preparing
    removeSpares(this.scratch)
    await makeDurable(this.folder, [this.#old, this.#current])
    for (const segment of [this.#old, this.#current]) if (segment !== null) drop(segment)
    syncPath(this.scratch)
  }

  async #checkpoint(): Promise<void> {
    if (this.#closed || this.#broken !== null) return
    const old = this.#current
    const last = this.#number
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    try {
      this.#current = new Segment(this.scratch, old.number + 1, this.#takeSpare())
      this.#old = old
      // Every record of the old segment must have been applied before the tree can stand for it.
      while (Math.min(...this.#pending.keys()) <= last) await this.#flush()
      await makeDurable(this.folder, [old])
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error))
      return
    }
    if (old.blocks === 'allocated' && this.#spare === null) this.#spare = recycle(old)
    else drop(old)
    this.#old = null
  }

  #takeSpare(): string | null {
    const spare = this.#spare
    this.#spare = null
    return spare
  }

  /** A journal that is busy gets files whose blocks are there already; the first is taken into use as soon as it is filled. */
  #prepareSpare(): void {
    if (this.#spare !== null || this.#preparing !== null) return
    this.#preparing = prepareSpare(this.scratch, this.#current.number)
      .then((spare) => {
        this.#spare = spare
        if (this.#current.blocks !== 'allocated') void this.checkpoint()
      })
      // No room for a spare is no fault: the journal goes on in files that grow.
      .catch(() => undefined)
      .finally(() => {
        this.#preparing = null
      })
  }

  #append(
    what: { kind: 'changes'; root: string; steps: readonly Step[] } | { kind: 'void'; of: number },
  ): number {
    if (this.#broken !== null) throw this.#broken
    if (this.#closed) throw new Error('the journal is closed')
    const [firstPending] = this.#pending.keys()
    const number = this.#number + 1
    const record: JournalRecord = { ...what, number, applied: (firstPending ?? number) - 1 }
    try {
      this.#current.write(encodeRecord(record, this.#current.number))
    } catch (error) {
      throw asDiskError(error, this.#current.path)
    }
    this.#number = number
    this.#timer ??= setTimeout(() => void this.checkpoint(), rotateAfter).unref()
    if (this.#current.size > rotateAt) void this.checkpoint()
    if (this.#current.size > busyAt) this.#prepareSpare()
    return number
  }

  #note(tree: HostTree, step: Step): void {
    for (const path of pathsOf(step)) this.#current.paths.add(tree.at(path))
    if (step.kind === 'remove') this.#current.subtrees.add(tree.at(step.path))
    if (step.kind !== 'rename' || step.what !== 'folder') return
    this.#current.subtrees.add(tree.at(step.from))
    this.#current.subtrees.add(tree.at(step.to))
  }

  /** One sync for all who wait; who comes while it runs waits for the next. */
  #flush(): Promise<void> {
    this.#flushing ??= this.#sync().finally(() => {
      this.#flushing = null
      if (this.#waiting.length > 0 || this.#recorded) void this.#flush()
    })
    return this.#flushing
  }

  async #sync(): Promise<void> {
    // What is committed in this turn shares the sync.
    await new Promise((resolve) => setImmediate(resolve))
    const batch = this.#waiting
    this.#waiting = []
    this.#recorded = false
    try {
      const segments = new Set([...batch.map((waiting) => waiting.segment), this.#current])
      await Promise.all([...segments].map((segment) => dataSync(segment.file)))
    } catch (error) {
      // Nobody can say what is durable now.
      this.#broken = error instanceof Error ? error : new Error(String(error))
    }
    for (const waiting of batch) {
      this.#pending.delete(waiting.number)
      for (const step of waiting.steps) {
        for (const path of pathsOf(step)) this.#countPending(waiting.tree.at(path), -1)
      }
      if (this.#broken !== null) waiting.reject(this.#broken)
      else this.#apply(waiting)
    }
  }

  #apply(waiting: Waiting): void {
    const undo: (() => void)[] = []
    try {
      for (const step of waiting.steps) undo.push(waiting.tree.perform(step))
      waiting.resolve()
    } catch (error) {
      // Out of space, most likely: the record must not be made again either.
      try {
        this.#append({ kind: 'void', of: waiting.number })
      } catch (fault) {
        this.#broken = fault instanceof Error ? fault : new Error(String(fault))
      }
      for (const takeBack of undo.reverse()) {
        try {
          takeBack()
        } catch {
          // What cannot be taken back stays, as after any failed write.
        }
      }
      waiting.reject(error)
    }
  }

  #isPending(path: string): boolean {
    if (this.#pendingPaths.has(path)) return true
    for (const other of this.#pendingPaths.keys()) {
      if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) return true
    }
    return false
  }

  #countPending(path: string, change: 1 | -1): void {
    const count = (this.#pendingPaths.get(path) ?? 0) + change
    if (count > 0) this.#pendingPaths.set(path, count)
    else this.#pendingPaths.delete(path)
  }
}

/** Opens the journal of a data folder, and first makes whole what a crash left. */
export async function openJournal(folder: string): Promise<Journal> {
  const place = journalFolder(folder)
  fs.mkdirSync(place, { recursive: true, mode: 0o700 })
  removeSpares(place)
  const segments = fs
    .readdirSync(place)
    .flatMap((name) => (/^\d+\.log$/.test(name) ? [parseInt(name, 10)] : []))
    .sort((a, b) => a - b)
  const last = replay(folder, segments)
  if (segments.length > 0) {
    await makeDurable(folder, [])
    for (const number of segments) fs.rmSync(segmentPath(place, number))
    syncPath(place)
  }
  return new Journal(folder, { segment: (segments.at(-1) ?? 0) + 1, record: last })
}

/** Files that have no name in a tree: filled in advance, or let go of. */
function removeSpares(place: string): void {
  for (const name of fs.readdirSync(place)) if (name.startsWith('new-')) fs.rmSync(join(place, name))
}

/** Returns the number of the last record. */
function replay(folder: string, segments: readonly number[]): number {
  const records: JournalRecord[] = []
  let sameBoot = bootId() !== ''
  for (const number of segments) {
    const bytes = fs.readFileSync(segmentPath(journalFolder(folder), number))
    const headEnd = bytes.indexOf(10)
    const head = bytes.subarray(0, Math.max(0, headEnd)).toString().split(' ')
    sameBoot &&= head[3] === bootId()
    records.push(...decodeRecords(bytes.subarray(headEnd + 1), number))
  }
  const applied = sameBoot ? Math.max(0, ...records.map((record) => record.applied)) : 0
  const voided = new Set(records.flatMap((record) => (record.kind === 'void' ? [record.of] : [])))
  const steps = new Map<string, Step[]>()
  for (const record of records) {
    if (record.kind === 'void' || record.number <= applied || voided.has(record.number)) continue
    const known = steps.get(record.root)
    if (known === undefined) steps.set(record.root, [...record.steps])
    else known.push(...record.steps)
  }
  for (const [name, of] of steps) {
    const root = join(folder, name)
    // A host that was taken away since does not come back.
    if (fs.existsSync(root)) new Redo(new HostTree(root, journalFolder(folder)), of).run()
  }
  return records.at(-1)?.number ?? 0
}
