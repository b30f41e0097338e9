/**
 * `mbox.lock`, `dovecot-uidlist.lock`: whoever makes it may write to the file, and removes it after. One that is old was
 * left by a program that died. Who signed it and is known to have ended need not be waited for: another program, or
 * ourselves in an earlier life.
 *
 * Dovecot 2.3: mbox_write_locks = dotlock, mbox_dotlock_change_timeout; "Maildir", Locking.
 */
import type { Machine } from '#engine/machine.ts'
import { DiskError, type Disk } from '#platform/disk.ts'
import { MailboxError } from './mail-store.ts'
import { Serial } from './serial.ts'

const staleAfter = 2 * 60_000
const patience = 5 * 60_000
/** Longer is nobody's `pid:host`. */
const longestSignature = 300
const pauses = [1, 2, 5, 10, 20, 50, 100]

/** Those who want the same lock here wait for each other: so a lock of ours that is there is nobody's. */
const queues = new WeakMap<Machine, Map<string, Serial>>()

/** `full`: what to do when the disk has no room for the lock itself. */
export async function withDotlock<T>(
  machine: Machine,
  path: string,
  work: () => Promise<T>,
  full: 'give up' | 'go on' = 'give up',
): Promise<T> {
  const lock = `${path}.lock`
  const here = queues.get(machine) ?? new Map<string, Serial>()
  queues.set(machine, here)
  const queue = here.get(lock) ?? new Serial()
  here.set(lock, queue)
  const alone = queue.run(() => locked(machine, lock, work, full))
  return alone.finally(() => {
    if (queue.isIdle) here.delete(lock)
  })
}

async function locked<T>(
  machine: Machine,
  lock: string,
  work: () => Promise<T>,
  full: 'give up' | 'go on',
): Promise<T> {
  const taken = await take(machine, lock).catch((error: unknown) => {
    if (full === 'go on' && error instanceof DiskError && error.code === 'ENOSPC') return 'full'
    throw error
  })
  if (taken === 'full') return work()
  try {
    return await work()
  } finally {
    await machine.disk.apply([{ kind: 'remove', path: lock }])
  }
}

async function take(machine: Machine, lock: string): Promise<'taken'> {
  const { disk, clock, name } = machine
  const begun = clock.now()
  const mark = disk.signature?.own ?? `mailscope ${name}\n`
  for (let round = 0; ; round++) {
    try {
      await disk.apply([{ kind: 'write', path: lock, bytes: mark, mode: 0o600, exclusive: true }])
      return 'taken'
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'EEXIST') throw error
    }
    const stat = await disk.stat(lock)
    const old = stat !== null && clock.now() - stat.modified > staleAfter
    const leftOver = stat !== null && stat.size <= longestSignature && (await isNobodys(disk, lock, mark))
    if (old || leftOver) await disk.apply([{ kind: 'remove', path: lock }])
    else if (clock.now() - begun > patience) throw new MailboxError('INUSE', 'Timeout while waiting for lock')
    else if (stat !== null) await clock.sleep(pauses[round] ?? 100)
  }
}

/** Those here who want a lock wait in a queue: one with our own mark that is there is held by nobody. */
async function isNobodys(disk: Disk, lock: string, mark: string): Promise<boolean> {
  const text = await disk.readText(lock).catch(() => '')
  return text === mark || (disk.signature?.hasEnded(text) ?? false)
}
