/** The rungs of a session's ladder: who said what, from which side, and the state it led to. */
import type { Exchange, SessionView } from '#trace/world.ts'
import { replyClassOf, wordOf, type Mark } from '#web/model/marks.ts'

export type Rung = {
  readonly seq: number
  readonly at: number
  /** Milliseconds of lab time since the rung before. */
  readonly after: number
  readonly from: 'client' | 'server'
  readonly kind: 'command' | 'data' | 'reply'
  /** First line; the rest is in `more`. */
  readonly text: string
  readonly more: readonly string[]
  readonly verb: string | null
  readonly code: string | null
  readonly mark: Mark
  /** The state it led to. */
  readonly state: string | null
  /** Whether there is more to say why: a list was walked for it, or it refuses. */
  readonly reasoned: boolean
  readonly turn: number
}

export function rungsOf(session: SessionView): readonly Rung[] {
  let before = session.openedAt
  return session.exchanges.flatMap((exchange, turn) =>
    rungsOfTurn(exchange, turn).map((rung) => {
      const timed = { ...rung, after: rung.at - before }
      before = rung.at
      return timed
    }),
  )
}

function rungsOfTurn(exchange: Exchange, turn: number): readonly Omit<Rung, 'after'>[] {
  const base = { more: [], verb: null, code: null, mark: null, state: null, reasoned: false, turn } as const
  const rungs: Omit<Rung, 'after'>[] = []
  if (exchange.command)
    rungs.push({
      ...base,
      seq: exchange.seq,
      at: exchange.at,
      from: 'client',
      kind: 'command',
      text: exchange.command.line,
      verb: wordOf(exchange.command),
    })
  if (exchange.data)
    rungs.push({
      ...base,
      seq: exchange.seq,
      at: exchange.at,
      from: 'client',
      kind: 'data',
      text: String(exchange.data.size),
      more: exchange.data.head.split(/\r?\n/),
    })
  exchange.replies.forEach(({ seq, at, reply }, i) => {
    const last = i === exchange.replies.length - 1
    rungs.push({
      ...base,
      seq,
      at,
      from: 'server',
      kind: 'reply',
      text: [reply.status, reply.lines[0]].filter(Boolean).join(' '),
      more: reply.lines.slice(1),
      code: reply.code,
      mark: replyClassOf(reply),
      state: last ? (exchange.state?.to ?? null) : null,
      reasoned: last && (exchange.verdicts.length > 0 || /^[45]/.test(replyClassOf(reply) ?? '')),
    })
  })
  return rungs
}
