/** The lab itself: its hosts, clock, network, terminals and log. */
import { traceVersion, type FactOf, type Stamp, type TraceEvent } from '../events.ts'
import type { LogEntry } from '../world.ts'
import type { Draft } from './draft.ts'

export function foldLab(draft: Draft, event: TraceEvent): void {
  const { world } = draft
  switch (event.type) {
    case 'lab.started':
      started(draft, event)
      return
    case 'lab.stopped':
      if (world.lab) world.lab = { ...world.lab, running: false }
      world.clock = { ...world.clock, running: false }
      return
    case 'clock.changed':
      if (event.change !== 'advanced') world.clock = { at: event.at, running: event.change === 'resumed' }
      return
    case 'net.connected':
      draft.set('connections', event.connection, {
        id: event.connection,
        from: event.from,
        to: event.to,
        openedAt: event.at,
        closed: null,
        session: null,
        queueFile: null,
      })
      return
    case 'net.closed': {
      const { at, by, sent, received } = event
      draft.update('connections', event.connection, () => ({ closed: { at, by, sent, received } }))
      return
    }
    case 'net.fault':
      world.faults = event.on
        ? [...world.faults, event.fault]
        : world.faults.filter((fault) => fault !== event.fault)
      return
    case 'host.file':
      draft.update('hosts', event.host ?? '', (host) => ({
        written: [...host.written.filter((path) => path !== event.path), event.path],
      }))
      return
    case 'terminal.opened': {
      const { terminal: id, connection, from, to, port } = event
      draft.set('terminals', id, { id, connection, from, to, port, open: true })
      return
    }
    case 'door.asked': {
      const { seq, at, what, from, address, client } = event
      world.asked = draft.append(world.asked, { seq, at, what, from, address, client })
      return
    }
    case 'terminal.closed':
      draft.update('terminals', event.terminal, () => ({ open: false }))
      return
    case 'daemon.logged':
      log(draft, event, event.level, event.daemon, event.text)
      return
    case 'engine.fault':
      log(draft, event, 'panic', event.where, event.message)
  }
}

/** A lab that starts again finds its queue and its mailboxes as they were; of its connections nothing is left. */
function started(draft: Draft, event: Stamp & FactOf<'lab.started'>): void {
  const { world } = draft
  if (event.version > traceVersion) {
    log(
      draft,
      event,
      'warning',
      'trace',
      `this trace is of version ${event.version}; I read version ${traceVersion}`,
    )
  }
  world.lab = {
    name: event.lab,
    title: event.title,
    seed: event.seed,
    storage: event.storage,
    running: true,
    published: event.published,
  }
  world.clock = { at: event.at, running: true }
  world.faults = []
  world.hosts = new Map(event.hosts.map((host) => [host.name, { ...host, written: [] }]))
  const { at } = event
  for (const [id, connection] of world.connections) {
    if (connection.closed) continue
    draft.update('connections', id, () => ({ closed: { at, by: 'fault' as const, sent: 0, received: 0 } }))
  }
  for (const [id, session] of world.sessions) {
    if (!session.closed) draft.update('sessions', id, () => ({ closed: { at, reason: 'the engine ended' } }))
  }
  for (const [id, terminal] of world.terminals) {
    if (terminal.open) draft.update('terminals', id, () => ({ open: false }))
  }
}

function log(draft: Draft, event: TraceEvent, level: LogEntry['level'], daemon: string, text: string): void {
  const { seq, at } = event
  draft.world.log = draft.append(draft.world.log, { seq, at, host: event.host ?? null, level, daemon, text })
}
