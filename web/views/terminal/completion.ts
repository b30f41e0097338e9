/** What may be typed now: the verbs that the session's chart allows, with their syntax and where it is written. */
import { commands as smtpCommands } from '#protocol/smtp/commands/index.ts'
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

const pop3Syntax: Readonly<Record<string, readonly [syntax: string, rfc: string]>> = {
  CAPA: ['CAPA', 'RFC 2449 §5'],
  STLS: ['STLS', 'RFC 2595 §4'],
  USER: ['USER name', 'RFC 1939 §7'],
  PASS: ['PASS string', 'RFC 1939 §7'],
  STAT: ['STAT', 'RFC 1939 §5'],
  LIST: ['LIST [msg]', 'RFC 1939 §5'],
  UIDL: ['UIDL [msg]', 'RFC 1939 §7'],
  RETR: ['RETR msg', 'RFC 1939 §5'],
  TOP: ['TOP msg n', 'RFC 1939 §7'],
  DELE: ['DELE msg', 'RFC 1939 §5'],
  RSET: ['RSET', 'RFC 1939 §5'],
  NOOP: ['NOOP', 'RFC 1939 §5'],
  QUIT: ['QUIT', 'RFC 1939 §5'],
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
  if (speaking === 'pop3') {
    const [syntax, rfc] = pop3Syntax[verb] ?? [verb, '']
    return { verb, syntax, rfc, example }
  }
  const grammar = smtpCommands[verb as keyof typeof smtpCommands]
  return { verb, syntax: grammar.syntax, rfc: grammar.rfc, example }
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
