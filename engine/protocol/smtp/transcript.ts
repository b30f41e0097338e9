/**
 * What was said in a session, and what went wrong in it: kept to its end, in case the postmaster wants to know.
 *
 * postconf(5), notify_classes.
 */

/** The classes of trouble that may be told while a session lasts. */
export type Trouble = 'bounce' | 'data' | 'policy' | 'protocol' | 'resource' | 'software'

/** Of an endless session the beginning is enough. */
const longest = 2000

export class Transcript {
  #lines: string[] = []
  #troubles = new Set<Trouble>()

  get lines(): readonly string[] {
    return this.#lines
  }

  get troubles(): ReadonlySet<Trouble> {
    return this.#troubles
  }

  heard(line: string): void {
    this.#add(`In:  ${line}`)
  }

  said(line: string): void {
    this.#add(`Out: ${line}`)
  }

  trouble(trouble: Trouble): void {
    this.#troubles.add(trouble)
  }

  /** A letter that was taken makes up for what went before. */
  forgive(): void {
    this.#troubles = new Set()
  }

  /** Begins anew, after its lines were told or when nobody needs them. */
  clear(): void {
    this.#lines = []
    this.#troubles = new Set()
  }

  #add(line: string): void {
    if (this.#lines.length < longest) this.#lines.push(line)
  }
}
