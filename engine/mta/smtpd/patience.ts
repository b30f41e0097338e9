/**
 * How long a server bears with a client: errors slow it down, then end the session; harmless commands by the hundred
 * count as errors too. Whoever brings a good letter is forgiven.
 *
 * postconf(5): smtpd_soft_error_limit, smtpd_hard_error_limit, smtpd_junk_command_limit.
 */
export class Patience {
  #errors = 0
  #junk = 0
  readonly #limits: { readonly soft: number; readonly hard: number; readonly junk: number }

  constructor(limits: { readonly soft: number; readonly hard: number; readonly junk: number }) {
    this.#limits = limits
  }

  get isThin(): boolean {
    return this.#errors >= this.#limits.soft
  }

  get isOver(): boolean {
    return this.#errors >= this.#limits.hard
  }

  error(): void {
    this.#errors++
  }

  junkCommand(): void {
    if (this.#junk++ > this.#limits.junk) this.#errors++
  }

  forgive(): void {
    this.#errors = 0
    this.#junk = 0
  }
}
