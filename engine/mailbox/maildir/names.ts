/**
 * Names for new files of a Maildir, none given out twice: `<seconds>.M<microseconds>P<process>.<host>`.
 *
 * maildir(5), "Unique names".
 */
import type { Machine } from '#engine/machine.ts'

export class BaseNames {
  readonly #machine: Machine
  readonly #process: number
  #last = 0

  constructor(machine: Machine) {
    this.#machine = machine
    this.#process = machine.next('process')
  }

  /** `taken`: a name that is there already, from an earlier life of this process number. */
  next(sizes: { readonly stored: number; readonly wire: number }, taken: (base: string) => boolean): string {
    for (;;) {
      // The clock of a lab may stand still; microseconds go on all the same.
      this.#last = Math.max(this.#last + 1, Math.floor(this.#machine.clock.now()) * 1000)
      const seconds = Math.floor(this.#last / 1_000_000)
      const host = this.#machine.name.replaceAll('/', '\\057').replaceAll(':', '\\072')
      const unique = `${seconds}.M${this.#last % 1_000_000}P${this.#process}.${host}`
      const base = `${unique},S=${sizes.stored},W=${sizes.wire}`
      if (!taken(base)) return base
    }
  }

  /** A copy of a file that has a namesake gets a name of its own, with sizes in it if that had them. */
  instead(base: string, taken: (base: string) => boolean): string {
    const sizes = /,S=(\d+),W=(\d+)/.exec(base)
    const next = this.next({ stored: Number(sizes?.[1] ?? 0), wire: Number(sizes?.[2] ?? 0) }, taken)
    return sizes === null ? next.replace(/,S=.*$/, '') : next
  }
}
