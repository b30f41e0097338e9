/**
 * A scripted host: no daemon, only chosen answers, so that a lesson can show how an MTA behaves when the other side is
 * slow, busy or refuses. It records what it was sent: `/received/0001.json` in its own root.
 *
 * RFC 5321 §4.5.1 (the least that a server knows).
 */
import type { Machine } from '#engine/machine.ts'
import type { Connection } from '#platform/net.ts'
import { milliseconds, scriptedReply, type PeerScript } from './script.ts'

/** Longer lines end the session; more bytes than this in a message are refused. */
const longestLine = 8192
const largestMessage = 50 * 1024 * 1024

export function createPeer(machine: Machine, script: PeerScript): { accept(connection: Connection): void } {
  let received = 0
  const record = async (message: Received) => {
    if (received === 0 && (await machine.disk.stat('/received')) !== null)
      received = (await machine.disk.list('/received')).length
    received += 1
    const path = `/received/${String(received).padStart(4, '0')}.json`
    await machine.disk.apply([{ kind: 'write', path, bytes: `${JSON.stringify(message)}\n` }])
  }
  return {
    accept(connection) {
      void new PeerSession(machine, script, connection, record).run()
    },
  }
}

type Received = {
  readonly mail: string
  readonly rcpt: readonly string[]
  readonly message: readonly string[]
}
type Record = (message: Received) => Promise<void>
type Reply = { readonly text: string; readonly then?: 'data' | 'quit' }

const usualExtensions = ['PIPELINING', 'SIZE', 'ENHANCEDSTATUSCODES', '8BITMIME']

class PeerSession {
  readonly #machine: Machine
  readonly #script: PeerScript
  readonly #connection: Connection
  readonly #record: Record
  readonly #session: string
  #mail: string | null = null
  #rcpt: string[] = []
  #state = 'connected'
  /** How many lines of an AUTH exchange were answered; null outside of one. */
  #auth: number | null = null

  constructor(machine: Machine, script: PeerScript, connection: Connection, record: Record) {
    this.#machine = machine
    this.#script = script
    this.#connection = connection
    this.#record = record
    this.#session = `s${machine.next('session')}`
  }

