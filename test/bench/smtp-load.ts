/** A plain SMTP client that sends as fast as it is answered: loopback only, a fixed number of messages, then it stops. */
import { connect, type Socket } from 'node:net'

export type Load = {
  port: number
  connections: number
  messages: number
  /** 'kept': one connection sends its whole share; 'new': a connection for each message. */
  mode: 'kept' | 'new'
  sender: string
  recipient: string
  size: number
  /** Told of each message that was answered 250 after its data: safe from here on. */
  accepted?: (subject: string) => void
}

/** Resolves with the number of messages that were answered 250; stops early when the server goes away. */
export async function sendLoad(load: Load): Promise<number> {
  let next = 0
  let sent = 0
  const body = bodyOf(load.size)
  const take = () => (next < load.messages ? next++ : null)
  const worker = async () => {
    for (let talk: Talk | null = null; ;) {
      const number = take()
      if (number === null) return talk?.quit()
      try {
        talk ??= await Talk.open(load.port)
        const subject = `message ${number}`
        await talk.send(load.sender, load.recipient, `Subject: ${subject}\r\n${body}`)
        sent += 1
        load.accepted?.(subject)
        if (load.mode === 'new') {
          await talk.quit()
          talk = null
        }
      } catch {
        return
      }
    }
  }
  await Promise.all(Array.from({ length: load.connections }, worker))
  return sent
}

function bodyOf(size: number): string {
  const line = `${'0123456789'.repeat(7)}\r\n`
  return `From: load <load@example.com>\r\nTo: carol@example.org\r\n\r\n${line.repeat(Math.max(1, Math.floor(size / line.length)))}.\r\n`
}

class Talk {
  readonly #socket: Socket
  #buffer = ''
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | null = null
  #lines: string[] = []
  #closed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#read(chunk.toString('latin1')))
    const ended = () => {
      this.#closed = true
      this.#waiting?.reject(new Error('connection lost'))
    }
    socket.on('error', ended)
    socket.on('close', ended)
  }

  static async open(port: number): Promise<Talk> {
    const talk = new Talk(connect(port, '127.0.0.1'))
    await talk.#expect('220')
    await talk.#command('EHLO load.example.net', '250')
    return talk
  }

  async send(sender: string, recipient: string, message: string): Promise<void> {
    this.#socket.write(`MAIL FROM:<${sender}>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`)
    await this.#expect('250')
    await this.#expect('250')
    await this.#expect('354')
    this.#socket.write(message)
    await this.#expect('250')
  }

  async quit(): Promise<void> {
    await this.#command('QUIT', '221').catch(() => undefined)
    this.#socket.destroy()
  }

  async #command(line: string, code: string): Promise<void> {
    this.#socket.write(`${line}\r\n`)
    await this.#expect(code)
  }

  async #expect(code: string): Promise<void> {
    for (;;) {
      const line = this.#lines.shift() ?? (await this.#next())
      if (line.charAt(3) === '-') continue
      if (!line.startsWith(code)) throw new Error(`expected ${code}: ${line}`)
      return
    }
  }

  #next(): Promise<string> {
    if (this.#closed) return Promise.reject(new Error('connection lost'))
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
  }

  #read(text: string): void {
    const parts = (this.#buffer + text).split('\r\n')
    this.#buffer = parts.pop() ?? ''
    this.#lines.push(...parts)
    const line = this.#waiting === null ? undefined : this.#lines.shift()
    if (line === undefined) return
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(line)
  }
}
