/** Passwords for `doveadm pw`: how they are stored, and whether one is that of a stored one. */
import type { Machine } from '#engine/machine.ts'
import { makeStored, MakingError, schemeNames } from './make-stored.ts'
import { checkStored } from './schemes.ts'

export const passwordsOf = ({ random }: Pick<Machine, 'random'>) => ({
  schemes: schemeNames,
  stored(scheme: string, password: string, options: { user: string; rounds: number | null }) {
    try {
      return makeStored(scheme, { ...options, password, random: (count) => random.bytes(count) })
    } catch (error) {
      if (error instanceof MakingError) return { problem: error.message }
      throw error
    }
  },
  isStored(password: string, stored: string, user: string) {
    const checked = checkStored(password, stored, 'CRYPT', user)
    return checked.kind === 'bad' ? { at: checked.at, problem: checked.problem } : checked.kind === 'ok'
  },
})
