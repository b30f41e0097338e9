/**
 * UIDVALIDITY of new folders: the time in seconds, and always more than the last one given, so that a folder that is
 * deleted and made again is another. `dovecot-uidvalidity` holds the last, and an empty file repeats it in its name.
 */
import type { Machine } from '#engine/machine.ts'
import type { Change } from '#platform/disk.ts'
import { asMailboxError } from './disk-errors.ts'
import { Serial } from './serial.ts'

export class UidValidity {
  readonly #machine: Machine
  readonly #folder: string
  readonly #serial = new Serial()

  constructor(machine: Machine, folder: string) {
    this.#machine = machine
    this.#folder = folder
  }

  next(): Promise<number> {
    return this.#serial.run(async () => {
      const { disk, clock } = this.#machine
      const path = `${this.#folder}/dovecot-uidvalidity`
      const text = (await disk.stat(path)) === null ? '' : await disk.readText(path)
      const last = /^[0-9a-f]{8}$/.test(text.trim()) ? Number.parseInt(text, 16) : 0
      const next = Math.max(Math.floor(clock.now() / 1000), last + 1)
      const hex = next.toString(16).padStart(8, '0')
      const changes: Change[] = [
        { kind: 'write', path, bytes: hex, mode: 0o600 },
        { kind: 'write', path: `${path}.${hex}`, bytes: '', mode: 0o444 },
      ]
      if (last > 0) changes.push({ kind: 'remove', path: `${path}.${text.trim()}` })
      await disk.apply(changes).catch((error: unknown) => {
        throw asMailboxError(error)
      })
      return next
    })
  }
}
