/**
 * What an IMAP session writes in the mail log when it ends: why, how many bytes went each way, what was read and removed.
 *
 * Dovecot 2.3: imap_logout_format.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { expandVariables, userVariables } from '#config/dovecot-variables.ts'
import type { UserLog } from '#engine/wire-log.ts'
import type { Wire } from '#engine/wire.ts'
import type { Account } from './account.ts'
import type { Input } from './input.ts'
import type { Transcript } from './transcript.ts'

/** How it stands with the commands of a client that hangs up. */
export type Standing =
  | { readonly kind: 'none' }
  | { readonly kind: 'finished'; readonly command: string; readonly at: number }
  | { readonly kind: 'idling'; readonly since: number; readonly written: () => number }
  | { readonly kind: 'appending'; readonly since: number; readonly input: Input }

type Parts = {
  readonly settings: DovecotSettings
  readonly wire: Wire
  readonly transcript: Transcript
}

export class SessionLog {
  readonly #log: UserLog
  readonly #parts: Parts
  readonly #session: string
  readonly #before: { readonly input: number; readonly output: number }

  /** Begins before the client is told that it is logged in: that is said by the process that writes this log. */
  constructor(log: UserLog, parts: Parts, session: string) {
    this.#log = log
    this.#parts = parts
    this.#session = session
    this.#before = { input: parts.wire.taken, output: parts.transcript.written }
  }

  /** `read`: of all that the client sent on this connection, what was looked at. */
  end(reason: string, { counts, parts: { user } }: Account, read: number): void {
    const { settings, transcript } = this.#parts
    const input = String(read - this.#before.input)
    const output = String(transcript.written - this.#before.output)
    const values = {
      ...userVariables(user),
      i: input,
      input,
      o: output,
      output,
      session: this.#session,
      fetch_hdr_count: String(counts.header.count),
      fetch_hdr_bytes: String(counts.header.bytes),
      fetch_body_count: String(counts.body.count),
      fetch_body_bytes: String(counts.body.bytes),
      deleted: String(counts.deleted),
      expunged: String(counts.expunged),
      trashed: String(counts.trashed),
      autoexpunged: '0',
      appended: String(counts.appended),
    }
    const told = expandVariables(settings.text('imap_logout_format'), values)
    this.#log.write('info', `Disconnected: ${reason} ${told}`)
  }
}

/** What a client that hung up had been doing. */
export function leftWhile(standing: Standing, now: number): string {
  const seconds = (since: number) => (Math.max(0, now - since) / 1000).toFixed(3)
  switch (standing.kind) {
    case 'none':
      return 'Connection closed (No commands sent)'
    case 'finished':
      return `Connection closed (${standing.command} finished ${seconds(standing.at)} secs ago)`
    case 'idling': {
      const { since, written } = standing
      const waited = `IDLE running for 0.001 + waiting input for ${seconds(since)} secs`
      // What it read itself is the end of its line.
      return `Connection closed (${waited}, 2 B in + ${written()} B out, state=wait-input)`
    }
    case 'appending': {
      const { since, input } = standing
      const { awaited } = input
      const got = Math.min(input.read - awaited.from, awaited.size)
      const waited = `${awaited.messages} msgs, ${Math.floor((now - since) / 1000)} secs, ${got}/${awaited.size} bytes`
      return `Connection closed (While APPENDing: ${waited})`
    }
    default:
      return standing satisfies never
  }
}
