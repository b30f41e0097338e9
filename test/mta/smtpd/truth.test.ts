/**
 * Dialogues recorded from a real Postfix, as far as smtpd alone decides them: where a case needs tables, policy or
 * delivery, only the replies up to there would differ, so it is left to the whole lab's replay.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { caseSasl } from './sasl.ts'
import { startHost } from './host.ts'
import type { TestHost } from './host.ts'
import type { SmtpCase } from '../../truth/smtp-case.ts'
import { SmtpPlayer } from '../../truth/smtp-player.ts'

const folder = new URL('../../truth/cases/smtp/', import.meta.url)

/** Cases in which the answer is the address rewriter's or a restriction's. */
const needsTheWholeLab = /User unknown|Relay access denied|Recipient address rejected|not owned by/

function cases(category: string): readonly SmtpCase[] {
  return readdirSync(new URL(`${category}/`, folder))
    .map((file) => JSON.parse(readFileSync(new URL(`${category}/${file}`, folder), 'utf8')) as SmtpCase)
    .filter(({ replies }) => !needsTheWholeLab.test(JSON.stringify(replies)))
}

let host: TestHost | null = null
afterEach(() => host?.close())

for (const category of ['session', 'ehlo', 'limits', 'pipelining', 'data', 'parameters', 'tls', 'sasl']) {
  describe(category, () => {
    test.each(cases(category).map((recorded) => [recorded.id, recorded] as const))(
      '%s',
      async (_id, recorded) => {
        host = await startHost({
          hostname: recorded.hostname,
          mainCf: [
            ...recorded.main_cf,
            ...(recorded.sasl === 'dovecot' ? ['smtpd_sasl_type = dovecot'] : []),
          ],
          sasl: (machine) => caseSasl(recorded, machine),
        })
        const { dial, clock } = host
        const player = new SmtpPlayer(recorded, dial, (milliseconds) => clock.advance(milliseconds))
        expect(await player.play()).toEqual(recorded.replies)
      },
    )
  })
}
