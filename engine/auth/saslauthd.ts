/**
 * saslauthd: a daemon that checks names and passwords for others, so that a mail server need not read /etc/shadow.
 * When it is stopped, whoever asks hears nothing, and that is another failure than a wrong password.
 *
 * saslauthd(8).
 */
import type { Machine } from '#engine/machine.ts'
import { openSasldb } from './sasldb.ts'
import { openShadow } from './shadow.ts'

/** What Debian's package was built with, in the order of `saslauthd -v`. */
export const saslauthdMechanisms = [
  'sasldb',
  'getpwent',
  'kerberos5',
  'pam',
  'rimap',
  'shadow',
  'ldap',
] as const

export type SaslauthdAnswer = 'ok' | 'wrong' | 'not running'

export interface Saslauthd {
  readonly running: boolean
  /** `service saslauthd start`: null, or why not. */
  start(): Promise<string | null>
  stop(): void
  check(account: { user: string; password: string; service: string; realm: string }): Promise<SaslauthdAnswer>
}

export function createSaslauthd(machine: Machine): Saslauthd {
  const shadow = openShadow(machine.disk)
  const sasldb = openSasldb(machine.disk)
  let mechanism = 'pam'
  let running = false

  const knows = async (user: string, password: string, realm: string): Promise<boolean> => {
    if (mechanism === 'sasldb') {
      const secret = await sasldb(user, realm === '' ? machine.name : realm)
      return secret.kind === 'password' && secret.password === password
    }
    // PAM on such a host ends in pam_unix, which asks /etc/shadow as well.
    return (await shadow(user, password)) === 'ok'
  }

  return {
    get running() {
      return running
    },
    async start() {
      const chosen = await defaultMechanism(machine)
      if (!(saslauthdMechanisms as readonly string[]).includes(chosen)) {
        return `unknown authentication mechanism: ${chosen}`
      }
      mechanism = chosen
      running = true
      return null
    },
    stop() {
      running = false
    },
    async check({ user, password, service, realm }) {
      if (!running) return 'not running'
      if (await knows(user, password, realm)) return 'ok'
      machine.emit({
        type: 'daemon.logged',
        daemon: 'saslauthd',
        level: 'info',
        text: `do_auth         : auth failure: [user=${user}] [service=${service}] [realm=${realm}] [mech=${mechanism}] [reason=${reason(mechanism)}]`,
      })
      return 'wrong'
    },
  }
}

const reason = (mechanism: string) => (mechanism === 'pam' ? 'PAM auth error' : 'Incorrect password')

/** MECHANISMS="pam" of /etc/default/saslauthd. */
async function defaultMechanism({ disk }: Machine): Promise<string> {
  if ((await disk.stat('/etc/default/saslauthd')) === null) return 'pam'
  const text = await disk.readText('/etc/default/saslauthd')
  return /^\s*MECHANISMS="?([\w-]+)/m.exec(text)?.[1] ?? 'pam'
}
