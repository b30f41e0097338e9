/** Sends what the server says, and states it as facts: of a long answer the beginning. */
import type { SessionFacts } from '#engine/wire-facts.ts'
import type { Wire } from '#engine/wire.ts'
import type { Chunk, Tagged } from './outcome.ts'

const mostLines = 60
const mostText = 16_384

export class Transcript {
  readonly #wire: Wire
  readonly #facts: SessionFacts
  #told = ''
  #cut = false
  #written = 0

  constructor(wire: Wire, facts: SessionFacts) {
    this.#wire = wire
    this.#facts = facts
  }

  /** How many bytes were sent so far. */
  get written(): number {
    return this.#written
  }

  /** Part of an untagged response; resolves when the client can take more. */
  async send(chunk: Chunk): Promise<void> {
    if (chunk.length === 0) return
    const left = mostText - this.#told.length
    if (left > 0) {
      this.#told +=
        typeof chunk === 'string'
          ? chunk.slice(0, left)
          : Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(left, chunk.length)).toString('latin1')
    }
    if (chunk.length > left) this.#cut = true
    await this.#write(chunk)
  }

  /** States what was sent since the last time. */
  tell(how: 'answer' | 'unasked'): void {
    if (this.#told === '') return
    const lines = this.#told.replace(/\r\n$/, '').split('\r\n', mostLines + 1)
    if (this.#cut || lines.length > mostLines) lines.splice(mostLines, Infinity, '…')
    const [first = ''] = lines
    const code = first.startsWith('+') ? '+' : '*'
    this.#told = ''
    this.#cut = false
    this.#facts.reply(
      { code, status: null, lines: lines.map((line) => line.replace(/^[*+] /, '')) },
      how === 'unasked' ? true : undefined,
    )
  }

  async tagged(tag: string, { status, code, text: full }: Tagged, timing: string): Promise<void> {
    this.tell('answer')
    const text = timing === '' ? full : full.replace(/\.$/, '')
    const coded = code === undefined ? text : `[${code}] ${text}`
    this.#facts.reply({
      code: status,
      status: code === undefined ? null : `[${code}]`,
      lines: [text + timing],
    })
    await this.#write(`${tag} ${status} ${coded}${timing}\r\n`)
  }

  async #write(chunk: Chunk): Promise<void> {
    this.#written += chunk.length
    await this.#wire.write(chunk)
  }

  async unasked(line: string): Promise<void> {
    await this.send(`${line}\r\n`)
    this.tell('unasked')
  }
}
