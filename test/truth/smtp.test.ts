// Every recorded dialogue with a real Postfix 3.7, played over the lab's own connections: each reply to the letter, and where the mail ended.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SmtpCase } from './smtp-case.ts'
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
          const replies = await new SmtpPlayer(recorded, dial, (milliseconds) => lab.clock.advance(milliseconds)).play()
          await lab.clock.advance(5000)
          const outcome = await outcomeOf(recorded, lab)
          expect(replies).toEqual(recorded.replies)
          const { mailboxes = {}, relayed = [], queue = [] } = recorded.outcome
          expect({ mailboxes: outcome.mailboxes, relayed: outcome.relayed ?? [], queue: outcome.queue }).toEqual({ mailboxes, relayed, queue })
        } finally {
          await lab.stop()
        }
      })
    }
  })
}
