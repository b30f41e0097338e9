/** The commands of POP3, in the order of RFC 1939, then what came later. */
import { bare } from '../grammar.ts'
import { apop } from './apop.ts'
import { auth } from './auth.ts'
import { maybeMessage, oneMessage } from './one-message.ts'
import { pass } from './pass.ts'
import { top } from './top.ts'
import { user } from './user.ts'
import { xclient } from './xclient.ts'

export const commands = {
  QUIT: bare('QUIT', 'RFC 1939 §4'),
  STAT: bare('STAT', 'RFC 1939 §5'),
  LIST: maybeMessage('LIST', 'RFC 1939 §5'),
  RETR: oneMessage('RETR', 'RFC 1939 §5'),
  DELE: oneMessage('DELE', 'RFC 1939 §5'),
  NOOP: bare('NOOP', 'RFC 1939 §5'),
  RSET: bare('RSET', 'RFC 1939 §5'),
  TOP: top,
  UIDL: maybeMessage('UIDL', 'RFC 1939 §7'),
  USER: user,
  PASS: pass,
  APOP: apop,
  LAST: bare('LAST', 'RFC 1460 §5'),
  CAPA: bare('CAPA', 'RFC 2449 §5'),
  STLS: bare('STLS', 'RFC 2595 §4'),
  AUTH: auth,
  XCLIENT: xclient,
} as const

export type Pop3Verb = keyof typeof commands
type CommandOf<G> = G extends { parse(args: string): infer P } ? Extract<P, { ok: true }> : never
export type Pop3Command = { [V in Pop3Verb]: CommandOf<(typeof commands)[V]> }[Pop3Verb]['command']

export const pop3Verbs = Object.keys(commands) as readonly Pop3Verb[]

export const isPop3Verb = (word: string): word is Pop3Verb => Object.hasOwn(commands, word)
