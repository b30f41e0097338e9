/**
 * The commands of the AUTHORIZATION state: who is it, and may it say so in clear here?
 *
 * RFC 1939 §4, §7; AUTH: RFC 5034; STLS: RFC 2595. The texts are Dovecot's.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import type { Machine } from '#engine/machine.ts'
import { temporaryFailure } from '#engine/wire-auth.ts'
import { isSecured, isTrusted, plaintextRefused } from '#engine/wire-tls.ts'
import type { Wire } from '#engine/wire.ts'
import { addressBytes } from '#config/network.ts'
import { decodeBase64, encodeBase64 } from '#protocol/bytes/base64.ts'
import { concat, latin1, utf8 } from '#protocol/bytes/text.ts'
import type { Pop3Command } from '#protocol/pop3/commands/index.ts'
import { err, ok, type Pop3Reply } from '#protocol/pop3/reply.ts'
import type { SaslContext, SaslExchange, SaslServer, SaslStep } from '#protocol/sasl/mechanism.ts'
import { capabilities } from './transaction.ts'

export type AuthorizationWorld = {
  readonly wire: Wire
  readonly settings: DovecotSettings
  readonly sasl: SaslServer
  readonly context: SaslContext
  readonly tlsPossible: boolean
  /** What the greeting carried for APOP; null when APOP is off. */
  readonly stamp: string | null
  /** What USER gave last. */
  readonly user: string | null
}

/** What the session does next. */
export type AuthorizationOutcome =
  | {
      readonly kind: 'reply'
      readonly reply: Pop3Reply
      readonly user?: string
      readonly close?: string
      /** It would have been an attempt to log in. */
      readonly refused?: 'plaintext' | 'mechanism' | 'tls' | 'base64'
      readonly mechanism?: string
    }
  | { readonly kind: 'proof'; readonly mechanism: string; readonly step: Promise<SaslStep> }
  | {
      readonly kind: 'exchange'
      readonly mechanism: string
      readonly exchange: SaslExchange
      readonly step: Promise<SaslStep>
    }
  | { readonly kind: 'tls'; readonly reply: Pop3Reply }

const inClear = err(
  'Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
  '[AUTH]',
  'RFC 8314 §3',
)

export function authorize(command: Pop3Command, world: AuthorizationWorld): AuthorizationOutcome {
  const { settings, wire, sasl, context } = world
  const say = (reply: Pop3Reply): AuthorizationOutcome => ({ kind: 'reply', reply })
  switch (command.verb) {
    case 'CAPA':
      return say(ok('', [...capabilities, ...capabilitiesNow(world)]))
    case 'QUIT':
      return { kind: 'reply', reply: ok('Logging out'), close: 'Aborted login by logging out' }
    case 'XCLIENT':
      if (!isTrusted(wire, settings)) return say(ok('You are not from trusted IP - ignoring'))
      return say(believed(command.attributes, wire) ? ok('Updated') : err('Invalid parameters'))
    case 'USER':
      return plaintextRefused(settings, wire)
        ? { kind: 'reply', reply: inClear, refused: 'plaintext', user: command.name }
        : { kind: 'reply', reply: ok(), user: command.name }
    case 'PASS':
      if (plaintextRefused(settings, wire)) return { kind: 'reply', reply: inClear, refused: 'plaintext' }
      if (world.user === null) return say(err('No username given.'))
      if (!announced(sasl, context).includes('PLAIN')) return noMechanism('PLAIN')
      return {
        kind: 'proof',
        mechanism: 'PLAIN',
        step: sasl.verify(utf8Of(world.user), utf8Of(command.password), context),
      }
    case 'APOP': {
      const exchange = world.stamp === null ? null : sasl.begin('APOP', context)
      if (exchange === null || world.stamp === null) return say(err('APOP not enabled.'))
      const digest = Buffer.from(command.digest, 'hex')
      const proof = concat([utf8(world.stamp), latin1('\0'), latin1(command.name), latin1('\0'), digest])
      return { kind: 'proof', mechanism: 'APOP', step: exchange.start(proof) }
    }
    case 'AUTH':
      return beginAuth(command, world)
    case 'STLS':
      if (wire.secure) return say(err('TLS is already active.'))
      if (!world.tlsPossible) return say(err("TLS support isn't enabled."))
      return { kind: 'tls', reply: ok('Begin TLS negotiation now.') }
    default:
      return say(err('Unknown command.'))
  }
}

const noMechanism = (mechanism: string): AuthorizationOutcome => ({
  kind: 'reply',
  reply: err('Unsupported authentication mechanism.', '[AUTH]'),
  refused: 'mechanism',
  mechanism,
})

