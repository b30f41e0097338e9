/**
 * Logs in to a relay with a name and a password of smtp_sasl_password_maps, by the safest mechanism both know.
 *
 * RFC 4954; SASL_README, "Enabling SASL authentication in the Postfix SMTP/LMTP client".
 */
import { createHmac } from 'node:crypto'
import type { Session, SessionInput } from './session.ts'
import { SessionFailed } from './session.ts'

type Credentials = { readonly user: string; readonly password: string }

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Best first. Each begins with an initial response or null, and answers challenges. */
const mechanisms: readonly {
  readonly name: string
  readonly plaintext: boolean
  readonly initial: (credentials: Credentials) => string | null
  readonly answer: (credentials: Credentials, challenge: string, step: number) => string
}[] = [
  {
    name: 'CRAM-MD5',
    plaintext: false,
    initial: () => null,
    answer: ({ user, password }, challenge) =>
      base64(`${user} ${createHmac('md5', password).update(Buffer.from(challenge, 'base64')).digest('hex')}`),
  },
  {
    name: 'PLAIN',
    plaintext: true,
    initial: ({ user, password }) => base64(`\0${user}\0${password}`),
    answer: ({ user, password }) => base64(`\0${user}\0${password}`),
  },
  {
    name: 'LOGIN',
    plaintext: true,
    initial: () => null,
    answer: ({ user, password }, _challenge, step) => base64(step === 0 ? user : password),
  },
]

export async function authenticate(
  session: Session,
  input: SessionInput & { readonly credentials: Credentials },
): Promise<void> {
  const { settings, credentials } = input
  const offered = session.extensions.get('AUTH')
  if (!offered) return
  const plaintext = session.encrypted ? settings.sasl.plaintextAllowedWithTls : settings.sasl.plaintextAllowed
  const mechanism = mechanisms.find(
    ({ name, plaintext: plain }) =>
      offered.includes(name) &&
      (!plain || plaintext) &&
      (settings.sasl.mechanisms.length === 0 || settings.sasl.mechanisms.includes(name)),
  )
  if (!mechanism) {
    throw new SessionFailed(
      '4.7.0',
      `SASL authentication failed; cannot authenticate to server ${session.peer.label}: no mechanism available`,
    )
  }
  session.step({ type: 'authenticate' })
  const initial = mechanism.initial(credentials)
  session.dialogue.send(`AUTH ${mechanism.name}${initial === null ? '' : ` ${initial}`}\r\n`)
  let reply = await session.expect('performing SASL authentication', settings.timeouts.hello)
  for (let step = 0; reply.code === 334 && step < 4; step++) {
    session.step({ type: 'challenge' })
    session.dialogue.send(`${mechanism.answer(credentials, reply.lines[0] ?? '', step)}\r\n`)
    reply = await session.expect('performing SASL authentication', settings.timeouts.hello)
  }
  if (reply.code < 300) {
    session.step({ type: 'auth-ok' })
    return
  }
  session.step({ type: 'auth-refused' })
  // A password that is wrong today may be right tomorrow: the mail waits.
  throw new SessionFailed(
    `4${reply.status.slice(1)}`,
    `SASL authentication failed; server ${session.peer.label} said: ${reply.text}`,
    reply,
  )
}
