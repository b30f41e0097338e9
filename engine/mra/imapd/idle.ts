/**
 * IDLE: the client listens, and hears what happens in its mailbox as it happens, until it says DONE.
 *
 * RFC 2177.
 */
import type { Wire, WireLine } from '#engine/wire.ts'
import type { Clock } from '#platform/clock.ts'
import type { Account } from './account.ts'
import { notifyDelay } from './notify-delay.ts'

export type IdleParts = {
  readonly account: Account
  readonly wire: Wire
  readonly clock: Clock
  readonly send: (text: string) => Promise<void>
  /** How often the client hears that somebody is there. */
  readonly interval: number
}

const longestLine = 8192

/** `broken`: the mailbox is gone, and the session cannot go on. */
export type IdleEnd = WireLine | { readonly kind: 'broken'; readonly reason: string }

export async function idle({ account, wire, clock, send, interval }: IdleParts): Promise<IdleEnd> {
  await send('+ idling\r\n')
  const line = wire.line(longestLine, Infinity)
  const heart = { still: false }
  let timer = beat()
  await tell()
  for (;;) {
    const lost = brokenBy(account)
    if (lost !== null) {
      timer.cancel()
      return lost
    }
    const first = await Promise.race([line, account.changed.wait()])
    if (first !== undefined) {
      timer.cancel()
      // What happened while the client was saying DONE.
      if (first.kind === 'line') await tell()
      return (first.kind === 'line' ? brokenBy(account) : null) ?? first
    }
    account.changed.heard()
    if (heart.still) {
      heart.still = false
      timer = beat()
      await send('* OK Still here\r\n')
    }
    const due = clock.sleep(notifyDelay)
    const ended = await Promise.race([line, due])
    if (ended === undefined) await tell()
  }

  function beat() {
    return clock.after(interval, () => {
      heart.still = true
      account.changed.wake()
    })
  }

  async function tell(): Promise<void> {
    if (account.broken !== null) return
    const news = account.notifications.active ? await account.notifications.others() : ''
    const { text, code } = await account.sync('tell', 'sequence')
    const highest = code === null ? '' : `* OK [${code}] Highest\r\n`
    if (news + text + highest !== '') await send(news + text + highest)
  }
}

const brokenBy = ({ broken }: Account): IdleEnd | null =>
  broken === null ? null : { kind: 'broken', reason: broken.reason }
