/** Plays the dialogue of a recorded case over connections of memory, as its recorder did over TCP. One character a byte. */
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { maskResponse, type MailboxCase, type MailboxStep, type MailProtocol } from './mailbox-case.ts'

export type Dial = (to: {
  readonly protocol: MailProtocol
  readonly tls: boolean
  readonly from: string
}) => Promise<Duplex>

export type PlayerWorld = {
  readonly dial: Dial
  readonly advance: (milliseconds: number) => Promise<void>
  readonly now: number
}

/** The recorder's client was not on the server's own address, so that passwords in clear were refused. */
const remote = '127.0.0.2'

export class MailboxPlayer {
  readonly #recorded: MailboxCase
  readonly #world: PlayerWorld
  readonly #wires = new Map<string, PlayerWire>()
  readonly #values = new Map<string, string>()

  constructor(recorded: MailboxCase, world: PlayerWorld) {
    this.#recorded = recorded
    this.#world = world
  }

  async play(): Promise<readonly (readonly string[])[]> {
    const replies: (readonly string[])[] = []
    for (const step of this.#recorded.dialogue) replies.push(await this.#step(step))
    for (const wire of this.#wires.values()) wire.close()
    await this.#world.advance(100)
    return replies
  }

  async #step(step: MailboxStep): Promise<readonly string[]> {
    if (step.sleep !== undefined) {
      await this.#world.advance(step.sleep * 1000)
      return []
    }
    const name = step.on ?? step.connect ?? 'a'
    if (step.connect !== undefined) this.#wires.set(name, await this.#connect(step))
    const wire = this.#wires.get(name)
    if (wire === undefined) return ['{CLOSED}']
    if (step.close !== undefined) {
      wire.close()
      await this.#world.advance(10)
      return []
    }
    if (step.starttls === true) {
      await wire.starttls()
      if (wire.protocol !== 'sieve') return []
      wire.command = 'starttls'
    }
    if ((step.literal !== undefined || step.continues === true) && !wire.continued) return []
    if (step.literal !== undefined) {
      wire.write(this.#expand(step.literal, wire))
      return []
    }
    if (step.data !== undefined) return this.#data(step.data, step, wire)
    if (step.send !== undefined) this.#send(step, wire)
    return this.#tidy(step, await this.#read(step, wire))
  }

  async #connect(step: MailboxStep): Promise<PlayerWire> {
    const own = this.#recorded.protocol
    const byCase = own === 'sieve' ? 'lmtp' : own === 'managesieve' ? 'sieve' : own
    const protocol = step.protocol ?? byCase
    const tls = step.tls === true
    const wire = new PlayerWire(
      await this.#world.dial({ protocol, tls, from: step.from ?? remote }),
      protocol,
      this.#world,
    )
    if (tls) await wire.starttls()
    return wire
  }

  async #data(text: string, step: MailboxStep, wire: PlayerWire): Promise<readonly string[]> {
    const lines = this.#expand(text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'), wire).replace(
      /^\./gm,
      '..',
    )
    wire.write(`${lines.endsWith('\r\n') ? lines : `${lines}\r\n`}.\r\n`)
    return this.#tidy(step, await readLmtp(wire, Math.max(wire.recipients, 1)))
  }

  #send(step: MailboxStep, wire: PlayerWire): void {
    const text = this.#expand(step.send ?? '', wire)
    wire.write(`${text}\r\n`)
    const last = text.split('\n').at(-1) ?? ''
    wire.command = last
    wire.continued = false
    if (wire.protocol !== 'imap') return
    if (step.tag !== undefined) wire.tag = step.tag
    else if (step.continues !== true && /^[A-Za-z0-9.$-]+ ?/.test(last)) wire.tag = last.split(' ')[0] ?? null
  }

  async #read(step: MailboxStep, wire: PlayerWire): Promise<string[]> {
    if (step.await !== undefined) return readUntil(wire, step.await)
    switch (wire.protocol) {
      case 'pop3':
        return readPop3(wire, step)
      case 'imap':
        return readImap(wire, step)
      case 'sieve':
        return readManageSieve(wire, step)
      case 'lmtp': {
        const lines = await readLmtp(wire, step.count ?? 1)
        const verb = wire.command.toUpperCase()
        if (/^(?:MAIL|RSET|LHLO)/.test(verb)) wire.recipients = 0
        if (verb.startsWith('RCPT') && lines.at(-1)?.startsWith('2')) wire.recipients++
        return lines
      }
      default:
        return wire.protocol satisfies never
    }
  }

  #tidy(step: MailboxStep, responses: readonly string[]): readonly string[] {
    for (const [name, pattern] of Object.entries(step.capture ?? {})) {
      this.#values.set(name, new RegExp(pattern).exec(responses.join('\r\n'))?.[1] ?? '?')
    }
    return responses
      .filter((response) => response !== '* OK Still here')
      .flatMap((response) => maskResponse(response, step, this.#world.now).split('\r\n'))
  }

  #expand(text: string, wire: PlayerWire): string {
    return text.replace(/\{((?:CRAM|APOP|B64|REPEAT):[^}]*|\$\w+)\}/g, (_all, inner: string) => {
      const [kind = '', first = '', second = ''] = inner.split(':')
      if (kind.startsWith('$')) return this.#values.get(kind.slice(1)) ?? '?'
      if (kind === 'B64') return base64(inner.slice(4).replaceAll('\\0', '\0'))
      if (kind === 'REPEAT') return first.repeat(Number(second))
      if (kind === 'APOP')
        return createHash('md5')
          .update(wire.stamp + first, 'latin1')
          .digest('hex')
      const digest = createHmac('md5', second).update(Buffer.from(wire.challenge, 'base64')).digest('hex')
      return base64(`${first} ${digest}`)
    })
  }
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

