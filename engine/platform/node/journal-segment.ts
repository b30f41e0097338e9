/**
 * The files of a journal, and how the trees they speak of are made durable.
 *
 * A sync of a file that grows makes the file system commit its own journal, and all who change a folder meanwhile wait
 * for that. So a busy journal writes into files that were filled with zeros in advance, and uses each again: then a
 * sync writes the data and nothing else. What an earlier life left in such a file is no record of the next: the number
 * of the segment goes into every checksum.
 */
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'

/** One file of records, and what a checkpoint must make durable before it may go. */
export class Segment {
  readonly number: number
  readonly path: string
  readonly file: number
  size = 0
  /** Paths on this computer that its records touch. */
  readonly paths = new Set<string>()
  /** Folders that were removed or renamed: whatever lies below is touched too. */
  readonly subtrees = new Set<string>()
  /** Files written without commit meanwhile. */
  readonly unsynced = new Set<string>()

  /** Whether its blocks were there before it began. */
  readonly blocks: 'allocated' | 'as it grows'

  /** `spare`: a file that was filled in advance. */
  constructor(folder: string, number: number, spare: string | null = null) {
    this.number = number
    this.path = segmentPath(folder, number)
    this.blocks = spare === null ? 'as it grows' : 'allocated'
    if (spare !== null) fs.renameSync(spare, this.path)
    this.file = fs.openSync(this.path, spare === null ? 'wx' : 'r+', 0o600)
    this.write(Buffer.from(`mailscope journal ${number} ${bootId()}\n`))
    syncPath(folder)
  }

  write(bytes: Buffer): void {
    // A record that is torn by an error here is written over by the next: `size` has not moved.
    let done = 0
    while (done < bytes.length) {
      done += fs.writeSync(this.file, bytes, done, bytes.length - done, this.size + done)
    }
    this.size += bytes.length
  }

  touches(path: string): boolean {
    if (this.paths.has(path)) return true
    if (this.subtrees.size === 0) return false
    for (let above = dirname(path); above !== '/' && above !== '.'; above = dirname(above)) {
      if (this.subtrees.has(above)) return true
    }
    return false
  }
}

/** All that was written below the folder becomes durable. */
export async function makeDurable(folder: string, segments: readonly (Segment | null)[]): Promise<void> {
  if ((await runSync(folder)) === 'done') return
  // Without the command, what the journal knows of is synced file by file, and each folder that holds it.
  const paths = segments.flatMap((segment) =>
    segment === null ? [] : [...segment.paths, ...segment.unsynced],
  )
  for (const path of new Set([...paths, ...paths.map(dirname)])) {
    if (fs.existsSync(path)) syncPath(path)
  }
}

function runSync(folder: string): Promise<'done' | 'failed'> {
  return new Promise((resolve) => {
    const child = spawn('sync', ['-f', folder], { stdio: 'ignore' })
    child.once('error', () => resolve('failed'))
    child.once('exit', (code) => resolve(code === 0 ? 'done' : 'failed'))
  })
}

export function syncPath(path: string): void {
  const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  try {
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
}

export function dataSync(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fdatasync(file, (error) => {
      if (error === null) resolve()
      else reject(error)
    })
  })
}

export function drop(segment: Segment): void {
  fs.closeSync(segment.file)
  fs.rmSync(segment.path, { force: true })
}

/** Lets go of a segment, but keeps its blocks for one to come; its name as a spare. */
export function recycle(segment: Segment): string {
  fs.closeSync(segment.file)
  const spare = sparePath(dirname(segment.path), segment.number)
  fs.renameSync(segment.path, spare)
  return spare
}

/** Bytes of a spare: a segment is given up well before they are used up. */
export const spareSize = 24 * 1024 * 1024
const piece = Buffer.alloc(1024 * 1024)

/** Fills a file in advance, without holding anything up; resolves with its path. */
export async function prepareSpare(folder: string, number: number): Promise<string> {
  const path = sparePath(folder, number)
  const file = await fs.promises.open(path, 'wx', 0o600)
  try {
    for (let done = 0; done < spareSize; done += piece.length) await file.write(piece, 0, piece.length, done)
    await file.sync()
  } finally {
    await file.close()
  }
  return path
}

const sparePath = (folder: string, number: number) => join(folder, `new-${number}`)

export function journalFolder(folder: string): string {
  return join(folder, 'journal')
}

export function segmentPath(place: string, number: number): string {
  return join(place, `${String(number).padStart(8, '0')}.log`)
}

/** Tells one running of this computer from the next; '' where it cannot be told. */
export function bootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}
