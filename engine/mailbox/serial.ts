/** One after the other: work on one folder waits for the work before it, whoever asked for it. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  get isIdle(): boolean {
    return this.#waiting === 0
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++
    const next = this.#last.then(work, work)
    this.#last = next
      .catch(() => undefined)
      .finally(() => {
        this.#waiting--
      })
    return next
  }
}
