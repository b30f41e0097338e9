/**
 * `mbox.lock`: whoever makes it may write to the mbox, and removes it after. One that is old was left by a program that
 * died.
 *
 * Dovecot 2.3: mbox_write_locks = dotlock, mbox_dotlock_change_timeout.
 */
import type { Machine } from '#engine/machine.ts'
import { DiskError } from '#platform/disk.ts'
import { MailboxError } from '../mail-store.ts'

const staleAfter = 2 * 60_000
const patience = 5 * 60_000
const pause = 100

export async function withDotlock<T>(machine: Machine, path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`
  const { disk, clock } = machine
  const begun = clock.now()
  for (;;) {
    try {
      await disk.apply([
        { kind: 'write', path: lock, bytes: `${machine.name}\n`, mode: 0o600, exclusive: true },
      ])
      break
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'EEXIST') throw error
      const stat = await disk.stat(lock)
      if (stat !== null && clock.now() - stat.modified > staleAfter)
        await disk.apply([{ kind: 'remove', path: lock }])
      else if (clock.now() - begun > patience)
        throw new MailboxError('INUSE', 'Timeout while waiting for lock')
      else await clock.sleep(pause)
    }
  }
  try {
    return await work()
  } finally {
    await disk.apply([{ kind: 'remove', path: lock }])
  }
}
