/** Dialogues recorded from a real Postfix: smtpd with its restriction lists must give every reply to the letter. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { caseSasl } from './sasl.ts'
import { startHost } from './host.ts'
import type { TestHost } from './host.ts'
import type { SmtpCase } from '../../truth/smtp-case.ts'
import { SmtpPlayer } from '../../truth/smtp-player.ts'

const truth = new URL('../../truth/cases/smtp/', import.meta.url)
/** More of the same: errors in every command, asked of a real Postfix while this smtpd was written. */
const own = new URL('./cases/', import.meta.url)

function cases(folder: URL, category: string): readonly SmtpCase[] {
  return readdirSync(new URL(`${category}/`, folder)).map(
    (file) => JSON.parse(readFileSync(new URL(`${category}/${file}`, folder), 'utf8')) as SmtpCase,
  )
}

let host: TestHost | null = null
afterEach(() => host?.close())

const categories = ['session', 'ehlo', 'limits', 'pipelining', 'data', 'parameters', 'tls', 'sasl'] as const

for (const [folder, category] of [
  ...categories.map((name) => [truth, name] as const),
  [own, 'recorded'] as const,
]) {
  describe(category, () => {
    test.each(cases(folder, category).map((recorded) => [recorded.id, recorded] as const))(
      '%s',
      async (_id, recorded) => {
        host = await startHost({
          hostname: recorded.hostname,
          mainCf: [
            ...recorded.main_cf,
            ...(recorded.sasl === 'dovecot' ? ['smtpd_sasl_type = dovecot'] : []),
          ],
          users: Object.keys(recorded.accounts),
          ...(recorded.zone ? { zone: recorded.zone.join('\n') } : {}),
          sasl: (machine) => caseSasl(recorded, machine),
        })
        const playing = host
        const dial = (address: string) => playing.dial(address)
        const player = new SmtpPlayer(recorded, dial, (milliseconds) => playing.clock.advance(milliseconds))
        expect(await player.play()).toEqual(recorded.replies)
      },
    )
  })
}
