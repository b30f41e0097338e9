/**
 * AUTH: the SASL dialogue, whose steps travel as base64 in 334 replies and the client's lines. What a failure is
 * called differs between Cyrus SASL and Dovecot, and a student will meet both.
 *
 * RFC 4954 §4, §6; SASL_README.
 */
import { decodeBase64, encodeBase64 } from '#protocol/bytes/base64.ts'
import type { Auth } from '#protocol/smtp/commands/auth.ts'
import type { SaslStep } from '#protocol/sasl/mechanism.ts'
import { because, reply } from '#protocol/smtp/reply.ts'
import { namaddr } from '../client.ts'
import type { SaslDialogue } from '../conversation.ts'
import type { Handler, Outcome, SmtpdSession } from '../handler.ts'
import { needsEncryption, saslActive, saslBlocker, usableMechanisms } from '../sasl.ts'

/** May AUTH come at all? Asked before its words are read, in Postfix's order. */
export function mayAuthenticate(session: SmtpdSession): Outcome | null {
  if (!saslActive(session)) {
    const words = reply(503, '5.5.1', 'Error: authentication not enabled')
    return { reply: because(words, ...saslBlocker(session)) }
  }
  if (session.now.transaction !== null) {
    return { reply: reply(503, '5.5.1', 'Error: MAIL transaction in progress') }
  }
  if (session.now.sasl !== null) return { reply: reply(503, '5.5.1', 'Error: already authenticated') }
  const tooMany = session.limit('auth')
  return tooMany ? { reply: tooMany, trouble: 'policy' } : null
}

export const auth: Handler<Auth> = async (command, session) => {
  const outcome = await begin(command, session)
  return { ...outcome, steps: [{ type: 'AUTH' }, ...(outcome.steps ?? [])] }
}

async function begin({ mechanism, initial }: Auth, session: SmtpdSession): Promise<Outcome> {
  const name = mechanism.toUpperCase()
  const cyrus = session.settings.sasl.type === 'cyrus'
  const response = initial === null ? null : decode(initial, session, 'initial')
  // With Cyrus SASL Postfix decodes before it asks; Dovecot's mechanisms it knows, and decodes nothing itself.
  if (cyrus && typeof response === 'string') return failed(session, mechanism, response)
  const usable = usableMechanisms(session).includes(name)
  const exchange = usable ? (session.sasl?.begin(name, session.saslContext) ?? null) : null
  if (exchange === null) return failed(session, mechanism, whyNot(session, name))
  if (typeof response === 'string') return failed(session, mechanism, response)
  return outcomeOf(session, { mechanism, exchange, proven: null }, await exchange.start(response))
}

function whyNot(session: SmtpdSession, mechanism: string): string {
  if (session.settings.sasl.type === 'dovecot') return 'Invalid authentication mechanism'
  return needsEncryption(session, mechanism) ? 'encryption needed to use mechanism' : 'no mechanism available'
}

/** The client's answer to a challenge. */
export async function answer(line: string, dialogue: SaslDialogue, session: SmtpdSession): Promise<Outcome> {
  const { mechanism } = dialogue
  if (line === '*') {
    session.log('warning', `${namaddr(session.now.client)}: SASL ${mechanism} authentication aborted`)
    return {
      reply: reply(501, '5.7.0', 'Authentication aborted', 'RFC 4954 §4'),
      trouble: 'none',
      steps: [{ type: 'not-authenticated' }],
      change: { exchange: null },
      auth: { mechanism, user: null, outcome: 'cancelled' },
    }
  }
  const response = decode(line, session, 'continued')
  if (typeof response === 'string') return failed(session, mechanism, response)
  if (dialogue.proven !== null) {
    return outcomeOf(session, dialogue, { kind: 'ok', username: dialogue.proven })
  }
  return outcomeOf(session, dialogue, await dialogue.exchange.next(response))
}

export const responseTooLong = (dialogue: SaslDialogue): Outcome => ({
  reply: reply(500, '5.5.6', 'SASL response limit exceeded', 'RFC 4954 §4'),
  steps: [{ type: 'not-authenticated' }],
  change: { exchange: null },
  auth: { mechanism: dialogue.mechanism, user: null, outcome: 'failed', reason: 'response too long' },
})

/** Bytes, or why not, in the back end's own words. `=` stands for an empty response. */
function decode(text: string, session: SmtpdSession, which: 'initial' | 'continued'): Uint8Array | string {
  const bytes = decodeBase64(text)
  if (bytes !== null) return bytes
  if (session.settings.sasl.type === 'dovecot') {
    if (which === 'initial' && text === '=') return new Uint8Array(0)
    return `Invalid base64 data in ${which === 'initial' ? 'initial' : 'continued'} response`
  }
  // Cyrus's decoder wants more when letters are left over, and only then.
  const whole = text.slice(0, text.length - (text.length % 4))
  const wellFormed = decodeBase64(whole) !== null && !whole.includes('=')
  return wellFormed ? 'another step is needed in authentication' : 'bad protocol / cancel'
}

function outcomeOf(session: SmtpdSession, dialogue: SaslDialogue, step: SaslStep): Outcome {
  const { mechanism } = dialogue
  switch (step.kind) {
    case 'challenge':
      return challenge(dialogue, step.data)
    case 'ok':
      // The server's own proof must still reach the client, as one more challenge.
      if (step.final !== undefined) return challenge({ ...dialogue, proven: step.username }, step.final)
      return {
        reply: reply(235, '2.7.0', 'Authentication successful', 'RFC 4954 §4'),
        steps: [{ type: 'authenticated' }],
        change: { exchange: null, sasl: { method: mechanism, username: step.username } },
        auth: { mechanism, user: step.username, outcome: 'ok' },
      }
    case 'failed':
      return failed(session, mechanism, step.reason, step)
    default:
      return step satisfies never
  }
}

const challenge = (dialogue: SaslDialogue, data: Uint8Array): Outcome => ({
  reply: reply(334, null, encodeBase64(data), 'RFC 4954 §4'),
  steps: [{ type: 'challenge' }],
  change: { exchange: dialogue },
})

function failed(
  session: SmtpdSession,
  mechanism: string,
  why: string,
  step?: Extract<SaslStep, { kind: 'failed' }>,
): Outcome {
  const reason = why === '' ? '(reason unavailable)' : why
  const username = step?.username ?? null
  session.log(
    'warning',
    `${namaddr(session.now.client)}: SASL ${mechanism} authentication failed: ${reason}, ` +
      `sasl_username=${username?.slice(0, 100) ?? '(unavailable)'}`,
  )
  const unavailable = step?.failure === 'unavailable'
  return {
    reply: unavailable
      ? reply(454, '4.7.0', `Temporary authentication failure: ${reason}`, 'RFC 4954 §6')
      : reply(535, '5.7.8', `Error: authentication failed: ${reason}`, 'RFC 4954 §6'),
    trouble: 'none',
    steps: [{ type: 'not-authenticated' }],
    change: { exchange: null },
    auth: { mechanism, user: username, outcome: unavailable ? 'unavailable' : 'failed', reason },
  }
}
