/** Timers in the order in which they are due; those due at one moment keep the order in which they were set. */

export type Entry = {
  readonly due: number
  readonly order: number
  readonly action: () => void
  /** Place in the heap; -1 when it is not in it. */
  index: number
}

/** A binary heap that can also remove from its middle: most timers of a mail server are cancelled, not fired. */
export class TimerHeap {
  readonly #entries: Entry[] = []

  first(): Entry | undefined {
    return this.#entries[0]
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#rise(entry, this.#entries.length - 1)
  }

  remove(entry: Entry): void {
    const hole = entry.index
    if (hole < 0) return
    entry.index = -1
    const last = this.#entries.pop()
    if (last === undefined || last === entry) return
    this.#rise(last, hole)
    this.#sink(last, last.index)
  }

  clear(): void {
    for (const entry of this.#entries) entry.index = -1
    this.#entries.length = 0
  }

  #rise(entry: Entry, from: number): void {
    let place = from
    while (place > 0) {
      const parent = this.#entries[(place - 1) >> 1]
      if (parent === undefined || !isBefore(entry, parent)) break
      this.#put(parent, place)
      place = (place - 1) >> 1
    }
    this.#put(entry, place)
  }

  #sink(entry: Entry, from: number): void {
    let place = from
    for (;;) {
      const left = this.#entries[2 * place + 1]
      const right = this.#entries[2 * place + 2]
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left
      if (child === undefined || !isBefore(child, entry)) break
      const next = child.index
      this.#put(child, place)
      place = next
    }
    this.#put(entry, place)
  }

  #put(entry: Entry, place: number): void {
    this.#entries[place] = entry
    entry.index = place
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order)
}
