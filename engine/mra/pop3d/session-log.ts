/**
 * What a POP3 session writes in the mail log when it ends: how much was fetched, how much deleted.
 *
 * Dovecot 2.3: pop3_logout_format.
 */
import type { DovecotSettings } from '#config/dovecot-settings.ts'
import { expandVariables } from '#config/dovecot-variables.ts'
import type { UserLog } from '#engine/wire-log.ts'
import { dotStuffed } from '#protocol/bytes/lines.ts'
import type { Pop3Command } from '#protocol/pop3/commands/index.ts'
import { statusLine } from '#protocol/pop3/reply.ts'
import type { Maildrop } from './maildrop.ts'
import type { Outcome } from './outcome.ts'

export class SessionLog {
  readonly #log: UserLog
  readonly #settings: DovecotSettings
  readonly #fetched = { RETR: { count: 0, bytes: 0 }, TOP: { count: 0, bytes: 0 } }
  #maildrop: Maildrop | null = null
  #deleted = { count: 0, bytes: 0 }
  #input = 0
  #output = 0

  constructor(log: UserLog, settings: DovecotSettings) {
    this.#log = log
    this.#settings = settings
  }

  opened(maildrop: Maildrop): void {
    this.#maildrop = maildrop
  }

  read(line: string): void {
    this.#input += line.length + 2
  }

  wrote(bytes: number): void {
    this.#output += bytes
  }

  count({ verb }: Pop3Command, { reply, body, expunged, close }: Outcome): void {
    if ((verb === 'RETR' || verb === 'TOP') && expunged) this.#fetched[verb].count++
    if ((verb === 'RETR' || verb === 'TOP') && body !== undefined) {
      this.#fetched[verb].count++
      // The dot that ends it is not counted.
      this.#fetched[verb].bytes += statusLine(reply).length + 2 + dotStuffed(body).length - 3
    }
    if (verb === 'QUIT' && close !== undefined) this.#deleted = this.#maildrop?.deleted ?? this.#deleted
  }

  fault(text: string): void {
    this.#log.write('error', text)
  }

  end(reason: string): void {
    const { RETR, TOP } = this.#fetched
    const maildrop = this.#maildrop
    const values = {
      i: String(this.#input),
      o: String(this.#output),
      input: String(this.#input),
      output: String(this.#output),
      t: String(TOP.count),
      top_count: String(TOP.count),
      p: String(TOP.bytes),
      top_bytes: String(TOP.bytes),
      r: String(RETR.count),
      retr_count: String(RETR.count),
      b: String(RETR.bytes),
      retr_bytes: String(RETR.bytes),
      d: String(this.#deleted.count),
      deleted_count: String(this.#deleted.count),
      deleted_bytes: String(this.#deleted.bytes),
      m: String(maildrop?.messages.length ?? 0),
      message_count: String(maildrop?.messages.length ?? 0),
      s: String(maildrop?.size ?? 0),
      message_bytes: String(maildrop?.size ?? 0),
    }
    this.#log.write(
      'info',
      `Disconnected: ${reason} ${expandVariables(this.#settings.text('pop3_logout_format'), values)}`,
    )
  }
}