/** The client's end of a connection, and what the recorder remembered of it. */
class PlayerWire {
  readonly protocol: MailProtocol
  command = 'connect'
  tag: string | null = null
  continued = false
  recipients = 0
  challenge = ''
  stamp = ''
  closed = false
  #stream: Duplex
  #buffer = ''
  #changed: () => void = () => undefined
  readonly #world: PlayerWorld

  constructor(stream: Duplex, protocol: MailProtocol, world: PlayerWorld) {
    this.protocol = protocol
    this.#stream = stream
    this.#world = world
    this.#listen(stream)
  }

  write(text: string): void {
    if (!this.closed) this.#stream.write(Buffer.from(text, 'latin1'))
  }

  close(): void {
    this.#stream.destroy()
  }

  async starttls(): Promise<void> {
    const plain = this.#stream
    plain.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close')
    const secure = connectTls({ socket: plain, rejectUnauthorized: false })
    await once(secure, 'secureConnect')
    this.#stream = secure
    this.#listen(secure)
  }

  /** Null: nothing more comes. */
  async line(): Promise<string | null> {
    for (;;) {
      const at = this.#buffer.indexOf('\r\n')
      if (at >= 0) return this.#take(at + 2).slice(0, -2)
      if (this.closed) return this.#buffer === '' ? null : this.#take(this.#buffer.length)
      if (!(await this.#more(40)) && !(await this.#wait())) return null
    }
  }

  async exactly(count: number): Promise<string> {
    while (this.#buffer.length < count && !this.closed)
      if (!(await this.#more(40)) && !(await this.#wait())) break
    return this.#take(Math.min(count, this.#buffer.length))
  }

  /** A line with its literals. */
  async response(): Promise<string | null> {
    let text = ''
    for (;;) {
      const line = await this.line()
      if (line === null) return text === '' ? null : text
      text += line
      const literal = /\{(\d+)\+?\}$/.exec(line)
      if (literal === null) return text
      text += `\r\n${await this.exactly(Number(literal[1]))}`
    }
  }

  /** Gives the server a moment: does it hang up? */
  async pause(): Promise<void> {
    while (!this.closed && (await this.#more(8)));
  }

  #waited = 0

  /** A silent server may wait for time to pass; the recorder waited up to 20 seconds. */
  async #wait(): Promise<boolean> {
    if (this.#waited >= 20_000) return false
    this.#waited += 1000
    await this.#world.advance(1000)
    return true
  }

  #take(count: number): string {
    const text = this.#buffer.slice(0, count)
    this.#buffer = this.#buffer.slice(count)
    this.#waited = 0
    return text
  }

  #more(turns: number): Promise<boolean> {
    return new Promise((resolve) => {
      let left = turns
      let done = false
      this.#changed = () => {
        done = true
        resolve(true)
      }
      const turn = () => {
        if (done) return
        if (left-- > 0) setImmediate(turn)
        else resolve(false)
      }
      turn()
    })
  }

  #listen(stream: Duplex): void {
    stream.on('data', (chunk: Buffer) => {
      this.#buffer += chunk.toString('latin1')
      this.#changed()
    })
    const end = () => {
      this.closed = true
      this.#changed()
    }
    stream.on('end', end).on('close', end).on('error', end)
  }
}

async function toEnd(wire: PlayerWire, lines: string[]): Promise<string[]> {
  for (let line = await wire.line(); line !== null; line = await wire.line()) lines.push(line)
  if (wire.closed) lines.push('{CLOSED}')
  return lines
}

async function readUntil(wire: PlayerWire, text: string): Promise<string[]> {
  const responses: string[] = []
  for (let response = await wire.response(); response !== null; response = await wire.response()) {
    responses.push(response)
    if (response.includes(text)) return responses
  }
  if (wire.closed) responses.push('{CLOSED}')
  return responses
}

async function readPop3(wire: PlayerWire, step: MailboxStep): Promise<string[]> {
  const lines: string[] = []
  for (let i = 0; i < (step.count ?? 1); i++) {
    const line = await wire.line()
    if (line === null) break
    lines.push(line)
    if (wire.command === 'connect') wire.stamp = /<[^>]*>/.exec(line)?.[0] ?? ''
    if (line.startsWith('+ ')) wire.challenge = line.slice(2)
    const words = wire.command.toUpperCase().split(' ')
    const [verb = ''] = words
    const multi =
      step.multi ??
      (['CAPA', 'RETR', 'TOP'].includes(verb) ||
        (['LIST', 'UIDL', 'AUTH'].includes(verb) && words.length === 1))
    if (!line.startsWith('+OK') || !multi) continue
    for (let more = await wire.line(); more !== null; more = await wire.line()) {
      lines.push(more)
      if (more === '.') break
    }
  }
  if (lines.at(-1)?.startsWith('-ERR')) await wire.pause()
  if (wire.closed || wire.command.toUpperCase() === 'QUIT' || step.closes === true) return toEnd(wire, lines)
  return lines
}

async function readImap(wire: PlayerWire, step: MailboxStep): Promise<string[]> {
  const responses: string[] = []
  for (let response = await wire.response(); response !== null; response = await wire.response()) {
    responses.push(response)
    if (wire.command === 'connect') break
    if (response === '+' || response.startsWith('+ ')) {
      wire.challenge = response.slice(2)
      wire.continued = true
      break
    }
    if (wire.tag !== null && response.startsWith(`${wire.tag} `)) break
    if (step.count !== undefined && responses.length >= step.count) break
  }
  await wire.pause()
  const ends = responses.some((response) => response.startsWith('* BYE'))
  return wire.closed || step.closes === true || ends ? toEnd(wire, responses) : responses
}

async function readLmtp(wire: PlayerWire, count: number): Promise<string[]> {
  const lines: string[] = []
  for (let left = count; left > 0;) {
    const line = await wire.line()
    if (line === null) break
    lines.push(line)
    if (/^\d{3}(?: |$)/.test(line)) left--
  }
  if (/^[45]/.test(lines.at(-1) ?? '')) await wire.pause()
  return wire.closed || wire.command.toUpperCase() === 'QUIT' ? toEnd(wire, lines) : lines
}

async function readManageSieve(wire: PlayerWire, step: MailboxStep): Promise<string[]> {
  const responses: string[] = []
  for (let response = await wire.response(); response !== null; response = await wire.response()) {
    responses.push(response)
    if (/^(?:OK|NO|BYE)\b/.test(response) || (step.challenge === true && /^["{]/.test(response))) break
  }
  return wire.closed || wire.command.toUpperCase() === 'LOGOUT' ? toEnd(wire, responses) : responses
}
