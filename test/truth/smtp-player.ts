/** Plays the dialogue of a recorded case over connections of a lab, as its recorder did over TCP, and keeps every reply. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { normalReplyLine, type SmtpCase, type SmtpStep } from './smtp-case.ts'

export type Dial = (address: string) => Promise<Duplex>
/** Moves lab time when the server is silent; with a real one simply waits, at most until something comes. */
export type Wait = (milliseconds: number, something?: Promise<void>) => Promise<void>

const patience = 25_000

export class SmtpPlayer {
  readonly replies: string[][] = []
  #conversation: Conversation | null = null
  readonly #kept: Conversation[] = []
  readonly #recorded: SmtpCase
  readonly #dial: Dial
  readonly #wait: Wait

  constructor(recorded: SmtpCase, dial: Dial, wait: Wait) {
    this.#recorded = recorded
    this.#dial = dial
    this.#wait = wait
  }

  async play(): Promise<readonly (readonly string[])[]> {
    await this.#connect(this.#recorded.client_ip)
    for (const step of this.#recorded.dialogue) await this.#step(step)
    await this.#extras()
    this.#current.close()
    for (const conversation of this.#kept) conversation.close()
    return this.replies
  }

  get #current(): Conversation {
    if (this.#conversation === null) throw new Error('no connection yet')
    return this.#conversation
  }

  async #connect(address: string): Promise<void> {
    const limit = (this.#recorded.timeout ?? patience / 1000) * 1000
    this.#conversation = new Conversation(await this.#dial(address), this.#wait, limit)
    this.#say(await this.#current.reply())
  }

  #say(lines: readonly string[]): void {
    this.replies.push(lines.map(normalReplyLine))
  }

  /** What the server said unasked before the end belongs to the recording, too. */
  async #extras(): Promise<void> {
    const extra = await this.#current.unread()
    if (extra.length > 0) this.replies.push(['{EXTRA}', ...extra.map(normalReplyLine)])
  }

  async #step(step: SmtpStep): Promise<void> {
    const current = this.#current
    if ('send' in step) {
      current.write(`${step.send}\r\n`)
      this.#say(await current.reply())
    } else if ('send_group' in step) {
      current.write(step.send_group.map((line) => `${line}\r\n`).join(''))
      for (let i = 0; i < step.send_group.length; i++) this.#say(await current.reply())
    } else if ('data' in step) {
      await this.#data(step.data)
    } else if ('raw' in step) {
      current.write(step.raw)
      for (let i = 0; i < (step.replies ?? 1); i++) this.#say(await current.reply())
    } else if ('repeat' in step) {
      for (let i = 0; i < step.repeat; i++)
        for (const inner of step.steps) await this.#step(numbered(inner, i))
    } else if ('starttls' in step) {
      const { inject = '', cert } = step.starttls === true ? {} : step.starttls
      current.write(`STARTTLS\r\n${inject}`)
      const lines = await current.reply()
      this.#say(lines)
      if (lines.at(-1)?.startsWith('220') && !(await current.starttls(cert)))
        this.#say(['{TLS HANDSHAKE FAILED}'])
    } else if ('auth' in step) {
      await this.#auth(step.auth, step.auth_host ?? this.#recorded.hostname)
    } else if ('read' in step) {
      this.#say(await current.reply())
    } else if ('sleep' in step) {
      await this.#wait(step.sleep * 1000)
    } else if ('connect' in step) {
      const { keep = false, client_ip = this.#recorded.client_ip } = step.connect === true ? {} : step.connect
      if (keep) this.#kept.push(current)
      else current.close()
      await this.#connect(client_ip)
    } else {
      current.close()
    }
  }

  async #data(lines: readonly string[]): Promise<void> {
    if (!this.replies.at(-1)?.at(-1)?.startsWith('354')) {
      this.#say(['{SKIPPED}'])
      return
    }
    this.#current.write(`${lines.map((line) => `${line}\r\n`).join('')}.\r\n`)
    this.#say(await this.#current.reply())
  }

  async #auth([mechanism, user, password]: readonly [string, string, string], host: string): Promise<void> {
    const client = new AuthClient(mechanism.toUpperCase(), user, password, host)
    const first = client.initial()
    this.#current.write(`AUTH ${mechanism}${first === null ? '' : ` ${first}`}\r\n`)
    const said: string[] = []
    for (;;) {
      const lines = await this.#current.reply()
      said.push(...lines)
      const last = lines.at(-1) ?? ''
      if (!last.startsWith('334')) break
      this.#current.write(`${client.answer(Buffer.from(last.slice(4), 'base64'))}\r\n`)
    }
    this.#say(said)
  }
}

function numbered(step: SmtpStep, i: number): SmtpStep {
  return JSON.parse(JSON.stringify(step).replaceAll('{i}', String(i))) as SmtpStep
}

/** Lines out of a stream, with the recorder's marks for silence and for the end. */
class Conversation {
  #stream: Duplex
  #buffer = Buffer.alloc(0)
  #ended = false
  #changed: () => void = () => undefined

  readonly #wait: Wait
  readonly #limit: number

  constructor(stream: Duplex, wait: Wait, limit: number) {
    this.#stream = stream
    this.#wait = wait
    this.#limit = limit
    this.#listen(stream)
  }

