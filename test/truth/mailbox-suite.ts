/** Turns a folder of recorded cases into tests: every case runs, but for those on a list that says why not. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MailboxCase } from './mailbox-case.ts'
import { recordedLog, writtenLog } from './mailbox-log.ts'
import { playMailboxCase, type CaseDaemons } from './mailbox-runner.ts'

/** The collection that came with the project, and what was recorded beside it. */
const collections = ['cases/mailbox', 'recorded/mailbox'].map((folder) => join(import.meta.dirname, folder))

/**
 * `skipped`: id → reason. Replies and outcome are compared to the letter; `ordered` puts into one order what a server may
 * send in any, `outcomeAs` leaves out what no client can see.
 */
export function replayMailboxCases(
  protocol: string,
  daemons: CaseDaemons,
  skipped: Readonly<Record<string, string>> = {},
  ordered: (reply: readonly string[]) => readonly string[] = (reply) => reply,
  outcomeAs: (outcome: unknown, id: string) => unknown = (outcome) => outcome,
): void {
  for (const folder of collections.map((collection) => join(collection, protocol)).filter(existsSync)) {
    for (const category of readdirSync(folder).sort()) {
      describe(category, () => {
        for (const name of readdirSync(join(folder, category)).sort()) {
          const recorded = JSON.parse(readFileSync(join(folder, category, name), 'utf8')) as MailboxCase
          if (recorded.id in skipped) continue
          test(`${recorded.about} (${recorded.id})`, async () => {
            const { replies, outcome, facts } = await playMailboxCase(recorded, daemons)
            expect(facts.filter(({ type }) => type === 'engine.fault')).toEqual([])
            expect(replies.map(ordered)).toEqual(recorded.replies.map(ordered))
            expect(outcomeAs(outcome, recorded.id)).toEqual(outcomeAs(recorded.outcome, recorded.id))
            if (recorded.log) expect(writtenLog(facts)).toEqual(recordedLog(recorded.log))
          })
        }
      })
    }
  }
}
