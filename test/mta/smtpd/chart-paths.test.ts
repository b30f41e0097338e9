// Every way through the chart that xstate finds is played against smtpd: it goes where the chart says, and refuses what the chart does not take.
import { afterEach, describe, expect, test } from 'vitest'
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import { isSession } from '#trace/events.ts'
import { changes, chartPaths } from '../../protocol/chart-paths.ts'
import type { ChartPath } from '../../protocol/chart-paths.ts'
import type { SmtpCase, SmtpStep } from '../../truth/smtp-case.ts'
import { SmtpPlayer } from '../../truth/smtp-player.ts'
import { dialogueOf, lines } from './path-dialogue.ts'
import { startHost } from './host.ts'
import type { TestHost } from './host.ts'
import { caseSasl } from './sasl.ts'

let host: TestHost
afterEach(() => {
  host.close()
})

async function open(greeting: 'required' | 'optional'): Promise<void> {
  const main_cf = [
    'mydestination = example.com',
    'message_size_limit = 1500',
    'fast_flush_domains = example.com',
    'smtpd_tls_security_level = may',
    'smtpd_sasl_auth_enable = yes',
    'smtpd_authorized_xclient_hosts = 127.0.0.0/8',
    'smtpd_authorized_xforward_hosts = 127.0.0.0/8',
    'smtpd_hard_error_limit = 1000',
    'smtpd_soft_error_limit = 1000',
    'smtpd_client_connection_count_limit = 0',
    `smtpd_helo_required = ${greeting === 'required' ? 'yes' : 'no'}`,
  ]
  host = await startHost({
    users: ['bob'],
    mainCf: main_cf,
    sasl: (machine) =>
      caseSasl(
        { main_cf, accounts: { bob: 'builder' }, hostname: 'mail.example.com' } as unknown as SmtpCase,
        machine,
      ),
  })
}

/** All at once, each from an address of its own, by which its session is known. */
async function playAll(dialogues: readonly (readonly SmtpStep[])[]) {
  const addressOf = (i: number) => `127.1.${i >> 8}.${i & 255}`
  const replies = await Promise.all(
    dialogues.map((dialogue, i) => {
      const recorded = {
        dialogue,
        client_ip: addressOf(i),
        hostname: 'mail.example.com',
      } as unknown as SmtpCase
      const dial = (address: string) => host.dial(address)
      return new SmtpPlayer(recorded, dial, (milliseconds) => host.clock.advance(milliseconds)).play()
    }),
  )
  const closed = () => host.facts.filter((fact) => isSession(fact, 'closed')).length
  for (let i = 0; i < 1000 && closed() < dialogues.length; i++)
    await new Promise((resolve) => setImmediate(resolve))
  const sessions = new Map<string, string>()
  const states = new Map<string, string[]>()
  for (const fact of host.facts) {
    if (isSession(fact, 'opened')) sessions.set(fact.client.address, fact.session)
    if (isSession(fact, 'state')) states.set(fact.session, [...(states.get(fact.session) ?? []), fact.to])
  }
  return dialogues.map((_, i) => ({
    replies: (replies[i] ?? []).slice(1).map((reply) => reply.at(-1) ?? ''),
    states: states.get(sessions.get(addressOf(i)) ?? '') ?? [],
  }))
}

const verbs = 'HELO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY ETRN QUIT STARTTLS AUTH XCLIENT XFORWARD'.split(
  ' ',
)
/** Postfix reads them as commands wherever a command may come. */
const isCommandPlace = ({ states }: ChartPath) =>
  !['data', 'chunk', 'auth', 'tls', 'closed'].includes(states.at(-1) ?? '')

for (const greeting of ['optional', 'required'] as const) {
  describe(`a greeting that is ${greeting}`, () => {
    const paths = chartPaths(smtpSession, {
      input: { protocol: 'smtp', greeting },
      kind: ({ greeted, authenticated }) => `${String(greeted)} ${String(authenticated)}`,
    })

    test('every way through the chart is the way of the session', { timeout: 20_000 }, async () => {
      await open(greeting)
      expect(paths.length).toBeGreaterThan(150)
      const played = await playAll(paths.map(({ events }) => dialogueOf(events)))
      for (const [i, { events, states }] of paths.entries()) {
        const told = { events, states: played[i]?.states }
        expect(told).toEqual({ events, states: changes('connected', states, 'closed') })
      }
      expect(host.said('engine.fault')).toEqual([])
    })

    test('what the chart does not take is refused, and leads nowhere', { timeout: 20_000 }, async () => {
      await open(greeting)
      const places = paths
        .filter(isCommandPlace)
        .map((path) => ({ ...path, early: verbs.filter((verb) => path.forbidden.includes(verb)) }))
      const played = await playAll(
        places.map(({ events, early }) => [
          ...dialogueOf(events),
          ...early.map((verb): SmtpStep => ({ send: verb === 'BDAT' ? 'BDAT 0' : (lines[verb] ?? verb) })),
        ]),
      )
      for (const [i, { events, states, early }] of places.entries()) {
        const { replies = [], states: told } = played[i] ?? {}
        const answers = early.map((verb, at) => [verb, replies.slice(-early.length)[at]?.slice(0, 1)])
        expect([events, answers]).toEqual([events, early.map((verb) => [verb, '5'])])
        // A refused BDAT leads somewhere: what follows it is no command.
        if (!early.includes('BDAT')) expect(told).toEqual(changes('connected', states, 'closed'))
      }
    })
  })
}
