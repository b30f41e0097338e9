/** What a POP3 session says and hears, as the trace may have it: every reply told, no password ever. */
import type { SessionFacts } from '#engine/wire-facts.ts'
import type { Wire } from '#engine/wire.ts'
import { dotStuffed } from '#protocol/bytes/lines.ts'
import { statusLine, writePop3Reply, type Pop3Reply } from '#protocol/pop3/reply.ts'
import { withoutSecrets } from '#protocol/secrets.ts'
import type { SessionLog } from './session-log.ts'

export class Speaker {
  readonly #wire: Wire
  readonly #facts: SessionFacts
  /** Counts what is sent; there is one when somebody has logged in. */
  log: SessionLog | null = null

  constructor(wire: Wire, facts: SessionFacts) {
    this.#wire = wire
    this.#facts = facts
  }

  /** `body`: a message after the reply, dots not yet doubled. */
  async say(reply: Pop3Reply, how: 'answer' | 'unasked' = 'answer', body?: Uint8Array): Promise<void> {
    const code = reply.ok === 'yes' ? '+OK' : '-ERR'
    const lines = [reply.text, ...(reply.lines ?? [])]
    const rfc = reply.rfc === undefined ? {} : { rfc: reply.rfc }
    this.#facts.reply({ code, status: reply.status, lines, ...rfc }, how === 'unasked' ? true : undefined)
    const first = body === undefined ? writePop3Reply(reply) : `${statusLine(reply)}\r\n`
    const bytes = Buffer.concat([Buffer.from(first, 'latin1'), ...(body ? [dotStuffed(body)] : [])])
    this.log?.wrote(bytes.length)
    await this.#wire.write(bytes)
  }

  async challenge(line: string): Promise<void> {
    this.#facts.reply({ code: '+', status: null, lines: [line.slice(2, -2)] })
    await this.#wire.write(line)
  }
}

/** Verbs are ASCII; other bytes stay as they are. */
export const upperCase = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())

/** Passwords and proofs never reach the trace. */
export function masked(verb: string, line: string): string {
  if (verb === 'PASS') return 'PASS {secret}'
  if (verb === 'APOP') return line.replace(/ \S*$/, ' {secret}')
  return verb === 'AUTH' ? line.replace(/^(\S+ +\S+ +).*$/, '$1{secret}') : withoutSecrets(line)
}
