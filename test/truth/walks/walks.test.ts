// Every dialogue that was recorded with a real server is a walk of our charts, and what came out of order there the charts refuse, too.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { initialTransition, transition } from 'xstate'
import type { AnyStateMachine } from 'xstate'
import { imapSession } from '#protocol/imap/session.machine.ts'
import { lmtpSession } from '#protocol/lmtp/session.machine.ts'
import { pop3Session } from '#protocol/pop3/session.machine.ts'
import { manageSieveSession } from '#protocol/sieve/managesieve.machine.ts'
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import type { SmtpCase } from '../smtp-case.ts'
import type { MailboxCase } from '../mailbox-case.ts'
import { mailboxWalks } from './mailbox-walk.ts'
import { smtpWalks } from './smtp-walk.ts'

function recordings(...folder: readonly string[]): readonly unknown[] {
  return ['cases', 'recorded'].flatMap((collection) => {
    const root = join(import.meta.dirname, '..', collection, ...folder)
    if (!existsSync(root)) return []
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name): unknown => JSON.parse(readFileSync(join(root, name), 'utf8')))
  })
}

type Walked = { readonly type: string; readonly verb?: string }

/** Takes each step; what was refused, the chart must refuse, too. */
function follow(chart: AnyStateMachine, input: unknown, walked: readonly Walked[], id: string): void {
  let [at] = initialTransition(chart, input as never)
  for (const [i, step] of walked.entries()) {
    const so = [id, ...walked.slice(0, i + 1).map(({ type }) => type)]
    const { type, verb } = step
    if (verb === undefined) {
      expect([...so, at.can({ type })]).toEqual([...so, true])
      ;[at] = transition(chart, at, { type })
    } else expect([...so, verb, at.can({ type: verb })]).toEqual([...so, verb, false])
  }
}

/** Where commands are changed before they are read, or mean nothing, the bytes tell nothing. */
const isPlain = ({ main_cf }: SmtpCase) => !main_cf.some((line) => /noop_commands|command_filter/.test(line))

describe('every recorded dialogue is a walk of the chart', () => {
  test('SMTP', () => {
    const cases = (recordings('smtp') as readonly SmtpCase[]).filter(isPlain)
    let steps = 0
    for (const recorded of cases) {
      const required = recorded.main_cf.some((line) => /smtpd_helo_required *= *yes/.test(line))
      const input = { protocol: 'smtp', greeting: required ? 'required' : 'optional' }
      for (const walked of smtpWalks(recorded)) {
        follow(smtpSession, input, walked, recorded.id)
        steps += walked.length
      }
    }
    expect(cases.length).toBeGreaterThan(300)
    expect(steps).toBeGreaterThan(2000)
  })

  const charts = { pop3: pop3Session, imap: imapSession, lmtp: lmtpSession, sieve: manageSieveSession }

  test('POP3, IMAP, LMTP and ManageSieve', () => {
    const steps = { pop3: 0, imap: 0, lmtp: 0, sieve: 0 }
    for (const recorded of recordings('mailbox') as readonly MailboxCase[]) {
      for (const { protocol, steps: walked } of mailboxWalks(recorded)) {
        follow(charts[protocol], undefined, walked, recorded.id)
        steps[protocol] += walked.length
      }
    }
    expect(Math.min(...Object.values(steps))).toBeGreaterThan(100)
  })
})
