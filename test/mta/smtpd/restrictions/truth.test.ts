/** Dialogues recorded from a real Postfix whose replies its tables and restriction lists decide. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { caseSasl } from '../sasl.ts'
import { startCaseHost, type CaseHost } from './host.ts'
import type { TraceFact } from '#trace/events.ts'
import type { SmtpCase } from '../../../truth/smtp-case.ts'
import { SmtpPlayer } from '../../../truth/smtp-player.ts'

const folder = new URL('../../../truth/cases/smtp/', import.meta.url)

/** Answers that only a queue, or cleanup, can give; or a log that names a queue file opened at MAIL. */
const needsTheQueue =
  /^restrictions\/(?:unverified-recipient|delay-open-until-rcpt)$|^rewriting\/header-checks-/

function cases(category: string): readonly SmtpCase[] {
  return readdirSync(new URL(`${category}/`, folder))
    .map((file) => JSON.parse(readFileSync(new URL(`${category}/${file}`, folder), 'utf8')) as SmtpCase)
    .filter(({ id }) => !needsTheQueue.test(id))
}

/** `smtpd: NOQUEUE: reject: RCPT from …`: what the log says of decisions. */
const recordedDecisions = ({ outcome }: SmtpCase): readonly string[] =>
  (outcome.log ?? []).filter((line) => line.startsWith('smtpd: ')).map((line) => line.slice('smtpd: '.length))

const decisionsIn = (facts: readonly TraceFact[]): readonly string[] =>
  facts
    .flatMap((fact) =>
      fact.type === 'daemon.logged' && fact.daemon === 'smtpd'
        ? [fact.queueId === undefined ? fact.text : `${fact.queueId}: ${fact.text}`]
        : [],
    )
    .filter((text) =>
      /^\w+: (?:reject|reject_warning|warn|info|hold|discard|redirect|filter|bcc): /.test(text),
    )
    .map((text) => text.replace(/^[0-9A-F]{6,}:/, '{QUEUEID}:'))

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
          users: Object.keys(recorded.accounts),
          sasl: (machine) => caseSasl(recorded, machine),
        })
        const { dial, advance } = host
        const player = new SmtpPlayer(recorded, dial, advance)
        expect(await player.play()).toEqual(recorded.replies)
        expect(decisionsIn(host.facts)).toEqual(recordedDecisions(recorded))
        expect(decisionsIn(host.facts)).toEqual(recordedDecisions(recorded))
      },
    )
  })
}
