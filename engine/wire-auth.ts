/** What the login processes of Dovecot say when auth itself is in trouble. */
import type { Machine } from './machine.ts'

/** An administrator finds the place in the log by it. */
export function temporaryFailure({ name, clock }: Pick<Machine, 'name' | 'clock'>): string {
  const stamp = new Date(clock.now()).toISOString().slice(0, 19).replace('T', ' ')
  return `Temporary authentication failure. [${name}:${stamp}]`
}

/** Auth cannot start: nobody can log in, and no client is kept waiting. */
export const authBroken = 'Auth process broken'