  write(text: string): void {
    if (!this.#ended && !this.#stream.destroyed) this.#stream.write(Buffer.from(text, 'utf8'))
  }

  close(): void {
    this.#ended = true
    this.#stream.destroy()
  }

  async reply(): Promise<string[]> {
    const lines: string[] = []
    for (;;) {
      const line = await this.#line(this.#limit)
      if (line === 'closed' || line === 'silent')
        return [...lines, line === 'closed' ? '{CLOSED}' : '{TIMEOUT}']
      lines.push(line.text)
      if (!/^\d{3}-/.test(line.text)) return lines
    }
  }

  async unread(): Promise<string[]> {
    const lines: string[] = []
    for (;;) {
      const line = await this.#line(0)
      if (line === 'closed' || line === 'silent') return lines
      lines.push(line.text)
    }
  }

  async starttls(certificate?: string): Promise<boolean> {
    this.#stream.removeAllListeners('data')
    this.#stream.removeAllListeners('end')
    this.#stream.removeAllListeners('close')
    const secure = connectTls({
      socket: this.#stream,
      rejectUnauthorized: false,
      ...(certificate === undefined ? {} : { cert: certificate, key: certificate }),
    })
    try {
      await once(secure, 'secureConnect')
    } catch {
      this.close()
      return false
    }
    this.#stream = secure
    this.#listen(secure)
    return true
  }

  #listen(stream: Duplex): void {
    stream.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk])
      this.#changed()
    })
    const end = () => {
      this.#ended = true
      this.#changed()
    }
    stream.on('end', end)
    stream.on('close', end)
    stream.on('error', end)
  }

  async #line(limit: number): Promise<{ text: string } | 'closed' | 'silent'> {
    for (let waited = 0; ;) {
      const at = this.#buffer.indexOf(10)
      if (at >= 0) {
        const text = this.#buffer.subarray(0, at).toString('utf8').replace(/\r$/, '')
        this.#buffer = this.#buffer.subarray(at + 1)
        return { text }
      }
      if (this.#ended) return 'closed'
      // Work that needs no lab time comes first; only a server that waits is given time.
      if (await this.#something(limit === 0 ? 6 : 12)) continue
      if (waited >= limit) return 'silent'
      const something = new Promise<void>((resolve) => (this.#changed = resolve))
      await this.#wait(500, something)
      waited += 500
    }
  }

  #something(turns: number): Promise<boolean> {
    return new Promise((resolve) => {
      let left = turns
      let done = false
      this.#changed = () => {
        done = true
        resolve(true)
      }
      const turn = () => {
        if (done) return
        if (left-- > 0) setTimeout(turn, 1)
        else resolve(false)
      }
      turn()
    })
  }
}

/** The client side of one SASL exchange. */
class AuthClient {
  #turn = 0
  #nonce = randomBytes(18).toString('base64')

  readonly mechanism: string
  readonly user: string
  readonly password: string
  readonly host: string

  constructor(mechanism: string, user: string, password: string, host: string) {
    this.mechanism = mechanism
    this.user = user
    this.password = password
    this.host = host
  }

  initial(): string | null {
    if (this.mechanism === 'PLAIN') return base64(`\0${this.user}\0${this.password}`)
    return this.mechanism.startsWith('SCRAM-') ? base64(`n,,${this.#bare}`) : null
  }

  answer(challenge: Buffer): string {
    this.#turn += 1
    switch (this.mechanism) {
      case 'LOGIN':
        return base64(this.#turn === 1 ? this.user : this.password)
      case 'PLAIN':
        return base64(`\0${this.user}\0${this.password}`)
      case 'CRAM-MD5':
        return base64(`${this.user} ${createHmac('md5', this.password).update(challenge).digest('hex')}`)
      case 'DIGEST-MD5':
        return this.#turn > 1 ? '' : base64(this.#digest(challenge.toString()))
      default:
        return this.#turn > 1 ? '' : base64(this.#scram(challenge.toString()))
    }
  }

  get #bare(): string {
    return `n=${this.user},r=${this.#nonce}`
  }

  #digest(challenge: string): string {
    const fields = Object.fromEntries(
      [...challenge.matchAll(/([a-z-]+)=("[^"]*"|[^,]*)/g)].map((m) => [
        m[1] ?? '',
        (m[2] ?? '').replaceAll('"', ''),
      ]),
    )
    const md5 = (data: string | Buffer) => createHash('md5').update(data)
    const { realm = '', nonce = '' } = fields
    const uri = `smtp/${this.host}`
    const a1 = Buffer.concat([
      md5(`${this.user}:${realm}:${this.password}`).digest(),
      Buffer.from(`:${nonce}:${this.#nonce}`),
    ])
    const ha2 = md5(`AUTHENTICATE:${uri}`).digest('hex')
    const response = md5(`${md5(a1).digest('hex')}:${nonce}:00000001:${this.#nonce}:auth:${ha2}`).digest(
      'hex',
    )
    return `charset=utf-8,username="${this.user}",realm="${realm}",nonce="${nonce}",nc=00000001,cnonce="${this.#nonce}",digest-uri="${uri}",response=${response},qop=auth`
  }

  #scram(challenge: string): string {
    const hash = this.mechanism === 'SCRAM-SHA-1' ? 'sha1' : 'sha256'
    const fields = Object.fromEntries(challenge.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))
    const salted = pbkdf2Sync(
      this.password,
      Buffer.from(fields.s ?? '', 'base64'),
      Number(fields.i),
      hash === 'sha1' ? 20 : 32,
      hash,
    )
    const key = createHmac(hash, salted).update('Client Key').digest()
    const final = `c=biws,r=${fields.r ?? ''}`
    const signature = createHmac(hash, createHash(hash).update(key).digest())
      .update(`${this.#bare},${challenge},${final}`)
      .digest()
    return `${final},p=${Buffer.from(key.map((byte, i) => byte ^ (signature[i] ?? 0))).toString('base64')}`
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
