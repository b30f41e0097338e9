/** What is wrong in a configuration file, and where: said as `file:line:column: sentence`. */
export type Problem = {
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based, in characters. */
  readonly column: number
  /** The server's own words where it has any. */
  readonly message: string
  /** 'error': said as one, though the server goes on; 'fatal': the server would not start, or not answer, with this file. */
  readonly severity: 'warning' | 'error' | 'fatal'
}

export type Position = { readonly line: number; readonly column: number }

export const formatProblem = (problem: Problem): string =>
  `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`
