/**
 * A client's side of a line protocol: it sends a line and reads one reply, as long as the protocol says a reply is.
 *
 * SMTP: RFC 5321 §4.2.1. POP3: RFC 1939 §3.
 */
import type { Duplex } from 'node:stream'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

/** A server that sends more than this without ending a reply is not listened to any longer. */
const longestReply = 16 * 1024 * 1024

export type Answer = { readonly lines: readonly string[] } | { readonly ended: true }

export class Dialogue {
  #stream: Duplex
  #pending = ''
  #ended = false
  #wake: (() => void) | null = null
  /** Null until the greeting has told. */
  #protocol: 'smtp' | 'pop3' | 'imap' | null = null
  #lastCommand = ''

  constructor(stream: Duplex) {
    this.#stream = stream
    this.#listen(stream)
  }

  send(line: string): void {
    this.#lastCommand = line
    this.#stream.write(`${line}\r\n`)
  }

  /** Text as it is, without counting as a command: message data, SASL answers. */
  write(text: string): void {
    this.#stream.write(text)
  }

  get protocol(): 'smtp' | 'pop3' | 'imap' {
    return this.#protocol ?? 'smtp'
  }

  /** Resolves with the next reply; `ended` when there will be none. */
  async reply(): Promise<Answer> {
    for (;;) {
      const lines = this.#take()
      if (lines !== null) return { lines }
      if (this.#ended || this.#pending.length > longestReply) return { ended: true }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Goes over to TLS on the same connection. Rejects when the handshake fails. */
  async secure(options: ConnectionOptions): Promise<void> {
    for (const event of ['data', 'end', 'close', 'error']) this.#stream.removeAllListeners(event)
    // Bytes that came before TLS must not be taken for the server's own: RFC 3207 §4.2.
    this.#pending = ''
    const secure = connectTls({ ...options, socket: this.#stream })
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve)
      secure.once('error', reject)
      secure.once('close', () =>
        reject(new Error('the server closed the connection during the TLS handshake')),
      )
    })
    this.#stream = secure
    this.#listen(secure)
  }

  end(): void {
    this.#stream.end()
    this.#stream.destroy()
  }

  #listen(stream: Duplex): void {
    stream.on('data', (chunk: Buffer) => {
      if (this.#pending.length <= longestReply) this.#pending += chunk.toString('latin1')
      this.#rouse()
    })
    const ended = () => {
      this.#ended = true
      this.#rouse()
    }
    stream.on('end', ended)
    stream.on('close', ended)
    stream.on('error', ended)
  }

  #rouse(): void {
    this.#wake?.()
    this.#wake = null
  }

  /** The first reply among the bytes that came, once it is whole. */
  #take(): readonly string[] | null {
    const lines: string[] = []
    let from = 0
    for (;;) {
      const end = this.#pending.indexOf('\n', from)
      if (end === -1) return null
      const line = this.#pending.slice(from, end).replace(/\r$/, '')
      from = end + 1
      lines.push(line)
      this.#protocol ??=
        line.startsWith('+OK') || line.startsWith('-ERR') ? 'pop3' : line.startsWith('* ') ? 'imap' : 'smtp'
      if (this.#isLast(line, lines)) break
    }
    this.#pending = this.#pending.slice(from)
    return lines.map((line) => Buffer.from(line, 'latin1').toString('utf8'))
  }

  #isLast(line: string, lines: readonly string[]): boolean {
    if (this.#protocol === 'smtp') return !/^\d{3}-/.test(line)
    if (this.#protocol === 'imap' || lines[0]?.startsWith('+OK') !== true) return true
    return multiline(this.#lastCommand) ? line === '.' : true
  }
}

/** RFC 1939 §5, RFC 2449 §5: the replies that end with a line of one dot. */
const multiline = (command: string) => /^(?:CAPA|RETR \d+|TOP \d+ \d+|LIST|UIDL)\s*$/i.test(command)

export const codeOf = (lines: readonly string[]): number =>
  Number(/^\d{3}/.exec(lines.at(-1) ?? '')?.[0] ?? 0)

/** Dots at the start of a line are doubled, the end is a dot alone. RFC 5321 §4.5.2. */
export function stuffed(message: string): string {
  const lines = message.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return [...lines.map((line) => (line.startsWith('.') ? `.${line}` : line)), '.', ''].join('\r\n')
}

/** RFC 4616: no authorization identity, NUL, name, NUL, password. */
export const plain = (user: string, password: string): string =>
  Buffer.from(`\0${user}\0${password}`).toString('base64')
