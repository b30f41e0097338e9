/** What may be typed now: the verbs that the session's chart allows, with their syntax and where it is written. */
import { commands as pop3Commands, type Pop3Verb } from '#protocol/pop3/commands/index.ts'
import { commands as smtpCommands, type Verb } from '#protocol/smtp/commands/index.ts'
import type { SessionView } from '#trace/world.ts'
import { verbsNow } from '#web/views/machine-chart/charts.ts'

export type Suggestion = {
  readonly verb: string
  readonly syntax: string
  readonly rfc: string
  /** What a learner most often means by it, ready to send. */
  readonly example: string
}

export type Speaking = 'smtp' | 'lmtp' | 'pop3' | 'other'

export const speaksAt = (port: number): Speaking =>
  port === 25 || port === 587 || port === 465
    ? 'smtp'
    : port === 24
      ? 'lmtp'
      : port === 110 || port === 995
        ? 'pop3'
        : 'other'

/** The verbs that make sense by hand; XCLIENT and its like are for programs. */
const byHand: Readonly<Record<Speaking, readonly string[]>> = {
  smtp: ['EHLO', 'HELO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'RSET', 'VRFY', 'NOOP', 'QUIT'],
  lmtp: ['LHLO', 'MAIL', 'RCPT', 'DATA', 'RSET', 'NOOP', 'QUIT'],
  pop3: [
    'CAPA',
    'STLS',
    'USER',
    'PASS',
    'STAT',
    'LIST',
    'UIDL',
    'RETR',
    'TOP',
    'DELE',
    'RSET',
    'NOOP',
    'QUIT',
  ],
  other: [],
}

/** Those that may come now, as far as is known; all of them before the session has said anything. */
export function suggestions(
  speaking: Speaking,
  session: SessionView | null,
  from: string,
): readonly Suggestion[] {
  const allowed = session === null ? null : verbsNow(session)
  return byHand[speaking]
    .filter((verb) => allowed === null || allowed.includes(verb))
    .map((verb) => describeVerb(speaking, verb, from))
}

function describeVerb(speaking: Speaking, verb: string, from: string): Suggestion {
  const example = examples(from)[verb] ?? verb
  const { syntax, rfc } = speaking === 'pop3' ? pop3Commands[verb as Pop3Verb] : smtpCommands[verb as Verb]
  return { verb, syntax, rfc, example }
}

const examples = (from: string): Readonly<Record<string, string>> => ({
  EHLO: `EHLO ${from}`,
  HELO: `HELO ${from}`,
  LHLO: `LHLO ${from}`,
  MAIL: 'MAIL FROM:<alice@example.com>',
  RCPT: 'RCPT TO:<carol@example.org>',
  AUTH: 'AUTH LOGIN',
  VRFY: 'VRFY bob',
  USER: 'USER bob',
  PASS: 'PASS ',
  RETR: 'RETR 1',
  TOP: 'TOP 1 0',
  DELE: 'DELE 1',
})

/** The rest of the line that is being typed, when one suggestion begins with it: shown in grey, taken with Tab. */
export function ghostOf(typed: string, offered: readonly Suggestion[]): string {
  if (typed === '') return ''
  const upper = typed.toUpperCase()
  const found = offered.find(({ example }) => example.toUpperCase().startsWith(upper))
  return found ? found.example.slice(typed.length) : ''
}