function beginAuth(
  { mechanism, initial }: Extract<Pop3Command, { verb: 'AUTH' }>,
  world: AuthorizationWorld,
): AuthorizationOutcome {
  const { settings, wire, sasl, context } = world
  const say = (reply: Pop3Reply): AuthorizationOutcome => ({ kind: 'reply', reply })
  if (mechanism === null) return say(ok('', mechanismsNow(world)))
  if (settings.text('ssl') === 'required' && !isSecured(wire, settings)) {
    return {
      kind: 'reply',
      reply: err('Authentication not allowed until SSL/TLS is enabled.', '[AUTH]', 'RFC 8314 §3'),
      refused: 'tls',
      mechanism,
    }
  }
  const exchange = announced(sasl, context).includes(mechanism) ? sasl.begin(mechanism, context) : null
  if (exchange === null) return noMechanism(mechanism)
  if (isPlaintext(mechanism) && plaintextRefused(settings, wire)) {
    return {
      kind: 'reply',
      reply: err('Plaintext authentication disabled.', '[AUTH]', 'RFC 8314 §3'),
      refused: 'plaintext',
      mechanism,
    }
  }
  const response = initial === null ? null : initial === '=' ? new Uint8Array() : decodeBase64(initial)
  if (initial !== null && response === null)
    return {
      kind: 'reply',
      reply: err('Invalid base64 data in initial response', '[AUTH]'),
      refused: 'base64',
      mechanism,
    }
  return { kind: 'exchange', mechanism, exchange, step: exchange.start(response) }
}

/** As auth is asked. */
export const saslContext = (wire: Wire, session: string, id: string): SaslContext => ({
  service: 'pop3',
  tls: wire.secure,
  client: wire.remote.address,
  local: wire.local.address,
  session,
  id,
})

/** What the greeting carries for APOP: never the same twice. */
export function apopStamp(machine: Machine): string {
  const seconds = Math.floor(machine.clock.now() / 1000).toString(16)
  const cookie = Buffer.from(machine.random.bytes(16)).toString('base64')
  return `<${machine.next('process').toString(16)}.1.${seconds}.${cookie}@${machine.name}>`
}

/** What a proxy says of its client; false: that cannot be. */
function believed(attributes: ReadonlyMap<string, string>, wire: Wire): boolean {
  const address = attributes.get('ADDR') ?? wire.remote.address
  const port = attributes.get('PORT') ?? String(wire.remote.port)
  if (addressBytes(address) === null || !/^\d{1,5}$/.test(port)) return false
  wire.forwardedFor({ address, port: Number(port) })
  return true
}

/** A line that answers a challenge, read; null: the client gives up. */
export function readResponse(line: string): Uint8Array | Pop3Reply | null {
  if (line === '*') return null
  if (/[^A-Za-z0-9+/=]/.test(line)) return err('Invalid base64 in response', '[AUTH]')
  return decodeBase64(line) ?? err('Invalid base64 data in continued response', '[AUTH]')
}

export const writeChallenge = (data: Uint8Array): string => `+ ${encodeBase64(data)}\r\n`

export function refusal(step: Extract<SaslStep, { kind: 'failed' }>, machine: Machine): Pop3Reply {
  if (step.refused === 'proxy') return err(step.reason, '[SYS/TEMP]', 'RFC 3206 §4')
  if (step.failure === 'refused') return err(step.reason, '[AUTH]', 'RFC 3206 §4')
  return step.failure === 'unavailable'
    ? err(temporaryFailure(machine), '[SYS/TEMP]', 'RFC 3206 §4')
    : err('Authentication failed.', '[AUTH]', 'RFC 3206 §4')
}

const isPlaintext = (mechanism: string): boolean => mechanism === 'PLAIN' || mechanism === 'LOGIN'

const announced = (sasl: SaslServer, context: SaslContext): readonly string[] =>
  sasl.mechanisms(context).filter((name) => name !== 'APOP')

function mechanismsNow({ sasl, context, settings, wire }: AuthorizationWorld): readonly string[] {
  if (settings.text('ssl') === 'required' && !isSecured(wire, settings)) return []
  return announced(sasl, context).filter((name) => !isPlaintext(name) || !plaintextRefused(settings, wire))
}

function capabilitiesNow(world: AuthorizationWorld): readonly string[] {
  const { settings, wire, tlsPossible } = world
  return [
    ...(tlsPossible && !wire.secure ? ['STLS'] : []),
    ...(isSecured(wire, settings) || !settings.flag('disable_plaintext_auth') ? ['USER'] : []),
    ['SASL', ...mechanismsNow(world)].join(' '),
  ]
}

/** The wire has one character a byte; names and passwords are UTF-8. */
const utf8Of = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')
