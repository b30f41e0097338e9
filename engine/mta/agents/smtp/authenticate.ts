/**
 * Logs in to a relay with a name and a password of smtp_sasl_password_maps, by the safest mechanism both know.
 *
 * RFC 4954; SASL_README, "Enabling SASL authentication in the Postfix SMTP/LMTP client".
 */
import { chooseMechanism, type Credentials } from './sasl-client.ts'
import type { Session, SessionInput } from './session.ts'
import { SessionFailed } from './session.ts'

const where = 'performing the EHLO handshake'

export async function authenticate(
  session: Session,
  input: SessionInput & { readonly credentials: Credentials },
): Promise<void> {
  const { settings, credentials, machine } = input
  const { label, name: host } = session.peer
  const offered = session.extensions.get('AUTH')
  if (!offered) return
  const usable: string[] = []
  for (const name of offered) if (await input.acceptsMechanism(name)) usable.push(name)
  if (usable.length === 0) {
    throw new SessionFailed(
      '4.7.0',
      `SASL authentication failed: server ${label} offered no compatible authentication mechanisms for this type of connection security`,
    )
  }
  const failed = (why: string) =>
    new SessionFailed('4.7.0', `SASL authentication failed; cannot authenticate to server ${label}: ${why}`)
  const mechanism = chooseMechanism(
    usable,
    session.encrypted ? settings.sasl.tlsOptions : settings.sasl.options,
  )
  if (!mechanism) throw failed('no mechanism available')

  session.step({ type: 'authenticate' })
  const nonce = Buffer.from(machine.random.bytes(24)).toString('base64')
  const exchange = mechanism.begin({ credentials, host, nonce })
  const first = exchange.initial === null ? '' : ` ${base64(exchange.initial)}`
  session.dialogue.send(`AUTH ${mechanism.name}${first}\r\n`)
  let reply = await session.expect(where, settings.timeouts.hello)
  while (Math.floor(reply.code / 100) === 3) {
    session.step({ type: 'challenge' })
    const challenge = reply.lines.at(-1) ?? ''
    if (!isBase64(challenge)) throw failed('another step is needed in authentication')
    const answer = exchange.answer(Buffer.from(challenge, 'base64').toString())
    if ('failure' in answer) throw failed(answer.failure)
    session.dialogue.send(`${base64(answer.say)}\r\n`)
    reply = await session.expect(where, settings.timeouts.hello)
  }
  if (Math.floor(reply.code / 100) === 2) {
    session.step({ type: 'auth-ok' })
    return
  }
  session.step({ type: 'auth-refused' })
  // A password that is wrong today may be right tomorrow: the mail waits.
  throw new SessionFailed(
    settings.sasl.softBounce ? `4${reply.status.slice(1)}` : reply.status,
    `SASL authentication failed; server ${label} said: ${reply.text}`,
    reply,
  )
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const isBase64 = (text: string): boolean =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
