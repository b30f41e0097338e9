/**
 * The inside of a host on the stage. A server from top to bottom, as mail goes: smtpd, cleanup, the queue, agents, MDA,
 * mailboxes, MRA; and the doors at its edges.
 */
import type { Box, Door, Part, PlacedHost, StageHost } from './layout.ts'

const queues = ['incoming', 'active', 'deferred', 'hold'] as const
/** Between two doors, one above the other: room for their numbers. */
const doorPitch = 17

export const placeClient = (host: StageHost, box: Box): PlacedHost => ({
  host,
  box,
  kind: 'client',
  open: false,
  doors: [],
  parts: [],
  trays: [],
  mailboxes: [],
})

const inbound = new Set(['smtp', 'submission', 'submissions'])
const outward = new Set(['pop3', 'pop3s', 'imap', 'imaps', 'sieve'])

/** `inside`: at which edge its people fetch their letters, or that it is closed. */
export function placeServer(host: StageHost, box: Box, inside: 'bottom' | 'right' | 'closed'): PlacedHost {
  if (inside === 'closed') return placeClosed(host, box)
  const pad = 12
  const inner = { x: box.x + pad, width: box.width - 2 * pad }
  const top = box.y + 36
  const room = box.height - 36 - 22
  const row = (from: number, to: number) => ({ y: top + room * from, height: room * (to - from) })
  const entry = row(0, 0.13)
  const tray = row(0.28, 0.51)
  const agent = row(0.6, 0.72)
  const store = row(0.79, 1)
  const half = (inner.width - 16) / 2
  const smtpdBox = { x: inner.x, width: half, ...entry }
  const cleanupBox = { x: inner.x + half + 16, width: half, ...entry }
  const trayWidth = (inner.width - 18) / 4
  const trays = queues.map((queue, i) => ({
    queue,
    box: { x: inner.x + i * (trayWidth + 6), width: trayWidth, ...tray },
  }))
  const agentWidth = (inner.width - 16) / 3
  const agentBox = (i: number) => ({ x: inner.x + i * (agentWidth + 8), width: agentWidth, ...agent })
  const users = host.users.slice(0, 4)
  const each = Math.min(84, (inner.width - 6 * (users.length - 1)) / Math.max(1, users.length))
  const mailboxes = users.map((user, i) => ({
    user,
    box: { x: inner.x + i * (each + 6), width: each, ...store },
  }))
  const lmtpdBox = agentBox(0)
  const parts: Part[] = [
    { id: 'smtpd', box: smtpdBox },
    { id: 'cleanup', box: cleanupBox },
    { id: 'lmtpd', box: lmtpdBox },
    { id: 'lmtp', box: agentBox(1) },
    { id: 'smtp', box: agentBox(2) },
  ]
  const doors = host.services.map((service): Door => {
    const kin = host.services.filter((other) => sideOf(other.name) === sideOf(service.name))
    const i = kin.indexOf(service)
    switch (sideOf(service.name)) {
      case 'left':
        return {
          ...named(service),
          side: 'left',
          x: box.x,
          y: entry.y + entry.height / 2 + (i - (kin.length - 1) / 2) * doorPitch,
        }
      case 'right':
      case 'bottom':
        if (inside === 'right')
          return {
            ...named(service),
            side: 'right',
            x: box.x + box.width,
            y: store.y + store.height - 8 - (kin.length - 1 - i) * doorPitch,
          }
        return {
          ...named(service),
          side: 'bottom',
          x: inner.x + inner.width - (kin.length - i - 0.5) * Math.min(52, inner.width / kin.length),
          y: box.y + box.height,
        }
      case 'inside':
        return {
          ...named(service),
          side: 'inside',
          x: lmtpdBox.x + lmtpdBox.width,
          y: lmtpdBox.y + lmtpdBox.height / 2,
        }
    }
  })
  return { host, box, kind: 'server', open: true, doors, parts, trays, mailboxes }
}

const named = (service: { name: string; port: number }) => ({ port: service.port, service: service.name })

const sideOf = (service: string): Door['side'] =>
  inbound.has(service) ? 'left' : outward.has(service) ? 'bottom' : 'inside'

/** A closed server shows its name, what waits in it, and who lives there; its doors are where they would be. */
function placeClosed(host: StageHost, box: Box): PlacedHost {
  const services = host.scripted && host.services.length === 0 ? [{ name: 'smtp', port: 25 }] : host.services
  const doors = services.map((service): Door => {
    const side = sideOf(service.name)
    if (side === 'left') {
      const kin = services.filter((other) => sideOf(other.name) === side)
      const place = kin.indexOf(service) - (kin.length - 1) / 2
      return { ...named(service), side, x: box.x, y: box.y + box.height / 2 + place * doorPitch }
    }
    if (side === 'bottom')
      return { ...named(service), side, x: box.x + box.width - 30, y: box.y + box.height }
    return { ...named(service), side, x: box.x + box.width / 2, y: box.y + 70 }
  })
  const middle: Box = { x: box.x + box.width / 2 - 8, y: box.y + 62, width: 16, height: 16 }
  return {
    host,
    box,
    kind: 'server',
    open: false,
    doors,
    parts: ['smtpd', 'cleanup', 'lmtpd', 'lmtp', 'smtp'].map((id) => ({
      id,
      box: id === 'smtp' ? { x: box.x + box.width - 8, y: box.y + 62, width: 8, height: 16 } : middle,
    })),
    trays: queues.map((queue) => ({ queue, box: middle })),
    mailboxes: host.users.map((user) => ({ user, box: middle })),
  }
}
