// Every recorded dialogue with a real Postfix 3.7, played over the lab's own connections: each reply to the letter, and where the mail ended.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SmtpCase } from './smtp-case.ts'
import { comparable, missingFromLog, playInLab } from './smtp-differences.ts'

const folders = ['cases/smtp', 'recorded/smtp'].map((folder) => join(import.meta.dirname, folder))

for (const folder of folders.filter(existsSync)) {
  for (const category of readdirSync(folder).sort()) {
    describe(category, () => {
      for (const name of readdirSync(join(folder, category)).sort()) {
        const recorded = JSON.parse(readFileSync(join(folder, category, name), 'utf8')) as SmtpCase
        test(`${recorded.about} (${recorded.id})`, async () => {
          const { replies, outcome } = await playInLab(recorded)
          expect(replies).toEqual(recorded.replies)
          expect(comparable(outcome)).toEqual(comparable(recorded.outcome))
          expect(missingFromLog(recorded.outcome, outcome)).toEqual([])
        })
      }
    })
  }
}
