/**
 * The order in which a server takes the commands of SMTP and LMTP. Told only of what was accepted: a refused RCPT
 * changes nothing; the end of the data ends the transaction whatever the reply.
 *
 * RFC 5321 §4.1.4, with what Postfix allows besides: MAIL and AUTH before a greeting (unless it is required), and
 * STARTTLS inside a transaction, which forgets it. LMTP: RFC 2033 §4. BDAT: RFC 3030 §2.
 */
import { assign, setup } from 'xstate'
import type { SnapshotFrom } from 'xstate'

export type SmtpSessionInput = {
  readonly protocol: 'smtp' | 'lmtp'
  /** smtpd_helo_required; LMTP always requires LHLO. */
  readonly greeting: 'required' | 'optional'
}

export type SmtpSessionStep =
  | { readonly type: 'HELO' | 'EHLO' | 'LHLO' }
  | { readonly type: 'MAIL' | 'RCPT' | 'DATA' | 'BDAT' | 'RSET' }
  | { readonly type: 'NOOP' | 'VRFY' | 'HELP' | 'ETRN' | 'QUIT' }
  | { readonly type: 'STARTTLS' | 'AUTH' | 'XCLIENT' | 'XFORWARD' }
  /** A chunk that is not the last was read, and kept or thrown away. */
  | { readonly type: 'chunk' | 'chunk-refused' }
  | { readonly type: 'end-of-data' }
  /** One more step of the SASL dialogue. */
  | { readonly type: 'challenge' }
  /** The SASL dialogue is over, one way or the other. */
  | { readonly type: 'authenticated' | 'not-authenticated' }
  | { readonly type: 'tls-established' }
  /** The connection ends without QUIT. */
  | { readonly type: 'hang-up' }

export type SmtpSessionContext = SmtpSessionInput & {
  readonly greeted: 'yes' | 'no'
  readonly authenticated: 'yes' | 'no'
  /** Accepted recipients of this transaction. */
  readonly recipients: number
}

const notInLmtp = { guard: 'isSmtp' } as const
const home = [
  { guard: 'isGreeted', target: '#ready', actions: 'clear' },
  { target: '#connected', actions: 'clear' },
] as const

/** What a trusted neighbour says of the real client, it says before the letter. */
const betweenLetters = {
  XCLIENT: { target: '#connected', actions: 'forget' },
  XFORWARD: { actions: 'stay' },
} as const

export const smtpSession = setup({
  types: {
    context: {} as SmtpSessionContext,
    events: {} as SmtpSessionStep,
    input: {} as SmtpSessionInput,
  },
  guards: {
    isSmtp: ({ context }) => context.protocol === 'smtp',
    isLmtp: ({ context }) => context.protocol === 'lmtp',
    isGreeted: ({ context }) => context.greeted === 'yes',
    mayStayUngreeted: ({ context }) => context.protocol === 'smtp' && context.greeting === 'optional',
    isAnonymous: ({ context }) => context.authenticated === 'no',
    mayAuthenticateUngreeted: ({ context }) =>
      context.protocol === 'smtp' && context.greeting === 'optional' && context.authenticated === 'no',
  },
  actions: {
    // A transition with neither target nor action would count as forbidden.
    stay() {},
    clear: assign({ recipients: 0 }),
    greet: assign({ greeted: 'yes', recipients: 0 }),
    forget: assign({ greeted: 'no', authenticated: 'no', recipients: 0 }),
    add: assign({ recipients: ({ context }) => context.recipients + 1 }),
    authenticate: assign({ authenticated: 'yes' }),
  },
}).createMachine({
  id: 'smtp-session',
  initial: 'command',
  context: ({ input }) => ({ ...input, greeted: 'no', authenticated: 'no', recipients: 0 }),
  on: { 'hang-up': '#closed' },
  states: {
    command: {
      initial: 'connected',
      on: {
        EHLO: { ...notInLmtp, target: '#ready', actions: 'greet' },
        HELO: { ...notInLmtp, target: '#ready', actions: 'greet' },
        LHLO: { guard: 'isLmtp', target: '#ready', actions: 'greet' },
        RSET: home,
        NOOP: { actions: 'stay' },
        VRFY: { actions: 'stay' },
        HELP: { actions: 'stay' },
        QUIT: '#closed',
        STARTTLS: '#tls',
        'chunk-refused': '#discarding',
      },
      states: {
        connected: {
          id: 'connected',
          on: {
            MAIL: { guard: 'mayStayUngreeted', target: 'mail' },
            AUTH: { guard: 'mayAuthenticateUngreeted', target: '#auth' },
            ETRN: { guard: 'mayStayUngreeted', actions: 'stay' },
            ...betweenLetters,
          },
        },
        ready: {
          id: 'ready',
          on: {
            MAIL: 'mail',
            AUTH: { guard: 'isAnonymous', target: '#auth' },
            ETRN: { actions: 'stay' },
            ...betweenLetters,
          },
        },
        mail: { on: { RCPT: { target: 'recipients', actions: 'add' } } },
        recipients: {
          on: { RCPT: { actions: 'add' }, DATA: '#data', BDAT: '#chunk' },
        },
        /** Between two chunks. */
        chunks: { id: 'chunks', on: { BDAT: '#chunk' } },
        /** After a refused chunk: the client's other chunks are read and thrown away. */
        discarding: { id: 'discarding', on: betweenLetters },
      },
    },
    /** The next bytes are lines of the message. */
    data: { id: 'data', on: { 'end-of-data': home } },
    /** The next bytes are so many bytes of the message. */
    chunk: {
      id: 'chunk',
      on: { chunk: '#chunks', 'chunk-refused': '#discarding', 'end-of-data': home },
    },
    /** The next line answers a SASL challenge. */
    auth: {
      id: 'auth',
      on: {
        challenge: { actions: 'stay' },
        authenticated: [
          { guard: 'isGreeted', target: '#ready', actions: 'authenticate' },
          { target: '#connected', actions: 'authenticate' },
        ],
        'not-authenticated': home,
      },
    },
    /** The next bytes are a TLS handshake. RFC 3207 §4.2: what was learned before it is forgotten. */
    tls: { id: 'tls', on: { 'tls-established': { target: '#connected', actions: 'forget' } } },
    closed: { id: 'closed', type: 'final' },
  },
})

export type SmtpSessionSnapshot = SnapshotFrom<typeof smtpSession>
