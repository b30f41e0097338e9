/**
 * The queue of one host: a file for each message, in the folder that says how far it is. The only part that writes
 * queue files; others say what became of a message.
 *
 * qmgr(8), "MAIL QUEUES". Each file is on disk, synced, before the client that sent the message hears 250.
 */
import type { Machine } from '#engine/machine.ts'
import type { Change } from '#platform/disk.ts'
import { DiskError } from '#platform/disk.ts'
import type { QueueFile, QueueName } from '../handover.ts'
import type { MessageQueue, Progress, QueueEntry } from '../message-queue.ts'
import type { StoredMessage } from './queue-file-format.ts'
import { applyProgress, readQueueFile, writeProgress, writeQueueFile } from './queue-file-format.ts'
import { isQueueId, longQueueId, shortQueueId } from './queue-id.ts'

export type QueueOptions = {
  readonly machine: Machine
  /** $queue_directory. */
  readonly directory: string
  /** $hash_queue_names: those whose files lie in folders by the first digit of their id. */
  readonly hashed: readonly string[]
  readonly ids: 'short' | 'long'
}

const queues: readonly QueueName[] = ['maildrop', 'incoming', 'active', 'deferred', 'hold', 'corrupt']

/** Contents of messages that just came are kept, so that they need not be read again: at most this many bytes. */
const keptBytes = 64 * 1024 * 1024

export class Queue implements MessageQueue {
  readonly #machine: Machine
  readonly #options: QueueOptions
  readonly #entries = new Map<string, QueueEntry>()
  readonly #contents = new Map<string, Uint8Array>()
  readonly #folders = new Set<string>()
  #contentBytes = 0
  #inode: number

  constructor(options: QueueOptions) {
    this.#options = options
    this.#machine = options.machine
    this.#inode = 0x20000 + options.machine.random.integer(0x40000)
  }

  /** Reads what an earlier run left. Ids found in the active queue were being delivered when it ended. */
  async load(): Promise<{ readonly wasActive: readonly string[] }> {
    const wasActive: string[] = []
    await this.#machine.disk.apply(queues.map((queue) => ({ kind: 'mkdir', path: this.#folder(queue) })))
    for (const queue of queues) {
      if (queue === 'corrupt') continue
      for (const path of await this.#filesIn(queue)) {
        const queueId = path.slice(path.lastIndexOf('/') + 1)
        const stored = await this.#readPath(path)
        if (stored === 'gone') continue
        if (stored?.queueFile.queueId !== queueId) {
          await this.#setAside(queueId, path)
          continue
        }
        if (queue === 'active') wasActive.push(queueId)
        this.#entries.set(queueId, { queue, queueFile: stored.queueFile, forcedExpire: stored.forcedExpire })
      }
    }
    return { wasActive }
  }

