/**
 * What is wrong with a script, and where: one sentence each, in Pigeonhole's words. A parse or a check collects them and
 * goes on, so that an author sees all of them at once.
 */
export type Position = { readonly line: number; readonly column: number }

export type SieveProblem = Position & {
  readonly severity: 'error' | 'warning' | 'info'
  /** Without its full stop. */
  readonly text: string
}

/** How many errors a reader wants to see before it is told "too many". */
export const mostProblems = 50

/** `main: line 3: error: unknown command 'foo' (…).` */
export const formatProblem = (script: string, { line, severity, text }: SieveProblem): string =>
  `${script === '' ? '' : `${script}: `}${line > 0 ? `line ${line}: ` : ''}${severity}: ${text}.`

export class Problems {
  readonly found: SieveProblem[] = []
  #errors = 0
  readonly #most: number

  constructor(most: number = mostProblems) {
    this.#most = most
  }

  error(at: Position, text: string): void {
    this.#errors++
    if (this.moreAllowed || this.#errors === this.#most) {
      this.found.push({ severity: 'error', line: at.line, column: at.column, text })
    }
  }

  warning(at: Position, text: string): void {
    if (this.found.length < 2 * mostProblems) {
      this.found.push({ severity: 'warning', line: at.line, column: at.column, text })
    }
  }

  get errors(): number {
    return this.#errors
  }

  get moreAllowed(): boolean {
    return this.#errors < this.#most
  }
}
