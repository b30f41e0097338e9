/** One engine at a time works in a data folder: the lock says which. A lock whose process is gone is taken over. */
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class FolderLocked extends Error {
  readonly pid: number
  constructor(folder: string, pid: number) {
    super(
      `${folder} is in use by another Mailscope (process ${pid}); end it, or choose another folder with --data`,
    )
    this.pid = pid
  }
}

/** Returns how to unlock. Throws FolderLocked. */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const lock = join(folder, 'lock')
  const own = `${lock}.${process.pid}`
  const token = `${process.pid} ${startOf(process.pid)}\n`
  writeOwn(own, token)
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      // Linking is the one step that only one of several can win, and the file is whole from its first moment.
      if (tryLink(own, lock)) {
        return () => {
          if (readLock(lock)?.text === token) rmSync(lock, { force: true })
        }
      }
      const holder = readLock(lock)
      if (holder === null) continue
      if (isAlive(holder.text)) throw new FolderLocked(folder, pidOf(holder.text))
      // Only the very lock that was looked at: another may have taken over meanwhile.
      if (readLock(lock)?.inode === holder.inode) rmSync(lock, { force: true })
    }
    throw new FolderLocked(folder, pidOf(readLock(lock)?.text ?? ''))
  } finally {
    rmSync(own, { force: true })
  }
}

function writeOwn(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600)
  writeSync(file, text)
  closeSync(file)
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readLock(path: string): { text: string; inode: number } | null {
  try {
    return { text: readFileSync(path, 'utf8'), inode: statSync(path).ino }
  } catch {
    return null
  }
}

function pidOf(text: string): number {
  return Number(/^(\d+)/.exec(text)?.[1] ?? 0)
}

/** A process number is given out again after a while, so the time of its start is compared too. */
function isAlive(text: string): boolean {
  const pid = pidOf(text)
  const started = text.trim().split(' ')[1] ?? ''
  if (pid === 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = startOf(pid)
  return started === '' || now === '' || started === now
}

/** When a process started, in ticks since boot, and which boot; '' where /proc does not say. */
function startOf(pid: number): string {
  try {
    const after = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '')
    return `${after.split(' ')[19] ?? ''}@${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}`
  } catch {
    return ''
  }
}
