/**
 * The commands before login: what the server is, what it can do, who the client is.
 *
 * RFC 3501 §6.1, §6.2. The texts are those of Dovecot's imap-login.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { temporaryFailure } from '#engine/wire-auth.ts'
import { isSecured, plaintextRefused } from '#engine/wire-tls.ts'
import type { Wire } from '#engine/wire.ts'
import { decodeBase64 } from '#protocol/bytes/base64.ts'
import { latin1, textOf } from '#protocol/bytes/text.ts'
import type { Authenticate } from '#protocol/imap/commands/authenticate.ts'
import type { Id } from '#protocol/imap/commands/id.ts'
import type { ImapCommand } from '#protocol/imap/commands/index.ts'
import type { SaslContext, SaslExchange, SaslServer, SaslStep } from '#protocol/sasl/mechanism.ts'
import { loginCapabilities } from './capabilities.ts'
import { no, ok, type Tagged } from './outcome.ts'

export type LoginWorld = {
  readonly wire: Wire
  readonly settings: DovecotSettings
  readonly sasl: SaslServer
  readonly context: SaslContext
  readonly tlsPossible: boolean
}

type Refused = {
  readonly reason: 'plaintext' | 'mechanism' | 'tls' | 'base64'
  readonly mechanism?: string
  readonly user?: string
}

/** What the session does next. */
export type LoginOutcome =
  | {
      readonly kind: 'reply'
      readonly untagged: string
      readonly tagged: Tagged
      /** It was an attempt to log in. */
      readonly refused?: Refused
    }
  | { readonly kind: 'logout' }
  | { readonly kind: 'id'; readonly command: Id }
  | { readonly kind: 'proof'; readonly mechanism: string; readonly step: Promise<SaslStep> }
  | {
      readonly kind: 'exchange'
      readonly mechanism: string
      readonly exchange: SaslExchange
      readonly step: Promise<SaslStep>
    }
  | { readonly kind: 'tls' }
  | { readonly kind: 'bad' }

const say = (tagged: Tagged, untagged = ''): LoginOutcome => ({ kind: 'reply', tagged, untagged })

const refuse = (tagged: Tagged, refused: Refused, untagged = ''): LoginOutcome => ({
  kind: 'reply',
  tagged,
  untagged,
  refused,
})

export function logIn(command: ImapCommand, world: LoginWorld): LoginOutcome {
  const { settings, wire, sasl, context } = world
  switch (command.name) {
    case 'CAPABILITY':
      return say(
        ok('Pre-login capabilities listed, post-login capabilities have more.'),
        `* CAPABILITY ${capabilitiesNow(world)}\r\n`,
      )
    case 'NOOP':
      return say(ok('NOOP completed.'))
    case 'LOGOUT':
      return { kind: 'logout' }
    case 'ID':
      return { kind: 'id', command }
    case 'ENABLE':
      return say(ok('ENABLE ignored in non-authenticated state.'), '* ENABLED\r\n')
    case 'STARTTLS':
      if (wire.secure) return say({ status: 'BAD', text: 'TLS is already active.' })
      if (!world.tlsPossible) return say({ status: 'BAD', text: "TLS support isn't enabled." })
      return { kind: 'tls' }
    case 'LOGIN': {
      if (plaintextRefused(settings, wire)) {
        const text = 'Plaintext authentication disallowed on non-secure (SSL/TLS) connections.'
        return refuse(no(text, 'PRIVACYREQUIRED'), { reason: 'plaintext', user: command.user }, exposed)
      }
      if (!announced(world).includes('PLAIN')) return noMechanism('PLAIN')
      const [user, password] = [command.user, command.password].map((word) => textOf(latin1(word)))
      return { kind: 'proof', mechanism: 'LOGIN', step: sasl.verify(user ?? '', password ?? '', context) }
    }
    case 'AUTHENTICATE':
      return authenticate(command, world)
    default:
      return { kind: 'bad' }
  }
}

const exposed =
  '* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS, but your client did it anyway. ' +
  'If anyone was listening, the password was exposed.\r\n'

const noMechanism = (mechanism: string): LoginOutcome =>
  refuse(no('Unsupported authentication mechanism.', 'ALERT'), { reason: 'mechanism', mechanism })

function authenticate({ mechanism, initial }: Authenticate, world: LoginWorld): LoginOutcome {
  const { settings, wire, sasl, context } = world
  if (settings.text('ssl') === 'required' && !isSecured(wire, settings)) {
    const text = 'Authentication not allowed until SSL/TLS is enabled.'
    return refuse(no(text, 'PRIVACYREQUIRED'), { reason: 'tls', mechanism })
  }
  const exchange = announced(world).includes(mechanism) ? sasl.begin(mechanism, context) : null
  if (exchange === null) return noMechanism(mechanism)
  if (isPlaintext(mechanism) && plaintextRefused(settings, wire)) {
    const text = 'Plaintext authentication disabled.'
    return refuse(no(text, 'PRIVACYREQUIRED'), { reason: 'plaintext', mechanism })
  }
  const response = initial === null ? null : initial === '=' ? new Uint8Array() : decodeBase64(initial)
  if (initial !== null && response === null) {
    const tagged = { status: 'BAD', text: 'Invalid base64 data in initial response' } as const
    return refuse(tagged, { reason: 'base64', mechanism })
  }
  return { kind: 'exchange', mechanism, exchange, step: exchange.start(response) }
}

/** A line that answers a challenge, read. */
export function readSaslResponse(line: string): Uint8Array | Tagged {
  if (line === '*') return { status: 'BAD', text: 'Authentication aborted by client.' }
  if (/[^A-Za-z0-9+/=]/.test(line)) return no('Invalid base64 in response', 'ALERT')
  return decodeBase64(line) ?? { status: 'BAD', text: 'Invalid base64 data in continued response' }
}

export function saslRefusal(step: Extract<SaslStep, { kind: 'failed' }>, machine: Machine): Tagged {
  switch (step.failure) {
    case 'unavailable':
      return no(temporaryFailure(machine), 'UNAVAILABLE')
    case 'refused':
      if (step.refused === 'proxy') return no(step.reason, 'UNAVAILABLE')
      return no(step.reason, step.refused === 'disabled' ? 'CONTACTADMIN' : 'AUTHORIZATIONFAILED')
    default:
      return no('Authentication failed.', 'AUTHENTICATIONFAILED')
  }
}

const isPlaintext = (mechanism: string): boolean => mechanism === 'PLAIN' || mechanism === 'LOGIN'

const announced = ({ sasl, context }: LoginWorld): readonly string[] =>
  sasl.mechanisms(context).filter((name) => name !== 'APOP')

export function capabilitiesNow(world: LoginWorld): string {
  const { settings, wire, tlsPossible } = world
  const refused = plaintextRefused(settings, wire)
  const required = settings.text('ssl') === 'required' && !isSecured(wire, settings)
  return loginCapabilities({
    settings,
    startTls: tlsPossible && !wire.secure ? 'possible' : 'not-possible',
    plaintext: refused ? 'refused' : 'allowed',
    mechanisms: required ? [] : announced(world).filter((name) => !refused || !isPlaintext(name)),
  })
}
