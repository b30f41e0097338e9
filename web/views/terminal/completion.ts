/** What may be typed now: the verbs that the session's chart allows, with their syntax and where it is written. */
import { commands as pop3Commands, type Pop3Verb } from '#protocol/pop3/commands/index.ts'
import { commands as smtpCommands, type Verb } from '#protocol/smtp/commands/index.ts'
import type { SessionView } from '#trace/world.ts'
import type { Speaking } from '#web/model/terminals.svelte.ts'
import { verbsNow } from '#web/views/machine-chart/charts.ts'
import { imapSuggestions, sieveSuggestions } from './imap-completion.ts'

export type Suggestion = {
  readonly verb: string
  readonly syntax: string
  readonly rfc: string
  /** What a learner most often means by it, ready to send. */
  readonly example: string
}

/** The verbs that make sense by hand; XCLIENT and its like are for programs. */
const byHand: Readonly<Record<'smtp' | 'lmtp' | 'pop3', readonly string[]>> = {
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
}

/**
 * Those that may come now, as far as is known; all of them before the session has said anything. `typed`: in IMAP the
 * learner's own tag is kept; `sent`: the lines before, from which the next tag is counted.
 */
export function suggestions(
  speaking: Speaking,
  session: SessionView | null,
  from: string,
  { typed = '', sent = [] }: { readonly typed?: string; readonly sent?: readonly string[] } = {},
): readonly Suggestion[] {
  const allowed = session === null ? null : verbsNow(session)
  switch (speaking) {
    case 'imap':
      return waitsForDone(session) ? [done] : imapSuggestions(allowed, tagOf(typed, sent))
    case 'sieve':
      return sieveSuggestions(allowed)
    case 'smtp':
    case 'lmtp':
    case 'pop3':
      return byHand[speaking]
        .filter((verb) => allowed === null || allowed.includes(verb))
        .map((verb) => describeVerb(speaking, verb, from))
    default:
      return []
  }
}

const done: Suggestion = { verb: 'DONE', syntax: 'DONE', rfc: 'RFC 2177 §3', example: 'DONE' }
const waitsForDone = (session: SessionView | null) => session?.state === 'idle' || session?.state === 'idling'

/** `b7` while `b7 FET` is typed; else one more than the newest `a5`. */
function tagOf(typed: string, sent: readonly string[]): string {
  const own = /^([^\s*+(){%"\\]+)\s/.exec(typed)?.[1]
  if (own !== undefined) return own
  const newest = sent.map((line) => /^a(\d{1,9}) /i.exec(line)?.[1]).findLast((found) => found !== undefined)
  return `a${Number(newest ?? 0) + 1}`
}

function describeVerb(speaking: 'smtp' | 'lmtp' | 'pop3', verb: string, from: string): Suggestion {
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

/** The verb that is being typed: in IMAP it stands after the tag, and after UID. */
export function verbTyped(typed: string, speaking: Speaking): string {
  const [first = '', second = '', third = ''] = typed.trimStart().toUpperCase().split(' ')
  if (speaking !== 'imap' || first === 'DONE') return first
  return second === 'UID' ? third : second
}

/** One suggestion for each verb: what is shown before anything was typed. */
export function oneOfEach(offered: readonly Suggestion[]): readonly Suggestion[] {
  return offered.filter(({ verb }, at) => offered.findIndex((other) => other.verb === verb) === at)
}
