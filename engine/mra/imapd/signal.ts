/** Somebody waits, somebody wakes. What is woken before anybody waits is not lost, until somebody says that it is heard. */
export class Signal {
  #rung = false
  #waiting: (() => void) | null = null

  wake(): void {
    this.#rung = true
    this.#waiting?.()
    this.#waiting = null
  }

  /** Resolves at the next wake, or at once after one that nobody heard. */
  async wait(): Promise<void> {
    if (this.#rung) return
    await new Promise<void>((resolve) => {
      this.#waiting = resolve
    })
  }

  heard(): void {
    this.#rung = false
  }
}
