/**
 * The commands before login: who is it, and may it say so in clear here?
 *
 * RFC 5804 §2.1, §2.2. The texts are Dovecot's.
 */
import { isSecured, plaintextRefused } from '#engine/wire-tls.ts'
import { decodeBase64 } from '#protocol/bytes/base64.ts'
import type { Word } from '#protocol/sieve/managesieve/arguments.ts'
import { no, ok, withData } from '#protocol/sieve/managesieve/reply.ts'
import { announcedMechanisms, capabilities, isPlaintext, type CapabilityWorld } from './capabilities.ts'
import type { CommandInput } from './input.ts'
import { bad, loggedOut, noop, say, type Outcome } from './outcome.ts'

export type LoginWorld = CapabilityWorld & {
  /** The client gave up once: Dovecot then takes a missing first response as an empty one. */
  readonly aborted: boolean
}

export const longestLoginWord = 64 * 1024

export async function loginCommand(input: CommandInput, world: LoginWorld): Promise<Outcome> {
  const { verb } = input
  // What comes after the two words of AUTHENTICATE is not looked at.
  const words = await input.all(2, longestLoginWord, verb === 'AUTHENTICATE' ? 'ignore' : 'refuse')
  if (words.kind === 'gone') return words
  if (words.kind !== 'words') return bad('')
  const [first, second] = words.words
  switch (verb) {
    case 'AUTHENTICATE':
      return authenticate(first, second, world)
    case 'NOOP':
      return second === undefined ? noop(first) : bad('')
    case 'CAPABILITY':
      if (first !== undefined) return bad('')
      return say(withData(ok('Capability completed.'), capabilities('before-login', world)))
    case 'LOGOUT':
      return first === undefined ? loggedOut : bad('')
    case 'STARTTLS':
      if (first !== undefined) return bad('')
      if (world.wire.secure) return say(no('TLS is already active.'))
      return world.tlsPossible ? { kind: 'tls' } : say(no("TLS support isn't enabled."))
    default:
      return bad('')
  }
}

function authenticate(name: Word | undefined, initial: Word | undefined, world: LoginWorld): Outcome {
  const { sasl, settings, wire, context, aborted } = world
  if (name?.kind !== 'string' || (initial !== undefined && initial.kind !== 'string')) return bad('')
  const mechanism = name.text.toUpperCase()
  if (settings.text('ssl') === 'required' && !isSecured(wire, settings)) {
    const reply = no('Authentication not allowed until SSL/TLS is enabled.', 'ENCRYPT-NEEDED')
    return { kind: 'reply', reply, refused: 'tls', mechanism }
  }
  const exchange = announcedMechanisms(world).includes(mechanism) ? sasl.begin(mechanism, context) : null
  if (exchange === null)
    return {
      kind: 'reply',
      reply: no('Unsupported authentication mechanism.'),
      refused: 'mechanism',
      mechanism,
    }
  if (isPlaintext(mechanism) && plaintextRefused(settings, wire))
    return { kind: 'reply', reply: no('Plaintext authentication disabled.'), refused: 'plaintext', mechanism }
  const written = initial?.text ?? (aborted ? '' : null)
  const response = written === null ? null : decodeBase64(written)
  if (written !== null && response === null) {
    const reply = no('Invalid base64 data in initial response')
    return { kind: 'reply', reply, refused: 'base64', mechanism }
  }
  return { kind: 'exchange', mechanism, exchange, response }
}
