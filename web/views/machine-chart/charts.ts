/** The charts that run in the engine, and the place of a session in one of them. The same object, not a drawing of it. */
import { initialTransition, type AnyMachineSnapshot, type AnyStateMachine, type StateValue } from 'xstate'
import { describe, legalVerbs } from '#protocol/chart.ts'
import { imapNames } from '#protocol/imap/commands/index.ts'
import { imapSession } from '#protocol/imap/session.machine.ts'
import { pop3Session } from '#protocol/pop3/session.machine.ts'
import { manageSieveSession } from '#protocol/sieve/managesieve.machine.ts'
import { smtpSession } from '#protocol/smtp/session.machine.ts'
import type { SessionView } from '#trace/world.ts'

export type Chart = {
  readonly machine: AnyStateMachine
  readonly start: AnyMachineSnapshot
  readonly verbs: readonly string[]
  /** The states that a session usually goes through: drawn from left to right. */
  readonly road: readonly string[]
}

const smtpVerbs = [
  ...['EHLO', 'HELO', 'LHLO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'BDAT'],
  ...['RSET', 'VRFY', 'HELP', 'NOOP', 'ETRN', 'QUIT'],
]
const pop3Verbs = [
  ...['CAPA', 'STLS', 'USER', 'PASS', 'APOP', 'AUTH', 'STAT', 'LIST', 'UIDL', 'RETR', 'TOP', 'DELE'],
  ...['RSET', 'NOOP', 'QUIT'],
]

const sieveVerbs = [
  ...['CAPABILITY', 'STARTTLS', 'AUTHENTICATE', 'HAVESPACE', 'PUTSCRIPT', 'LISTSCRIPTS', 'SETACTIVE'],
  ...['GETSCRIPT', 'DELETESCRIPT', 'RENAMESCRIPT', 'CHECKSCRIPT', 'NOOP', 'LOGOUT'],
]

export function chartOf({ daemon }: SessionView): Chart | null {
  switch (daemon) {
    case 'smtpd':
    case 'lmtpd':
    case 'peer': {
      const lmtp = daemon === 'lmtpd'
      const input = { protocol: lmtp ? 'lmtp' : 'smtp', greeting: lmtp ? 'required' : 'optional' } as const
      const [start] = initialTransition(smtpSession, input)
      return {
        machine: smtpSession,
        start,
        verbs: smtpVerbs,
        road: ['connected', 'ready', 'mail', 'recipients', 'data'],
      }
    }
    case 'pop3d': {
      const [start] = initialTransition(pop3Session)
      return {
        machine: pop3Session,
        start,
        verbs: pop3Verbs,
        road: ['anonymous', 'named', 'proving', 'transaction', 'update', 'closed'],
      }
    }
    case 'imapd': {
      const [start] = initialTransition(imapSession)
      return {
        machine: imapSession,
        start,
        verbs: imapNames,
        road: ['anonymous', 'proving', 'unselected', 'opening', 'selected', 'logout'],
      }
    }
    case 'sieved': {
      const [start] = initialTransition(manageSieveSession)
      return {
        machine: manageSieveSession,
        start,
        verbs: sieveVerbs,
        road: ['anonymous', 'sasl', 'authenticated', 'closed'],
      }
    }
    default:
      return null
  }
}

/** The chart in the state that the engine says the session is in. */
export function snapshotOf(session: SessionView, { machine, start }: Chart): AnyMachineSnapshot {
  const node = describe(machine).nodes.find(
    ({ name, kind }) => name === session.state && (kind === 'atomic' || kind === 'final'),
  )
  if (node === undefined) return start
  const value = node.id
    .split('.')
    .reduceRight<StateValue>((inner, name) => (inner === '' ? name : { [name]: inner }), '')
  return machine.resolveState({ value, context: contextOf(session, start) })
}

function contextOf(session: SessionView, start: AnyMachineSnapshot): object {
  const context = start.context as object
  const greeted = session.state !== null && session.state !== 'connected'
  return { ...context, greeted: greeted ? 'yes' : 'no', authenticated: session.user === null ? 'no' : 'yes' }
}

/** The verbs that may come next; null when the protocol's chart is not known here. */
export function verbsNow(session: SessionView): readonly string[] | null {
  const chart = chartOf(session)
  return chart === null ? null : legalVerbs(snapshotOf(session, chart), chart.verbs)
}
