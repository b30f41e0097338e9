/**
 * Counts what each client does, so that no one client takes all: connections at a time, and per time unit connections,
 * messages, recipients, TLS sessions and AUTH attempts. One for all smtpd services of a host.
 *
 * anvil(8).
 */
import type { Clock } from '#platform/clock.ts'

export type Activity = 'connection' | 'message' | 'recipient' | 'tls' | 'auth'

export interface Anvil {
  /** Counts a connection that begins. */
  connect(service: string, address: string, unit: number): { readonly count: number; readonly rate: number }
  disconnect(service: string, address: string): void
  /** Counts, and says how many there were in this time unit, ms. */
  rate(activity: Exclude<Activity, 'connection'>, service: string, address: string, unit: number): number
  /** The same counts, which nothing adds to: for trials. */
  still(): Anvil
}

type Client = { connections: number; since: number; readonly rates: Map<Activity, number> }

/** A client that is gone is forgotten; so many are kept at most, the oldest go first. */
const clientLimit = 10_000

export function createAnvil(clock: Clock): Anvil {
  const clients = new Map<string, Client>()

  const clientOf = (service: string, address: string, unit: number): Client => {
    const key = `${service}:${address}`
    const now = clock.now()
    let client = clients.get(key)
    if (client === undefined) {
      client = { connections: 0, since: now, rates: new Map() }
      clients.set(key, client)
      forgetSome()
    }
    if (now - client.since >= unit) {
      client.since = now
      client.rates.clear()
    }
    return client
  }

  const forgetSome = () => {
    if (clients.size <= clientLimit) return
    for (const [key, client] of clients) {
      if (client.connections > 0) continue
      clients.delete(key)
      return
    }
  }

  const count = (client: Client, activity: Activity): number => {
    const rate = (client.rates.get(activity) ?? 0) + 1
    client.rates.set(activity, rate)
    return rate
  }

  const counted = (service: string, address: string) => clients.get(`${service}:${address}`)
  const still: Anvil = {
    connect: (service, address) => {
      const client = counted(service, address)
      return { count: client?.connections ?? 0, rate: client?.rates.get('connection') ?? 0 }
    },
    disconnect: () => undefined,
    rate: (activity, service, address) => counted(service, address)?.rates.get(activity) ?? 0,
    still: () => still,
  }

  return {
    still: () => still,
    connect(service, address, unit) {
      const client = clientOf(service, address, unit)
      client.connections++
      return { count: client.connections, rate: count(client, 'connection') }
    },
    disconnect(service, address) {
      const client = clients.get(`${service}:${address}`)
      if (client) client.connections = Math.max(0, client.connections - 1)
    },
    rate: (activity, service, address, unit) => count(clientOf(service, address, unit), activity),
  }
}
