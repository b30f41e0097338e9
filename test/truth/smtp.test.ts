// Every recorded dialogue with a real Postfix 3.7, played over the lab's own connections: each reply to the letter, and where the mail ended.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SmtpCase, SmtpOutcome } from './smtp-case.ts'
import { SmtpPlayer } from './smtp-player.ts'
import { outcomeOf, startCase } from './smtp-world.ts'

const folder = join(import.meta.dirname, 'cases/smtp')

for (const category of readdirSync(folder).sort()) {
  describe(category, () => {
    for (const name of readdirSync(join(folder, category)).sort()) {
      const recorded = JSON.parse(readFileSync(join(folder, category, name), 'utf8')) as SmtpCase
      test(`${recorded.about} (${recorded.id})`, async () => {
        const lab = await startCase(recorded)
        try {
          const dial = (address: string) => lab.connect(address, recorded.hostname, 25)
          const replies = await new SmtpPlayer(recorded, dial, (milliseconds) =>
            lab.clock.advance(milliseconds),
          ).play()
          await lab.clock.advance(5000)
          const outcome = await outcomeOf(recorded, lab)
          expect(replies).toEqual(recorded.replies)
          expect(comparable(outcome)).toEqual(comparable(recorded.outcome))
          const logged = new Set(outcome.log)
          expect((recorded.outcome.log ?? []).filter((line) => !logged.has(line))).toEqual([])
        } finally {
          await lab.stop()
        }
      })
    }
  })
}

/** Files in a Maildir have no order of their own when they come in one moment. */
function comparable(outcome: SmtpOutcome): object {
  const sorted = <T>(boxes: Readonly<Record<string, readonly T[]>> = {}) =>
    Object.fromEntries(
      Object.entries(boxes).map(([name, mail]) => [
        name,
        [...mail].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      ]),
    )
  const { mailboxes, virtual_mailboxes, relayed = [], queue = [], messages } = outcome
  return {
    mailboxes: sorted(mailboxes),
    virtual: sorted(virtual_mailboxes),
    relayed,
    queue,
    messages: sorted(messages),
  }
}
