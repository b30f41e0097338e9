/** Dialogues recorded from a real Postfix whose replies its tables and restriction lists decide. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { caseSasl } from '../sasl.ts'
import { startCaseHost, type CaseHost } from './host.ts'
import type { SmtpCase } from '../../../truth/smtp-case.ts'
import { SmtpPlayer } from '../../../truth/smtp-player.ts'

const folder = new URL('../../../truth/cases/smtp/', import.meta.url)

/** Answers that only a queue, or cleanup, can give. */
const needsTheQueue = /^restrictions\/unverified-recipient$|^rewriting\/header-checks-/

function cases(category: string): readonly SmtpCase[] {
  return readdirSync(new URL(`${category}/`, folder))
    .map((file) => JSON.parse(readFileSync(new URL(`${category}/${file}`, folder), 'utf8')) as SmtpCase)
    .filter(({ id }) => !needsTheQueue.test(id))
}

let host: CaseHost | null = null
afterEach(() => host?.close())

for (const category of ['access', 'restrictions', 'relay', 'virtual', 'rewriting', 'aliases']) {
  describe(category, () => {
    test.each(cases(category).map((recorded) => [recorded.id, recorded] as const))(
      '%s',
      async (_id, recorded) => {
        host = await startCaseHost({
          ...recorded,
          main_cf: [
            ...recorded.main_cf,
            ...(recorded.sasl === 'dovecot' ? ['smtpd_sasl_type = dovecot'] : []),
          ],
          users: Object.keys(recorded.accounts ?? {}),
          sasl: (machine) => caseSasl(recorded, machine),
        })
        const { dial, advance } = host
        const player = new SmtpPlayer(recorded, dial, advance)
        expect(await player.play()).toEqual(recorded.replies)
      },
    )
  })
}
