/** The charts that run in the engine, and the place of a session in one of them. The same object, not a drawing of it. */
import { initialTransition, transition, type AnyMachineSnapshot, type AnyStateMachine } from 'xstate'
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import { legalVerbs, stateName } from '#protocol/chart.ts'
import type { SessionView } from '#trace/world.ts'

export type Chart = {
  readonly machine: AnyStateMachine
  readonly start: AnyMachineSnapshot
  readonly verbs: readonly string[]
  /** The states that a session usually goes through: drawn from left to right. */
  readonly road: readonly string[]
}

const smtpVerbs = [
  'EHLO',
  'HELO',
  'LHLO',
  'STARTTLS',
  'AUTH',
  'MAIL',
  'RCPT',
  'DATA',
  'BDAT',
  'RSET',
  'VRFY',
  'HELP',
  'NOOP',
  'ETRN',
  'QUIT',
]

export function chartOf(session: SessionView): Chart | null {
  switch (session.daemon) {
    case 'smtpd':
    case 'lmtpd':
    case 'peer': {
      const protocol = session.daemon === 'lmtpd' ? 'lmtp' : 'smtp'
      const input = { protocol, greeting: protocol === 'lmtp' ? 'required' : 'optional' } as const
      return {
        machine: smtpSession,
        start: initialTransition(smtpSession, input)[0] as AnyMachineSnapshot,
        verbs: smtpVerbs,
        road: ['connected', 'ready', 'mail', 'recipients', 'data'],
      }
    }
    default:
      return null
  }
}

/** The chart stepped through what the session did, as the engine stepped it: by accepted commands only. */
export function snapshotOf(session: SessionView, chart: Chart): AnyMachineSnapshot {
  let snapshot = chart.start
  const step = (type: string) => {
    if (snapshot.can({ type }))
      snapshot = transition(chart.machine, snapshot, { type })[0] as AnyMachineSnapshot
  }
  for (const exchange of session.exchanges) {
    const accepted = exchange.replies.some(({ reply }) => /^(?:[23]|\+)/.test(reply.code))
    const verb = exchange.command?.verb.toUpperCase()
    if (verb !== undefined && accepted) step(verb)
    if (exchange.data !== null) step('end-of-data')
    if (verb === 'AUTH' || (verb === undefined && stateName(snapshot) === 'auth'))
      authenticated(exchange.replies.map(({ reply }) => reply.code))
    if (exchange.command === null && exchange.data === null && stateName(snapshot) === 'tls')
      step('tls-established')
    // The engine's word is the last one: what it says the state is, is so.
    if (verb !== undefined && stateName(snapshot) === 'tls' && session.tls !== null) step('tls-established')
  }
  return snapshot

  function authenticated(codes: readonly string[]): void {
    if (codes.includes('235')) step('authenticated')
    else if (codes.some((code) => code.startsWith('5') || code.startsWith('4'))) step('not-authenticated')
  }
}

/** The verbs that may come next; null when the protocol's chart is not known here. */
export function verbsNow(session: SessionView): readonly string[] | null {
  const chart = chartOf(session)
  return chart === null ? null : legalVerbs(snapshotOf(session, chart), chart.verbs)
}
