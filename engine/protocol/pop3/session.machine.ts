/**
 * The order in which a POP3 server takes commands: who are you, then your maildrop, then, after QUIT, what you deleted
 * really goes. Told only of what was accepted.
 *
 * RFC 1939 §3 to §6; AUTH: RFC 5034; STLS: RFC 2595 §4.
 */
import { setup } from 'xstate'

export type Pop3SessionStep =
  | { readonly type: 'USER' | 'PASS' | 'APOP' | 'AUTH' | 'STLS' | 'CAPA' | 'QUIT' | 'XCLIENT' }
  | { readonly type: 'STAT' | 'LIST' | 'RETR' | 'DELE' | 'NOOP' | 'RSET' | 'TOP' | 'UIDL' | 'LAST' }
  /** One more step of the SASL dialogue. */
  | { readonly type: 'challenge' }
  | { readonly type: 'authenticated' | 'not-authenticated' }
  | { readonly type: 'tls-established' }
  /** What was marked is deleted. */
  | { readonly type: 'updated' }
  /** The connection ends without QUIT: nothing is deleted. */
  | { readonly type: 'hang-up' }

export const pop3Session = setup({
  types: { events: {} as Pop3SessionStep },
  actions: {
    // A transition with neither target nor action would count as forbidden.
    stay() {},
  },
}).createMachine({
  id: 'pop3-session',
  initial: 'authorization',
  on: { 'hang-up': '.closed' },
  states: {
    authorization: {
      initial: 'anonymous',
      on: {
        CAPA: { actions: 'stay' },
        XCLIENT: { actions: 'stay' },
        USER: '.named',
        APOP: '#proving',
        AUTH: '#sasl',
        STLS: '#tls',
        QUIT: '#closed',
      },
      states: {
        anonymous: { id: 'anonymous' },
        /** USER was given; PASS may come. */
        named: { on: { PASS: '#proving' } },
      },
    },
    proving: { id: 'proving', on: { authenticated: '#transaction', 'not-authenticated': '#anonymous' } },
    /** The next line answers a SASL challenge. */
    sasl: {
      id: 'sasl',
      on: {
        challenge: { actions: 'stay' },
        authenticated: '#transaction',
        'not-authenticated': '#anonymous',
      },
    },
    /** The next bytes are a TLS handshake. */
    tls: { id: 'tls', on: { 'tls-established': '#anonymous' } },
    transaction: {
      id: 'transaction',
      on: {
        STAT: { actions: 'stay' },
        LIST: { actions: 'stay' },
        UIDL: { actions: 'stay' },
        RETR: { actions: 'stay' },
        TOP: { actions: 'stay' },
        DELE: { actions: 'stay' },
        RSET: { actions: 'stay' },
        NOOP: { actions: 'stay' },
        LAST: { actions: 'stay' },
        CAPA: { actions: 'stay' },
        QUIT: 'update',
      },
    },
    /** What was marked with DELE goes now. */
    update: { on: { updated: 'closed' } },
    closed: { id: 'closed', type: 'final' },
  },
})
