/** What Postfix's smtpd does with each verb, in RFC order. LHLO and HELP it does not know. */
import type { Command, Verb } from '#protocol/smtp/commands/index.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import type { Word } from '#protocol/smtp/words.ts'
import type { Handler, Outcome, SmtpdSession } from '../handler.ts'
import { auth, mayAuthenticate } from './auth.ts'
import { data } from './data.ts'
import { etrn } from './etrn.ts'
import { ehlo, helo } from './helo.ts'
import { mail } from './mail.ts'
import { rcpt } from './rcpt.ts'
import { noop, quit, rset } from './simple.ts'
import { starttls } from './starttls.ts'
import { vrfy } from './vrfy.ts'
import { mayXclient, mayXforward, xclient, xforward } from './xclient.ts'

/** BDAT is not here: its bytes must be read even when it is refused. See session.ts and bdat.ts. */
export type HandledVerb = Exclude<Verb, 'LHLO' | 'HELP' | 'BDAT'>

type CommandOf<V extends Verb> = Extract<Command, { verb: V }>

export const handlers: { readonly [V in HandledVerb]: Handler<CommandOf<V>> } = {
  EHLO: ehlo,
  HELO: helo,
  MAIL: mail,
  RCPT: rcpt,
  DATA: data,
  RSET: rset,
  VRFY: vrfy,
  NOOP: noop,
  QUIT: quit,
  STARTTLS: starttls,
  AUTH: auth,
  ETRN: etrn,
  XCLIENT: xclient,
  XFORWARD: xforward,
}

/** What is settled before the words of a command are looked at: a syntax error would say too much. */
export const beforeWords: Partial<
  Record<Verb, (session: SmtpdSession, words: readonly Word[]) => Outcome | null>
> = {
  MAIL: (session, words) => (isAddressed(words, 'FROM:') ? tooMany(session, 'message') : null),
  RCPT: (session, words) => (isAddressed(words, 'TO:') ? tooMany(session, 'recipient') : null),
  VRFY: ({ settings }) =>
    settings.disableVrfy === 'yes'
      ? { reply: because(reply(502, '5.5.1', 'VRFY command is disabled'), 'disable_vrfy_command', 'yes') }
      : null,
  BDAT: ({ discards }) =>
    discards.has('chunking')
      ? {
          reply: because(
            reply(521, '5.5.1', 'Error: command not implemented'),
            'smtpd_discard_ehlo_keywords',
            'chunking',
          ),
        }
      : null,
  AUTH: mayAuthenticate,
  XCLIENT: mayXclient,
  XFORWARD: mayXforward,
}

/** Only what looks like an envelope command counts: `MAIL` alone is told its syntax. */
const isAddressed = ([before, address]: readonly Word[], preposition: string) =>
  before?.text.toUpperCase() === preposition && address !== undefined

function tooMany(session: SmtpdSession, activity: 'message' | 'recipient'): Outcome | null {
  const refusal = session.limit(activity)
  return refusal ? { reply: refusal, trouble: 'policy' } : null
}

export const isHandled = (verb: Verb): verb is HandledVerb | 'BDAT' => verb !== 'LHLO' && verb !== 'HELP'

/** May be used before TLS where TLS is demanded. */
export const beforeTls: ReadonlySet<Verb> = new Set(['HELO', 'EHLO', 'XCLIENT', 'STARTTLS', 'NOOP', 'QUIT'])

/** Harmless, but a client that sends them by the hundred means no good: smtpd_junk_command_limit. */
export const junk: ReadonlySet<Verb> = new Set(['HELO', 'EHLO', 'RSET', 'NOOP', 'VRFY', 'ETRN'])

/** A client must wait for the reply to these. RFC 2920 §3.1. */
export const lastInGroup: ReadonlySet<Verb> = new Set(['HELO', 'EHLO', 'DATA', 'NOOP', 'VRFY'])
