/** The learner's terminals on one stream: each a connection from a host of the lab, its bytes shown as text. */
import { StringDecoder } from 'node:string_decoder'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { NetError } from '#platform/net.ts'
import type { StreamMessage } from '#trace/requests.ts'
import type { LabHandle } from './lab-handle.ts'

const mostTerminals = 16
/** Output is held for so long (ms), so that a burst is one message. */
const gather = 8

type Terminal = { stream: Duplex; readonly to: string }

/** The network's own name for a connection: the trace tells by it which session a terminal speaks in. */
const connectionOf = (stream: Duplex): string =>
  'id' in stream && typeof stream.id === 'string' ? stream.id : ''

export class Terminals {
  readonly #lab: LabHandle
  readonly #say: (message: StreamMessage) => void
  readonly #open = new Map<string, Terminal>()
  #count = 0

  constructor(lab: LabHandle, say: (message: StreamMessage) => void) {
    this.#lab = lab
    this.#say = say
  }

  /** Resolves with the terminal's name, or with the reason why there is none. */
  async open(wish: {
    from: string
    to: string
    port: number
    tls: 'at once' | 'not yet'
  }): Promise<{ terminal: string } | { reason: string }> {
    if (this.#open.size >= mostTerminals)
      return { reason: `close a terminal first: ${mostTerminals} are open` }
    let stream: Duplex
    try {
      stream = await this.#lab.connect(wish.from, wish.to, wish.port)
    } catch (error) {
      if (error instanceof NetError) return { reason: error.message }
      throw error
    }
    const connection = connectionOf(stream)
    // One lab may have many pages: the name of the connection keeps their terminals apart.
    const name = `${connection}.t${++this.#count}`
    const terminal: Terminal = { stream, to: wish.to }
    this.#open.set(name, terminal)
    const { from, to, port } = wish
    this.#lab.emit({ type: 'terminal.opened', terminal: name, connection, from, to, port }, from)
    if (wish.tls === 'at once') this.#secure(name, terminal)
    else this.#listen(name, terminal.stream)
    return { terminal: name }
  }

  /** False when there is no such terminal. */
  send(name: string, text: string): boolean {
    const terminal = this.#open.get(name)
    if (terminal === undefined || terminal.stream.destroyed) return false
    terminal.stream.write(text)
    return true
  }

  startTls(name: string): boolean {
    const terminal = this.#open.get(name)
    if (terminal === undefined) return false
    for (const event of ['data', 'end', 'close']) terminal.stream.removeAllListeners(event)
    this.#secure(name, terminal)
    return true
  }

  hangUp(name: string): boolean {
    const terminal = this.#open.get(name)
    if (terminal === undefined) return false
    terminal.stream.end()
    terminal.stream.destroy()
    return true
  }

  close(): void {
    for (const { stream } of this.#open.values()) stream.destroy()
  }

  /** As `openssl s_client`: a learner looks at the certificate; it is not refused for him. */
  #secure(name: string, terminal: Terminal): void {
    const servername = /^[\d.:]+$/.test(terminal.to) ? {} : { servername: terminal.to }
    const secure = connectTls({ socket: terminal.stream, rejectUnauthorized: false, ...servername })
    terminal.stream = secure
    this.#listen(name, secure)
  }

  #listen(name: string, stream: Duplex): void {
    const decoder = new StringDecoder('utf8')
    let waiting = ''
    let timer: NodeJS.Timeout | null = null
    const flush = () => {
      timer = null
      if (waiting !== '') this.#say({ type: 'terminal', terminal: name, text: waiting })
      waiting = ''
    }
    stream.on('data', (chunk: Buffer) => {
      waiting += decoder.write(chunk)
      timer ??= setTimeout(flush, gather)
    })
    stream.on('error', () => stream.destroy())
    const ended = () => {
      if (!this.#open.delete(name)) return
      this.#lab.emit({ type: 'terminal.closed', terminal: name })
      if (timer !== null) clearTimeout(timer)
      flush()
      this.#say({ type: 'terminal', terminal: name, text: '', ended: true })
    }
    stream.once('end', () => stream.end())
    stream.once('close', ended)
  }
}
