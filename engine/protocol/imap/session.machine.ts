/**
 * The order in which an IMAP server takes commands: who are you, then your mailboxes, then one of them. What may come
 * when one is authenticated may also come when a mailbox is selected: that is how they are nested. Told only of what
 * was accepted.
 *
 * RFC 3501 §3; IDLE: RFC 2177; UNSELECT: RFC 3691.
 */
import { setup } from 'xstate'
import type { ImapName } from './commands/index.ts'

export type ImapSessionStep =
  | { readonly type: ImapName }
  /** One more step of the SASL dialogue. */
  | { readonly type: 'challenge' }
  | { readonly type: 'authenticated' | 'not-authenticated' }
  | { readonly type: 'tls-established' }
  | { readonly type: 'selected' | 'not-selected' }
  /** The literal after `+ OK` has come. */
  | { readonly type: 'done' }
  | { readonly type: 'hang-up' }

// A transition with neither target nor action would count as forbidden.
const stay = { actions: 'stay' } as const

export const imapSession = setup({
  types: { events: {} as ImapSessionStep },
  actions: { stay() {} },
}).createMachine({
  id: 'imap-session',
  initial: 'not-authenticated',
  on: { 'hang-up': '.logout' },
  states: {
    'not-authenticated': {
      initial: 'anonymous',
      states: {
        anonymous: {
          id: 'anonymous',
          on: {
            CAPABILITY: stay,
            NOOP: stay,
            ID: stay,
            ENABLE: stay,
            LOGOUT: '#logout',
            LOGIN: 'proving',
            AUTHENTICATE: 'sasl',
            STARTTLS: 'tls',
          },
        },
        proving: { on: { authenticated: '#authenticated', 'not-authenticated': 'anonymous' } },
        /** The next line answers a SASL challenge. */
        sasl: {
          on: {
            challenge: stay,
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
      initial: 'unselected',
      on: {
        CAPABILITY: stay,
        NOOP: stay,
        LOGOUT: '#logout',
        ID: stay,
        ENABLE: stay,
        NAMESPACE: stay,
        SELECT: '#opening',
        EXAMINE: '#opening',
        CREATE: stay,
        DELETE: stay,
        RENAME: stay,
        SUBSCRIBE: stay,
        UNSUBSCRIBE: stay,
        LIST: stay,
        LSUB: stay,
        XLIST: stay,
        STATUS: stay,
        APPEND: stay,
        NOTIFY: stay,
        CANCELUPDATE: stay,
        GETQUOTAROOT: stay,
        GETQUOTA: stay,
        SETQUOTA: stay,
        COMPRESS: stay,
      },
      states: {
        unselected: { id: 'unselected', on: { IDLE: '#idle' } },
        selected: {
          id: 'selected',
          on: {
            CHECK: stay,
            CLOSE: 'unselected',
            UNSELECT: 'unselected',
            EXPUNGE: stay,
            SEARCH: stay,
            SORT: stay,
            THREAD: stay,
            FETCH: stay,
            STORE: stay,
            COPY: stay,
            MOVE: stay,
            IDLE: '#idling',
          },
        },
      },
    },
    /** SELECT closes what was open, then opens, or does not. */
    opening: { id: 'opening', on: { selected: '#selected', 'not-selected': '#unselected' } },
    /** The next line should be DONE. */
    idle: { id: 'idle', on: { done: '#unselected' } },
    idling: { id: 'idling', on: { done: '#selected' } },
    logout: { id: 'logout', type: 'final' },
  },
})
