/** What is wrong with a network at the moment, and whom it concerns. */
import type { Endpoint, Fault } from '#platform/net.ts'

export class FaultList {
  #faults: readonly Fault[] = []
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  get all(): readonly Fault[] {
    return this.#faults
  }

  /** Returns how to take it away again. */
  add(fault: Fault): () => 'mended' | 'was not there' {
    const own = { ...fault }
    this.#faults = [...this.#faults, own]
    this.#changed()
    return () => {
      if (!this.#faults.includes(own)) return 'was not there'
      this.#faults = this.#faults.filter((other) => other !== own)
      this.#changed()
      return 'mended'
    }
  }

  clear(): void {
    this.#faults = []
    this.#changed()
  }

  /** The faults on the way that a connection takes from its client to its server. */
  between(client: Endpoint, server: Endpoint): readonly Fault[] {
    if (this.#faults.length === 0) return this.#faults
    return this.#faults.filter(
      (fault) =>
        concerns(fault.from, client) &&
        concerns(fault.to, server) &&
        (fault.port === undefined || fault.port === server.port),
    )
  }
}

/** How bytes fare on a way with these faults. */
export type Weather = {
  readonly swallowed: boolean
  readonly delay: number
  readonly bytesPerSecond: number
  readonly cutAfter: number
}

const fair: Weather = { swallowed: false, delay: 0, bytesPerSecond: Infinity, cutAfter: Infinity }

export function weatherOf(faults: readonly Fault[]): Weather {
  return faults.reduce((weather, fault) => {
    switch (fault.kind) {
      case 'refuse':
        return weather
      case 'drop':
        return { ...weather, swallowed: true }
      case 'delay':
        return { ...weather, delay: weather.delay + Math.max(0, fault.milliseconds) }
      case 'throttle':
        return {
          ...weather,
          bytesPerSecond: Math.min(weather.bytesPerSecond, Math.max(1, fault.bytesPerSecond)),
        }
      case 'cut':
        return { ...weather, cutAfter: Math.min(weather.cutAfter, Math.max(0, fault.afterBytes)) }
      default:
        return fault satisfies never
    }
  }, fair)
}

/** One line a person reads: `drop mail.example.com → mx.example.org:25`. */
export function describeFault(fault: Fault): string {
  const port = fault.port === undefined ? '' : `:${fault.port}`
  const way = `${fault.from ?? 'any'} → ${fault.to ?? 'any'}${port}`
  switch (fault.kind) {
    case 'refuse':
    case 'drop':
      return `${fault.kind} ${way}`
    case 'delay':
      return `delay ${fault.milliseconds} ms ${way}`
    case 'throttle':
      return `throttle ${fault.bytesPerSecond} bytes/s ${way}`
    case 'cut':
      return `cut after ${fault.afterBytes} bytes ${way}`
    default:
      return fault satisfies never
  }
}

function concerns(who: string | undefined, end: Endpoint): boolean {
  return who === undefined || who === end.host || who === end.address
}
