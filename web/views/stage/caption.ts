/** One sentence about a moment: what happened, in the words of the protocol. */
import { isSession, type TraceEvent } from '#trace/events.ts'
import type { World } from '#trace/world.ts'
import type { Dictionary } from '#web/i18n/index.ts'
import type { LanguageName } from '#web/model/preferences.svelte.ts'

export type Caption = {
  readonly who: string
  /** The verb phrase between the two, in the reader's language. */
  readonly does: string
  /** As it was on the wire: shown in mono. */
  readonly wire: string
}

export function captionOf(event: TraceEvent, world: World, t: Dictionary, language: LanguageName): Caption {
  const host = event.host ?? ''
  const c = t.caption
  if ('session' in event && event.session !== undefined) {
    const session = world.sessions.get(event.session)
    const server = session ? `${session.host}:${session.port}` : host
    const client = session ? (session.clientHost ?? session.client.address) : ''
    if (isSession(event, 'command')) return { who: client, does: c.says(server), wire: event.line }
    if (isSession(event, 'data')) return { who: client, does: c.sends(event.size, server), wire: '' }
    if (isSession(event, 'tls'))
      return { who: client, does: c.encrypts(server), wire: `${event.version} ${event.cipher}` }
    if (isSession(event, 'reply')) {
      const { code, status, lines } = event.reply
      const does = event.unasked ? c.greets : c.answers
      return { who: server, does, wire: [code, status, lines[0]].filter(Boolean).join(' ') }
    }
  }
  switch (event.type) {
    case 'net.connected':
      return {
        who: event.from.host ?? event.from.address,
        does: c.connects,
        wire: `${event.to.host ?? event.to.address}:${event.to.port}`,
      }
    case 'net.refused':
      return {
        who: event.to.host ?? event.to.address,
        does: c.refuses(t.netReason[event.reason]),
        wire: `:${event.to.port}`,
      }
    case 'net.closed':
      return { who: '', does: c.closes(t.closedBy[event.by]), wire: '' }
    case 'dns.answered':
      return {
        who: host,
        does: c.asks,
        wire: `${event.name} ${event.record} → ${event.answers.join(', ') || event.code}`,
      }
    case 'queue.moved':
      return {
        who: host,
        does: event.from === null ? c.keeps(event.to) : c.moves(event.from, event.to),
        wire: event.queueId,
      }
    case 'delivery.started':
      return { who: host, does: c.hands(event.agent), wire: event.recipients.join(', ') }
    case 'delivery.result':
      return {
        who: host,
        does: c.outcome(t.outcome[event.outcome]),
        wire: `${event.recipient} ${event.status}`,
      }
    case 'mailbox.delivered':
      return { who: host, does: c.delivers(event.user), wire: event.file }
    case 'host.command':
      return { who: `${event.user}@${host}`, does: c.runs, wire: event.command }
    case 'narration':
      return { who: '', does: language === 'zh' ? event.zh : event.en, wire: '' }
    default:
      return { who: host, does: '', wire: event.type }
  }
}
