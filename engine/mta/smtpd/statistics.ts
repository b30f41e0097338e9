/** Counts the commands of a session, for the line that smtpd logs at its end: `ehlo=1 mail=1 rcpt=0/1 commands=2/3`. */

/** In the order of smtpd's own table. */
const order = [
  'HELO',
  'EHLO',
  'XCLIENT',
  'XFORWARD',
  'STARTTLS',
  'AUTH',
  'MAIL',
  'RCPT',
  'DATA',
  'BDAT',
  'RSET',
  'NOOP',
  'VRFY',
  'ETRN',
  'QUIT',
  'UNKNOWN',
] as const

export class Statistics {
  readonly #total = new Map<string, number>()
  readonly #successes = new Map<string, number>()

  count(verb: string, result: 'success' | 'failure'): void {
    this.#total.set(verb, (this.#total.get(verb) ?? 0) + 1)
    if (result === 'success') this.#successes.set(verb, (this.#successes.get(verb) ?? 0) + 1)
  }

  summary(): string {
    let commands = 0
    let successes = 0
    const parts: string[] = []
    for (const verb of order) {
      const total = this.#total.get(verb) ?? 0
      if (total === 0) continue
      const good = this.#successes.get(verb) ?? 0
      commands += total
      successes += good
      parts.push(`${verb.toLowerCase()}=${ratio(good, total)}`)
    }
    return [...parts, `commands=${ratio(successes, commands)}`].join(' ')
  }
}

const ratio = (good: number, total: number) => (good === total ? String(total) : `${good}/${total}`)
