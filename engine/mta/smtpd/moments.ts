/**
 * The newest moments at which smtpd was asked something, each as it was: the session's own values, by reference. A moment
 * can be tried again with one thing changed; that answers "what would have turned this reply around?".
 *
 * Next: engine/mta/smtpd/trial.ts
 */
import type { Reply } from '#protocol/smtp/reply.ts'
import type { SmtpSessionSnapshot } from '#protocol/smtp/session.machine.ts'
import { isSession, type TraceEvent } from '#trace/events.ts'
import type { Conversation } from './conversation.ts'
import type { MessageReader } from './message.ts'
import type { PolicyBranch } from './policy.ts'
import type { SessionParts } from './session-state.ts'

export type Moment = {
  /** Without what would keep the connection alive. */
  readonly parts: Omit<SessionParts, 'wire' | 'policy'>
  readonly now: Conversation
  readonly chart: SmtpSessionSnapshot
  readonly where: string
  /** What the client was refused with at the connection. */
  readonly denied: Reply | null
  readonly pipelined: boolean
  readonly policy: PolicyBranch | null
  readonly asked:
    | { readonly kind: 'command'; readonly line: string }
    | { readonly kind: 'client' }
    /** `size`: beyond measure where counting was given up. `content`: of a letter that was refused, and is not too long to be kept. */
    | { readonly kind: 'end-of-data'; readonly size: number; readonly content: Uint8Array | null }
}

export interface Moments {
  /** A session is asked something: its next reply answers that. */
  begin(session: string, moment: Moment): void
  end(session: string): void
  /** Hears what the trace recorded, and so learns which reply answers which moment. */
  heard(event: TraceEvent): void
  /** Null when the event is no such reply, or one that is not kept any more. */
  at(seq: number): Moment | null
}

/** So many are kept, and so many letters with them. */
const most = 1000
const mostLetters = 30
const longestLetter = 65_536

/** A letter that has come to its end, as it is asked about. */
export function letterOf({ size, content, problem }: MessageReader): Moment['asked'] {
  if (problem === 'too big') return { kind: 'end-of-data', size: Infinity, content: null }
  return { kind: 'end-of-data', size, content: size > longestLetter ? null : content }
}

export function createMoments(): Moments {
  const open = new Map<string, Moment>()
  const kept = new Map<number, Moment>()
  const letters: number[] = []
  return {
    begin(session, moment) {
      open.set(session, moment)
    },
    end(session) {
      open.delete(session)
    },
    heard(event) {
      if (!isSession(event, 'reply')) return
      const moment = open.get(event.session)
      if (moment === undefined) return
      open.delete(event.session)
      const letter = moment.asked.kind === 'end-of-data' && event.reply.code >= '400'
      kept.set(event.seq, letter ? moment : withoutContent(moment))
      if (letter) letters.push(event.seq)
      const oldLetter = letters.length > mostLetters ? letters.shift() : undefined
      const old = kept.get(oldLetter ?? 0)
      if (oldLetter !== undefined && old !== undefined) kept.set(oldLetter, withoutContent(old))
      if (kept.size > most) for (const oldest of kept.keys()) if (kept.delete(oldest)) break
    },
    at: (seq) => kept.get(seq) ?? null,
  }
}

const withoutContent = (moment: Moment): Moment =>
  moment.asked.kind === 'end-of-data' ? { ...moment, asked: { ...moment.asked, content: null } } : moment
