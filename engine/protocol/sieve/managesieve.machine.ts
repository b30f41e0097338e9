/**
 * The order in which a ManageSieve server takes commands: who are you, then your scripts. Told only of what was
 * accepted.
 *
 * RFC 5804 §1.4, §2.
 */
import { setup } from 'xstate'

export type ManageSieveStep =
  | { readonly type: 'AUTHENTICATE' | 'STARTTLS' | 'CAPABILITY' | 'NOOP' | 'LOGOUT' }
  | { readonly type: 'HAVESPACE' | 'PUTSCRIPT' | 'LISTSCRIPTS' | 'SETACTIVE' | 'GETSCRIPT' }
  | { readonly type: 'DELETESCRIPT' | 'RENAMESCRIPT' | 'CHECKSCRIPT' }
  /** One more step of the SASL dialogue. */
  | { readonly type: 'challenge' }
  | { readonly type: 'authenticated' | 'not-authenticated' }
  | { readonly type: 'tls-established' }
  | { readonly type: 'hang-up' }

const anytime = {
  CAPABILITY: { actions: 'stay' },
  NOOP: { actions: 'stay' },
  LOGOUT: '#closed',
} as const

export const manageSieveSession = setup({
  types: { events: {} as ManageSieveStep },
  actions: {
    // A transition with neither target nor action would count as forbidden.
    stay() {},
  },
}).createMachine({
  id: 'managesieve-session',
  initial: 'not-authenticated',
  on: { 'hang-up': '.closed' },
  states: {
    'not-authenticated': {
      initial: 'anonymous',
      states: {
        anonymous: { id: 'anonymous', on: { ...anytime, AUTHENTICATE: 'sasl', STARTTLS: 'tls' } },
        /** The next line answers a SASL challenge. */
        sasl: {
          on: {
            challenge: { actions: 'stay' },
            authenticated: '#authenticated',
            'not-authenticated': 'anonymous',
          },
        },
        /** The next bytes are a TLS handshake. */
        tls: { on: { 'tls-established': 'anonymous' } },
      },
    },
    authenticated: {
      id: 'authenticated',
      on: {
        ...anytime,
        HAVESPACE: { actions: 'stay' },
        PUTSCRIPT: { actions: 'stay' },
        LISTSCRIPTS: { actions: 'stay' },
        SETACTIVE: { actions: 'stay' },
        GETSCRIPT: { actions: 'stay' },
        DELETESCRIPT: { actions: 'stay' },
        RENAMESCRIPT: { actions: 'stay' },
        CHECKSCRIPT: { actions: 'stay' },
      },
    },
    closed: { id: 'closed', type: 'final' },
  },
})
