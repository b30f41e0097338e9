/**
 * The filter between LMTP and the mailbox: runs the Sieve scripts of whoever gets the letter, and does what they decide.
 *
 * RFC 5228; Pigeonhole 0.5: `mail_plugins = sieve`, sieve_before, sieve_after, sieve_default.
 * Next: engine/mda/filter/carry-out.ts
 */
import type { Machine } from '#engine/machine.ts'
import { MailboxError } from '#mailbox/mail-store.ts'
import { scriptPlaces, type ScriptPlaces } from '#mailbox/scripts/places.ts'
import { ScriptShelf } from '#mailbox/scripts/shelf.ts'
import type { Action } from '#protocol/sieve/actions.ts'
import { runSieve, type SieveResult } from '#protocol/sieve/interpreter.ts'
import type { Delivery, DeliveryOutcome, Filter } from '../delivery.ts'
import { carryOut, type Decided } from './carry-out.ts'
import { Duplicates } from './duplicates.ts'
import type { Post } from './outgoing.ts'

import { UserLog } from './user-log.ts'
import { sieveWorld } from './world.ts'

export type SieveFilterOptions = {
  readonly machine: Machine
  /** How the letters leave that scripts send: vacation, redirect, reject, notify. */
  readonly post: Post
  /** Where a user's files are; the home of the system's user when not given. Null: no such user. */
  readonly home?: (user: string) => Promise<string | null>
}

export function createSieveFilter({ machine, post, home }: SieveFilterOptions): Filter {
  const shelf = new ScriptShelf(machine.disk)
  const homeOf = home ?? (async (user: string) => (await machine.user(user))?.home ?? null)
  return async (delivery) => {
    if (!delivery.settings.list('mail_plugins').includes('sieve')) return { kind: 'keep' }
    const folder = await homeOf(delivery.user)
    if (folder === null) return { kind: 'keep' }
    return new Filtering({ machine, post, shelf, delivery, home: folder }).run()
  }
}

type FilteringParts = {
  readonly machine: Machine
  readonly post: Post
  readonly shelf: ScriptShelf
  readonly delivery: Delivery
  readonly home: string
}

/** One letter for one user. */
class Filtering {
  readonly #parts: FilteringParts
  readonly #places: ScriptPlaces
  readonly #log: UserLog
  #serial = 0

  constructor(parts: FilteringParts) {
    const { machine, delivery, home } = parts
    this.#parts = parts
    this.#places = scriptPlaces(delivery.settings, { name: delivery.user, home })
    const path = delivery.settings.plugin('sieve_user_log') ?? `${this.#places.active}.log`
    this.#log = new UserLog(machine.disk, path.replace(/^~(?=\/)/, home), machine.clock.now())
  }

  async run(): Promise<DeliveryOutcome> {
    try {
      return await this.#run()
    } finally {
      await this.#log.write()
    }
  }

  async #run(): Promise<DeliveryOutcome> {
    const { machine, delivery, home } = this.#parts
    const duplicates = new Duplicates(machine.disk, home, delivery.user)
    let actions: readonly Action[] = []
    let last: SieveResult | null = null
    for (const path of await this.#paths()) {
      const script = await this.#parts.shelf.load(path, this.#places, delivery.settings)
      if (script.kind === 'absent') continue
      for (const line of script.lines) this.#log.add(line)
      if (script.kind === 'broken') {
        const more =
          script.lines.length > 0 ? ` (view user logfile \`${this.#log.path}' for more information)` : ''
        this.#logged(`sieve: Failed to compile script \`${path}'${more}`)
        await this.#carryOut({ actions: [], flags: [], header: null }, duplicates)
        return { kind: 'done' }
      }
      last = await runSieve(script.program, sieveWorld(machine, delivery, duplicates))
      this.#tell(last)
      // Of a script that another follows the keep means: let the next one decide.
      actions = [...actions.filter((action) => !isKeep(action)), ...last.actions]
      if (last.outcome === 'failed' || last.actions.some((action) => !isKeep(action) && cancels(action)))
        break
    }
    if (last === null) return { kind: 'keep' }
    await this.#carryOut({ actions, flags: last.flags, header: last.header }, duplicates)
    if (this.#log.hasErrors) this.#execution('failed, but implicit keep was successful')
    return { kind: 'done' }
  }

  async #carryOut(decided: Decided, duplicates: Duplicates): Promise<void> {
    const { machine, delivery, post } = this.#parts
    try {
      await carryOut(decided, {
        delivery,
        post,
        duplicates,
        userLog: this.#log,
        outgoing: () => ({ machine, delivery, serial: ++this.#serial }),
        logged: (text) => this.#logged(text),
      })
    } catch (error) {
      if (error instanceof MailboxError) this.#execution('failed with unsuccessful implicit keep')
      throw error
    }
  }

  #execution(how: string): void {
    const more = this.#log.isWritten ? ` (user logfile ${this.#log.path} may reveal additional details)` : ''
    this.#logged(`sieve: Execution of script ${this.#places.active} ${how}${more}`)
  }

  async #paths(): Promise<readonly string[]> {
    const { before, after, active, standard } = this.#places
    const { disk } = this.#parts.machine
    const own = (await disk.stat(active)) === null && standard !== null ? standard : active
    return [...before, own, ...after]
  }

  #tell(result: SieveResult): void {
    const { machine, delivery } = this.#parts
    const { session, user } = delivery
    for (const step of result.steps) machine.emit({ type: 'sieve.step', session, user, ...step })
    for (const { severity, at, text } of result.log) {
      this.#log.add(`${at === null ? '' : `${at.script}: line ${at.line}: `}${severity}: ${text}.`)
    }
  }

  #logged(text: string): void {
    this.#parts.delivery.log(text)
  }
}

const isKeep = (action: Action): boolean => action.kind === 'store' && action.by === 'keep'

const cancels = (action: Action): boolean =>
  action.kind === 'discard' ||
  action.kind === 'reject' ||
  ((action.kind === 'store' || action.kind === 'redirect') && !action.copy)