  newQueueId(): string {
    const { clock, random } = this.#machine
    for (;;) {
      const now = clock.now()
      const microseconds = (Math.floor(now) % 1000) * 1000 + random.integer(1000)
      const inode = this.#inode++
      const id =
        this.#options.ids === 'long'
          ? longQueueId(Math.floor(now / 1000), microseconds, inode)
          : shortQueueId(microseconds, inode)
      if (!this.#entries.has(id)) return id
    }
  }

  entries(): IterableIterator<QueueEntry> {
    return this.#entries.values()
  }

  get(queueId: string): QueueEntry | undefined {
    return this.#entries.get(queueId)
  }

  /** Resolves when the message would survive a loss of power. */
  async create(
    queue: 'incoming' | 'hold' | 'maildrop',
    queueFile: QueueFile,
    content: Uint8Array,
  ): Promise<void> {
    const { queueId } = queueFile
    await this.#machine.disk.commit([
      {
        kind: 'write',
        path: this.path(queue, queueId),
        bytes: writeQueueFile(queueFile, content),
        mode: 0o700,
        exclusive: true,
      },
    ])
    this.#entries.set(queueId, { queue, queueFile, forcedExpire: false })
    if (queue === 'incoming' && this.#contentBytes + content.length <= keptBytes) {
      this.#contents.set(queueId, content)
      this.#contentBytes += content.length
    }
    this.#machine.emit({ type: 'queue.moved', queueId, from: null, to: queue })
  }

  /** The message as cleanup wrote it. Null when the file is not there any more, or broken: then it is set aside. */
  async content(queueId: string): Promise<Uint8Array | null> {
    const kept = this.#contents.get(queueId)
    if (kept) return kept
    const entry = this.#entries.get(queueId)
    if (!entry) return null
    const path = this.path(entry.queue, queueId)
    const stored = await this.#readPath(path)
    if (stored === 'gone') {
      this.#forget(queueId)
      return null
    }
    if (stored === null) {
      await this.#setAside(queueId, path)
      return null
    }
    return stored.content
  }

  /** Moves a message, and records what became of it in the same change. */
  async move(
    queueId: string,
    to: QueueName,
    progress: Progress = {},
    reason?: string,
  ): Promise<QueueEntry | undefined> {
    const entry = this.#entries.get(queueId)
    if (!entry) return undefined
    const from = this.path(entry.queue, queueId)
    const path = this.path(to, queueId)
    // The rename comes first: an append to a file that someone removed would make a new one.
    const changes: Change[] = [...this.#folderOf(path)]
    if (from !== path) changes.push({ kind: 'rename', from, to: path })
    changes.push(...progressChanges(path, progress))
    if (progress.nextAttemptAt) changes.push({ kind: 'touch', path, modified: progress.nextAttemptAt })
    const next: QueueEntry = { queue: to, ...applyProgress(entry, progress) }
    this.#entries.set(queueId, next)
    if (to !== 'active' && to !== 'incoming') this.#dropContent(queueId)
    if (!(await this.#change(queueId, changes))) return undefined
    this.#machine.emit({
      type: 'queue.moved',
      queueId,
      from: entry.queue,
      to,
      ...(progress.nextAttemptAt ? { nextAttemptAt: progress.nextAttemptAt } : {}),
      ...(reason === undefined ? {} : { reason }),
    })
    return next
  }

  /** Records what became of a message that stays where it is. */
  async record(queueId: string, progress: Progress): Promise<void> {
    const entry = this.#entries.get(queueId)
    if (!entry) return
    this.#entries.set(queueId, { queue: entry.queue, ...applyProgress(entry, progress) })
    await this.#change(queueId, progressChanges(this.path(entry.queue, queueId), progress))
  }

  async remove(queueId: string, by: 'qmgr' | 'pickup' | 'cleanup' | 'postsuper' = 'qmgr'): Promise<boolean> {
    const entry = this.#entries.get(queueId)
    if (!entry) return false
    this.#forget(queueId)
    await this.#machine.disk.apply([{ kind: 'remove', path: this.path(entry.queue, queueId), spent: true }])
    this.#machine.emit({
      type: 'queue.removed',
      queueId,
      queue: entry.queue,
      ...(by === 'qmgr' ? {} : { by }),
    })
    return true
  }

  path(queue: QueueName, queueId: string): string {
    const hashed = this.#options.hashed.includes(queue) ? `${queueId.charAt(0)}/` : ''
    return `${this.#folder(queue)}/${hashed}${queueId}`
  }

  /** The folder of a hashed queue, made when it is first needed. */
  #folderOf(path: string): readonly Change[] {
    const folder = path.slice(0, path.lastIndexOf('/'))
    if (this.#folders.has(folder)) return []
    this.#folders.add(folder)
    return [{ kind: 'mkdir', path: folder }]
  }

  #folder(queue: QueueName): string {
    return `${this.#options.directory}/${queue}`
  }

  async #filesIn(queue: QueueName): Promise<readonly string[]> {
    const folder = this.#folder(queue)
    const files: string[] = []
    for (const name of await this.#machine.disk.list(folder)) {
      if (isQueueId(name)) files.push(`${folder}/${name}`)
      else if (/^[0-9A-Za-z]$/.test(name)) {
        for (const inner of await this.#machine.disk.list(`${folder}/${name}`)) {
          if (isQueueId(inner)) files.push(`${folder}/${name}/${inner}`)
        }
      }
    }
    return files
  }

  async #readPath(path: string): Promise<StoredMessage | null | 'gone'> {
    try {
      return readQueueFile(await this.#machine.disk.read(path))
    } catch (error) {
      if (error instanceof DiskError && error.code === 'ENOENT') return 'gone'
      throw error
    }
  }

  async #setAside(queueId: string, path: string): Promise<void> {
    this.#forget(queueId)
    await this.#machine.disk.apply([{ kind: 'rename', from: path, to: this.path('corrupt', queueId) }])
    this.#machine.emit({ type: 'queue.moved', queueId, from: null, to: 'corrupt' })
    this.#machine.emit({
      type: 'daemon.logged',
      daemon: 'qmgr',
      level: 'warning',
      text: `saving corrupt file "${queueId}" from queue "${path.split('/').at(-2) ?? ''}" to queue "corrupt"`,
    })
  }

  /** False when someone took the file away. */
  async #change(queueId: string, changes: readonly Change[]): Promise<boolean> {
    if (changes.length === 0) return true
    try {
      await this.#machine.disk.apply(changes)
      return true
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'ENOENT') throw error
      this.#forget(queueId)
      return false
    }
  }

  #forget(queueId: string): void {
    this.#entries.delete(queueId)
    this.#dropContent(queueId)
  }

  #dropContent(queueId: string): void {
    const content = this.#contents.get(queueId)
    if (!content) return
    this.#contents.delete(queueId)
    this.#contentBytes -= content.length
  }
}

const progressChanges = (path: string, progress: Progress): readonly Change[] =>
  Object.keys(progress).length === 0 ? [] : [{ kind: 'append', path, bytes: writeProgress(progress) }]
