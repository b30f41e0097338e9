/** A client that sends what it is told and reads to the end of the answer: what it costs itself is little. */
import { connect, type Socket } from 'node:net'

const patience = 60_000

export class LineClient {
  readonly #socket: Socket
  #received: Buffer[] = []
  #last = ''
  #bytes = 0
  #wake: (() => void) | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => {
      this.#received.push(chunk)
      this.#bytes += chunk.length
      this.#last = (this.#last + chunk.toString('latin1', Math.max(0, chunk.length - 4000))).slice(-4000)
      this.#wake?.()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#wake?.())
  }

  /** Resolves when the server has greeted. */
  static async open(port: number, greeting = /\r\n$/): Promise<LineClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const client = new LineClient(socket)
    await client.#until(greeting)
    return client
  }

  /** The answer to a command of IMAP. */
  async imap(command: string): Promise<string> {
    return this.ask(`t ${command}\r\n`, /(?:^|\r\n)t (?:OK|NO|BAD) [^\r\n]*\r\n$/)
  }

  /** `end`: how the last bytes of the answer look. */
  async ask(text: string, end = /\r\n$/): Promise<string> {
    this.#received = []
    this.#last = ''
    this.#socket.write(text)
    await this.#until(end)
    return Buffer.concat(this.#received).toString('latin1')
  }

  get bytes(): number {
    return this.#bytes
  }

  close(): void {
    this.#socket.destroy()
  }

  async #until(end: RegExp): Promise<void> {
    while (!end.test(this.#last)) {
      if (this.#socket.destroyed) throw new Error(`the server hung up after: ${this.#last}`)
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no end after: ${this.#last}`)), patience)
        this.#wake = () => {
          clearTimeout(late)
          resolve()
        }
      })
    }
  }
}
