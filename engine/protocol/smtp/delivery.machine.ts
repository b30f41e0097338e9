/**
 * The order in which a client delivers a letter: connect, greet, perhaps TLS and AUTH, then MAIL, RCPT for each
 * recipient, DATA, the message, and QUIT. With PIPELINING, MAIL, the RCPTs and DATA leave in one go; their replies
 * still come, and step this chart, in order.
 *
 * RFC 5321 §3, §4.1.4; RFC 2920 (pipelining); RFC 3207; RFC 4954; LMTP, a reply for each recipient: RFC 2033 §4.2.
 */
import { assign, setup } from 'xstate'
import type { SnapshotFrom } from 'xstate'

export type SmtpDeliveryInput = {
  readonly protocol: 'smtp' | 'lmtp'
  readonly recipients: number
}

/** What arrives. Codes of replies: `2` stands for 2xx, `4` for 4xx, `5` for 5xx; 354 is `data-go`. */
export type SmtpDeliveryEvent =
  | { readonly type: 'connected' }
  | { readonly type: 'greeting-ok' | 'hello-ok' | 'hello-refused' | 'starttls-ok' | 'tls-established' }
  | { readonly type: 'starttls-refused' }
  | { readonly type: 'start-tls' | 'authenticate' | 'send' }
  | { readonly type: 'challenge' | 'auth-ok' | 'auth-refused' }
  | { readonly type: 'mail-ok' | 'mail-refused' }
  | { readonly type: 'recipient-ok' | 'recipient-refused' }
  | { readonly type: 'data-go' | 'data-refused' | 'message-sent' }
  /** The reply to the message; in LMTP one for each accepted recipient. */
  | { readonly type: 'delivered' | 'refused' }
  | { readonly type: 'reset-ok' }
  /** Another letter on this connection. */
  | { readonly type: 'next'; readonly recipients: number }
  | { readonly type: 'quit' | 'bye' | 'lost' | 'refused-service' }

export type SmtpDeliveryContext = {
  readonly protocol: 'smtp' | 'lmtp'
  readonly hello: 'EHLO' | 'HELO' | 'LHLO'
  /** Recipients whose RCPT is not answered yet. */
  readonly waiting: number
  /** Recipients that were accepted and, after the data, not answered yet. */
  readonly accepted: number
}

const oneAnswered = { waiting: ({ context }: { context: SmtpDeliveryContext }) => context.waiting - 1 }

export const smtpDelivery = setup({
  types: {
    context: {} as SmtpDeliveryContext,
    events: {} as SmtpDeliveryEvent,
    input: {} as SmtpDeliveryInput,
  },
  guards: {
    mayFallBack: ({ context }) => context.hello === 'EHLO',
    isLastOfSome: ({ context, event }) =>
      context.waiting === 1 && (event.type === 'recipient-ok' || context.accepted > 0),
    isLastOfNone: ({ context, event }) =>
      context.waiting === 1 && event.type === 'recipient-refused' && context.accepted === 0,
    moreReplies: ({ context }) => context.protocol === 'lmtp' && context.accepted > 1,
  },
  actions: {
    fallBack: assign({ hello: 'HELO' }),
    count: assign({ ...oneAnswered, accepted: ({ context }) => context.accepted + 1 }),
    discount: assign(oneAnswered),
    settle: assign({ accepted: ({ context }) => context.accepted - 1 }),
    begin: assign({
      waiting: ({ context, event }) => (event.type === 'next' ? event.recipients : context.waiting),
      accepted: 0,
    }),
  },
}).createMachine({
  id: 'smtp-delivery',
  initial: 'connecting',
  context: ({ input }) => ({
    protocol: input.protocol,
    hello: input.protocol === 'lmtp' ? 'LHLO' : 'EHLO',
    waiting: input.recipients,
    accepted: 0,
  }),
  on: { lost: '#closed', 'refused-service': '#quit', quit: '#quit' },
  states: {
    connecting: { on: { connected: 'greeting' } },
    /** Waiting for 220. */
    greeting: { on: { 'greeting-ok': 'hello' } },
    /** EHLO was sent; a server that does not know it gets HELO. */
    hello: {
      on: {
        'hello-ok': 'ready',
        'hello-refused': [{ guard: 'mayFallBack', target: 'hello', actions: 'fallBack' }, { target: 'quit' }],
      },
    },
    ready: { on: { 'start-tls': 'starttls', authenticate: 'auth', send: 'mail' } },
    starttls: { on: { 'starttls-ok': 'tls', 'starttls-refused': 'ready' } },
    /** After the handshake the client greets again. */
    tls: { on: { 'tls-established': 'hello' } },
    auth: { on: { challenge: 'auth', 'auth-ok': 'ready', 'auth-refused': 'ready' } },
    mail: { on: { 'mail-ok': 'recipients', 'mail-refused': 'reset' } },
    recipients: {
      on: {
        'recipient-ok': [
          { guard: 'isLastOfSome', target: 'data', actions: 'count' },
          { target: 'recipients', actions: 'count' },
        ],
        'recipient-refused': [
          { guard: 'isLastOfSome', target: 'data', actions: 'discount' },
          { guard: 'isLastOfNone', target: 'reset', actions: 'discount' },
          { target: 'recipients', actions: 'discount' },
        ],
      },
    },
    /** DATA was sent, 354 is awaited. */
    data: { on: { 'data-go': 'message', 'data-refused': 'reset' } },
    message: { on: { 'message-sent': 'replies' } },
    replies: {
      on: {
        delivered: [
          { guard: 'moreReplies', target: 'replies', actions: 'settle' },
          { target: 'done', actions: 'settle' },
        ],
        refused: [
          { guard: 'moreReplies', target: 'replies', actions: 'settle' },
          { target: 'done', actions: 'settle' },
        ],
      },
    },
    /** RSET was sent: the transaction came to nothing. */
    reset: { on: { 'reset-ok': 'done' } },
    /** The letter is answered for; the connection may carry another. */
    done: { on: { next: { target: 'mail', actions: 'begin' } } },
    quit: { id: 'quit', on: { bye: 'closed' } },
    closed: { id: 'closed', type: 'final' },
  },
})

export type SmtpDeliverySnapshot = SnapshotFrom<typeof smtpDelivery>
