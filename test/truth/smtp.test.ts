// Every recorded dialogue with a real Postfix 3.7, played over the lab's own connections: each reply to the letter, and where the mail ended.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { knownDifferences } from './known-differences.ts'
import type { SmtpCase } from './smtp-case.ts'
import { comparable, missingFromLog, playInLab } from './smtp-differences.ts'

const folders = ['cases/smtp', 'recorded/smtp'].map((folder) => join(import.meta.dirname, folder))

for (const folder of folders.filter(existsSync)) {
  for (const category of readdirSync(folder).sort()) {
    describe(category, () => {
      for (const name of readdirSync(join(folder, category)).sort()) {
        const recorded = JSON.parse(readFileSync(join(folder, category, name), 'utf8')) as SmtpCase
        const reason = knownDifferences[recorded.id]
        const title = `${recorded.about} (${recorded.id})${reason === undefined ? '' : `, skipped: ${reason}`}`
        test.skipIf(reason !== undefined)(title, async () => {
          const { replies, outcome } = await playInLab(recorded)
          expect(replies).toEqual(recorded.replies)
          expect(comparable(outcome)).toEqual(comparable(recorded.outcome))
          expect(missingFromLog(recorded.outcome, outcome)).toEqual([])
        })
      }
    })
  }
}

test('no more than two recordings in a hundred are skipped, and each of those is there', () => {
  const cases = folders
    .filter(existsSync)
    .flatMap((folder) =>
      readdirSync(folder).flatMap((category) =>
        readdirSync(join(folder, category)).map((name) => `${category}/${name.replace(/\.json$/, '')}`),
      ),
    )
  const skipped = Object.keys(knownDifferences)
  expect(skipped.filter((id) => !cases.includes(id))).toEqual([])
  expect(skipped.length).toBeLessThanOrEqual(cases.length * 0.02)
})
