/** /var/log/mail.log of a host: the lines that Postfix and Dovecot would write, made from the trace as it grows. */
import type { Machine } from '#engine/machine.ts'
import type { TraceEvent } from '#trace/events.ts'
import { mailLogLine } from '#trace/maillog.ts'

const path = '/var/log/mail.log'
/** Lines are written together, after so many ms of lab time. */
const gather = 50

export class MailLog {
  readonly #machine: Machine
  #waiting: string[] = []
  #writing: Promise<void> = Promise.resolve()
  #due = false

  constructor(machine: Machine) {
    this.#machine = machine
  }

  add(event: TraceEvent): void {
    const line = mailLogLine(event)
    if (line === null) return
    this.#waiting.push(line)
    if (this.#due) return
    this.#due = true
    this.#machine.clock.after(gather, () => this.#write())
  }

  async close(): Promise<void> {
    this.#write()
    await this.#writing
  }

  #write(): void {
    this.#due = false
    const text = this.#waiting.map((line) => `${line}\n`).join('')
    this.#waiting = []
    if (text === '') return
    this.#writing = this.#writing.then(() =>
      this.#machine.disk.apply([{ kind: 'append', path, bytes: text }]),
    )
  }
}
