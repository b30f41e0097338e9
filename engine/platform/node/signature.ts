/**
 * How this program signs its lock files, so that Dovecot and others see at once that it has ended, and how it sees that
 * of them: a process of this computer that is no more.
 */
import { hostname } from 'node:os'
import type { Signature } from '#platform/disk.ts'

export const signature: Signature = {
  own: `${process.pid}:${hostname()}`,
  hasEnded(text) {
    const [, pid, host] = /^(\d{1,10}):(\S+)\s*$/.exec(text) ?? []
    if (host !== hostname() || Number(pid) <= 0) return false
    try {
      process.kill(Number(pid), 0)
      return false
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ESRCH'
    }
  },
}
