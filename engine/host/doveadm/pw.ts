/** doveadm pw: makes a password as it is stored, or tries one. doveadm-pw(1). */
import { done, exits, failed, usageOf, type DoveadmCommand } from './command.ts'
import { commandOptions, extraneous, isResult } from './options.ts'
import type { MailAccounts } from '#host/command.ts'

const fatal = (message: string) => failed(`Fatal: ${message}\n`, exits.temporary)

export const pw: DoveadmCommand = {
  name: 'pw',
  usage: '[-l] [-p plaintext] [-r rounds] [-s scheme] [-t hash] [-u user] [-V]',
  async run(input) {
    const options = commandOptions('pw', input.words, 'lp:r:s:t:u:V')
    if (isResult(options)) return options
    const { given, rest } = options
    const accounts = input.box.mail?.accounts
    if (accounts === undefined) return usageOf(this)
    if (given.has('l')) return done(`${accounts.schemes.join(' ')} \n`)
    const extra = extraneous(rest)
    if (extra !== null) return extra
    const password = given.get('p') ?? input.stdin.replace(/\n$/, '')
    const user = given.get('u') ?? ''
    const hash = given.get('t')
    if (hash !== undefined) return tried(accounts, hash, password, user)
    const rounds = given.get('r')
    if (rounds !== undefined && Number(rounds) > 4_294_967_295)
      return fatal(`Invalid number of rounds: ${rounds}`)
    const scheme = (given.get('s') ?? 'CRYPT').toUpperCase()
    const stored = accounts.stored(scheme, password, {
      user,
      rounds: rounds !== undefined && /^\d+$/.test(rounds) ? Number(rounds) : null,
    })
    if (stored === null) return fatal(`Unknown scheme: ${scheme}`)
    if (typeof stored !== 'string') return fatal(stored.problem)
    return done(`${stored}${given.has('V') ? ' (verified)' : ''}\n`)
  },
}

function tried(accounts: MailAccounts, hash: string, password: string, user: string) {
  if (!/^(?:\{[^}]*\}|\$1\$)/.test(hash)) return fatal('Missing {scheme} prefix from hash')
  const fits = accounts.isStored(password, hash, user)
  if (fits === true) return done(`${hash} (verified)\n`)
  if (fits === false) return fatal('reverse password verification check failed: Password mismatch')
  return fits.at === 'decoding'
    ? fatal(`reverse decode check failed: ${fits.problem}`)
    : fatal(`reverse password verification check failed: ${fits.problem}`)
}
