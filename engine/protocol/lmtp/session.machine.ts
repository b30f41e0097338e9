/**
 * The order in which Dovecot's LMTP server takes commands. MAIL is accepted before LHLO, as it does; a chunk that was
 * refused makes the rest of the message worthless until RSET. Told only of what was accepted.
 *
 * RFC 2033 §4; BDAT: RFC 3030 §2.
 */
import { setup } from 'xstate'
import type { LmtpVerb } from './commands.ts'

export type LmtpSessionStep =
  | { readonly type: LmtpVerb }
  /** A chunk that is not the last was read, and kept or thrown away. */
  | { readonly type: 'chunk' | 'chunk-refused' }
  | { readonly type: 'end-of-data' }
  | { readonly type: 'tls-established' }
  /** The connection ends without QUIT. */
  | { readonly type: 'hang-up' }

const stay = { actions: 'stay' } as const

export const lmtpSession = setup({
  types: { events: {} as LmtpSessionStep },
  actions: {
    // A transition with neither target nor action would count as forbidden.
    stay() {},
  },
}).createMachine({
  id: 'lmtp-session',
  initial: 'command',
  on: { 'hang-up': '#closed' },
  states: {
    command: {
      initial: 'connected',
      on: {
        LHLO: '.ready',
        RSET: '.ready',
        NOOP: stay,
        VRFY: stay,
        QUIT: '#closed',
        STARTTLS: '#tls',
      },
      states: {
        connected: { id: 'connected', on: { MAIL: 'mail', XCLIENT: stay, 'chunk-refused': 'discarding' } },
        ready: { id: 'ready', on: { MAIL: 'mail', XCLIENT: stay, 'chunk-refused': 'discarding' } },
        mail: { on: { RCPT: 'recipients', 'chunk-refused': 'discarding' } },
        recipients: { on: { RCPT: stay, DATA: '#data', BDAT: '#chunk', 'chunk-refused': 'discarding' } },
        /** Between two chunks. */
        chunks: { id: 'chunks', on: { RCPT: stay, BDAT: '#chunk', 'chunk-refused': 'discarding' } },
        /** After a refused chunk. */
        discarding: { on: { MAIL: stay, RCPT: stay, 'chunk-refused': stay } },
      },
    },
    /** The next bytes are lines of the message. */
    data: { id: 'data', on: { 'end-of-data': '#ready' } },
    /** The next bytes are so many bytes of the message. */
    chunk: { id: 'chunk', on: { chunk: '#chunks', 'end-of-data': '#ready' } },
    /** The next bytes are a TLS handshake. */
    tls: { id: 'tls', on: { 'tls-established': '#connected' } },
    closed: { id: 'closed', type: 'final' },
  },
})