  async run(): Promise<void> {
    const { remote, local, id } = this.#connection
    const session = this.#session
    this.#machine.emit({
      type: 'peer.opened',
      session,
      connection: id,
      service: 'smtp',
      port: local.port,
      client: { name: remote.host ?? 'unknown', address: remote.address, port: remote.port },
    })
    this.#connection.on('error', () => undefined)
    const greeting = this.#script.greeting ?? `220 ${this.#machine.name} ESMTP`
    const reason = await this.#talk(greeting).catch(() => 'the connection was lost')
    this.#connection.end()
    this.#machine.emit({ type: 'peer.closed', session, reason })
  }

  async #talk(greeting: string): Promise<string> {
    if (await this.#say(greeting)) {
      for await (const line of this.#lines()) {
        const reply = await this.#answer(line)
        if (!(await this.#say(reply.text)) || reply.then === 'quit') break
      }
    }
    return 'the connection ended'
  }

  async #answer(line: string): Promise<Reply> {
    if (this.#state === 'data') return this.#message(line)
    if (this.#auth !== null) return this.#authenticate()
    const verb = (line.split(' ', 1)[0] ?? '').toUpperCase()
    this.#machine.emit({ type: 'peer.command', session: this.#session, line, verb })
    switch (verb) {
      case 'EHLO':
      case 'LHLO':
        return this.#helo(
          line,
          this.#greeted(),
          this.#script.ehlo_reply ?? (this.#script.ehlo && this.#greeted()),
        )
      case 'HELO':
        return this.#helo(line, `250 ${this.#machine.name}`)
      case 'MAIL':
        return this.#mailFrom(line)
      case 'RCPT':
        return this.#rcptTo(line)
      case 'DATA':
        return this.#data()
      case 'AUTH':
        this.#auth = this.#script.auth === undefined ? null : 0
        return this.#authenticate()
      case 'RSET':
        this.#clear()
        return { text: this.#script.rset ?? '250 2.0.0 Ok' }
      case 'NOOP':
        return { text: '250 2.0.0 Ok' }
      case 'QUIT':
        return { text: this.#script.quit ?? '221 2.0.0 Bye', then: 'quit' }
      default:
        return { text: '502 5.5.2 Error: command not recognized' }
    }
  }

  #greeted(): string {
    const lines = [this.#machine.name, ...(this.#script.ehlo ?? usualExtensions)]
    return lines.map((text, i) => `250${i < lines.length - 1 ? '-' : ' '}${text}`).join('\r\n')
  }

  #authenticate(): Reply {
    const text = this.#script.auth?.[this.#auth ?? 0] ?? '502 5.5.1 Error: command not implemented'
    this.#auth = text.startsWith('3') ? (this.#auth ?? 0) + 1 : null
    return { text }
  }

  #helo(line: string, usual: string, own?: string): Reply {
    this.#clear()
    const text = own ?? scriptedReply(this.#script, 'helo', line.slice(5).trim()) ?? usual
    if (text.startsWith('2')) this.#enter('ready')
    return { text }
  }

  #mailFrom(line: string): Reply {
    const argument = line.replace(/^MAIL FROM: ?/i, '')
    const text = scriptedReply(this.#script, 'mail', pathIn(argument)) ?? '250 2.1.0 Ok'
    if (text.startsWith('2')) {
      this.#mail = argument
      this.#rcpt = []
      this.#enter('mail')
    }
    return { text }
  }

  #rcptTo(line: string): Reply {
    if (this.#mail === null) return { text: '503 5.5.1 Error: need MAIL command' }
    const argument = line.replace(/^RCPT TO: ?/i, '')
    const text = scriptedReply(this.#script, 'rcpt', pathIn(argument)) ?? '250 2.1.5 Ok'
    if (text.startsWith('2')) {
      if (this.#rcpt.length < 1000) this.#rcpt.push(argument)
      this.#enter('recipients')
    }
    return { text }
  }

  #data(): Reply {
    if (this.#rcpt.length === 0)
      return {
        text:
          this.#mail === null ? '503 5.5.1 Error: need MAIL command' : '554 5.5.1 Error: no valid recipients',
      }
    const text = this.#script.go ?? '354 End data with <CR><LF>.<CR><LF>'
    if (!text.startsWith('3')) return { text }
    this.#enter('data')
    return { text, then: 'data' }
  }

  async #message(text: string): Promise<Reply> {
    const lines = text.split('\n').map(readable)
    this.#machine.emit({
      type: 'peer.data',
      session: this.#session,
      size: text.length,
      head: text.slice(0, 4096),
    })
    const answer =
      text.length > largestMessage
        ? '552 5.3.4 Error: message file too big'
        : (this.#script.data ?? '250 2.0.0 Ok')
    if (answer.startsWith('2'))
      await this.#record({
        mail: readable(this.#mail ?? '<>'),
        rcpt: this.#rcpt.map(readable),
        message: lines,
      })
    this.#clear()
    return { text: answer }
  }

  #clear(): void {
    this.#mail = null
    this.#rcpt = []
    if (this.#state !== 'connected') this.#enter('ready')
  }

  #enter(state: string): void {
    if (state === this.#state) return
    this.#machine.emit({ type: 'peer.state', session: this.#session, from: this.#state, to: state })
    this.#state = state
  }

  /** False when the script wants to hang up. */
  async #say(text: string): Promise<boolean> {
    if (this.#script.delay !== undefined) await this.#machine.clock.sleep(milliseconds(this.#script.delay))
    if (text === '') return false
    const lines = text.split('\r\n')
    const [, code = '', status] = /^(\d{3})[ -](?:(\d\.\d{1,3}\.\d{1,3}) )?/.exec(lines.at(-1) ?? '') ?? []
    this.#connection.write(`${text}\r\n`)
    this.#machine.emit({
      type: 'peer.reply',
      session: this.#session,
      reply: {
        code,
        status: status ?? null,
        lines: lines.map((line) => line.slice(4 + (status === undefined ? 0 : status.length + 1))),
      },
    })
    return true
  }

  /** Command lines; in the data state, the whole message at once, dots unstuffed, LF between its lines. */
  async *#lines(): AsyncGenerator<string> {
    let pending = ''
    let message: string[] = []
    let size = 0
    for await (const chunk of this.#connection as AsyncIterable<Buffer>) {
      pending += chunk.toString('latin1')
      for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
        const line = pending.slice(0, end).replace(/\r$/, '')
        pending = pending.slice(end + 1)
        if (this.#state !== 'data') {
          yield line
        } else if (line === '.') {
          yield message.join('\n')
          message = []
          size = 0
        } else {
          size += line.length
          if (size <= largestMessage + longestLine) message.push(line.startsWith('.') ? line.slice(1) : line)
        }
      }
      if (pending.length > longestLine) return
    }
  }
}

const pathIn = (argument: string) => /^<([^>]*)>/.exec(argument)?.[1] ?? argument

const readable = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8')
