/** The learner's own connections: what was typed, what came back. One terminal is one telnet from a lab host. */
import type { LabStream } from '#web/connection/lab-stream.ts'

export type TerminalLine = {
  readonly id: number
  readonly who: 'learner' | 'server' | 'note'
  readonly text: string
  /** The verb that a line of the server answers; `.` for the end of a letter, null for a greeting. */
  readonly answers: string | null
}

export type TerminalTarget = {
  readonly from: string
  readonly to: string
  readonly port: number
  readonly tls: boolean
}

/** The protocol that is spoken at a port, by its usual number. */
export type Speaking = 'smtp' | 'lmtp' | 'pop3' | 'imap' | 'sieve' | 'other'

const ports: Readonly<Record<number, Speaking>> = {
  ...{ 24: 'lmtp', 25: 'smtp', 465: 'smtp', 587: 'smtp' },
  ...{ 110: 'pop3', 995: 'pop3', 143: 'imap', 993: 'imap', 4190: 'sieve' },
}

const mostLines = 2_000

export class Terminal {
  readonly target: TerminalTarget
  readonly speaks: Speaking
  #id = $state<string | null>(null)
  #lines = $state.raw<readonly TerminalLine[]>([])
  #open = $state(true)
  #unfinished = ''
  #verb: string | null = null
  /** What the next line of the learner is: a command, a line of a letter, an answer of a login. */
  #expects: 'command' | 'letter' | 'answer' = 'command'
  #count = 0
  /** After STARTTLS or STLS: the next good answer begins TLS. */
  #awaitsTls = false
  readonly #stream: () => LabStream | null

  readonly #onsend: () => void

  /** `onsend` is called before each thing that the learner sends. */
  constructor(target: TerminalTarget, stream: () => LabStream | null, onsend: () => void) {
    this.target = target
    this.speaks = ports[target.port] ?? 'other'
    this.#onsend = onsend
    this.#stream = stream
  }

  readonly id = $derived(this.#id)
  readonly lines = $derived(this.#lines)
  readonly open = $derived(this.#open)
  /** Typed before; newest last. */
  readonly history: string[] = []

  async connect(): Promise<void> {
    const { from, to, port, tls } = this.target
    try {
      const answer = await this.#ask({ type: 'terminal.open', from, to, port, ...(tls ? { tls } : {}) })
      this.#id = String(answer.terminal)
    } catch (error) {
      this.#end(sentence(error))
    }
  }

  async send(text: string): Promise<void> {
    if (this.#id === null || !this.#open) return
    const lines = text.replaceAll('\r\n', '\n').split('\n')
    for (const line of lines) {
      this.#put('learner', line)
      if (line !== '') this.history.push(line)
      this.#read(line)
    }
    this.#onsend()
    this.#awaitsTls = /^(?:\S+ )?(?:STARTTLS|STLS)\s*$/i.test(text)
    await this.#try({ type: 'terminal.send', terminal: this.#id, text: `${lines.join('\r\n')}\r\n` })
  }

  async close(): Promise<void> {
    if (this.#id !== null && this.#open) await this.#try({ type: 'terminal.close', terminal: this.#id })
    this.#open = false
  }

  /** Bytes from the server. */
  heard(text: string, ended: boolean): void {
    const lines = (this.#unfinished + text).split(/\r?\n/)
    this.#unfinished = lines.pop() ?? ''
    for (const line of lines) {
      this.#put('server', line)
      if (goesOn.test(line)) this.#expects = line.startsWith('354') ? 'letter' : 'answer'
      else if (done.test(line)) this.#expects = 'command'
      if (this.#awaitsTls && good.test(line)) void this.#beginTls()
      if (done.test(line)) this.#awaitsTls = false
    }
    if (ended) {
      if (this.#unfinished !== '') this.#put('server', this.#unfinished)
      this.#end(null)
    }
  }

  /** The stream is gone, and with it the engine's end of this terminal. */
  lost(): void {
    this.#end(null)
  }

  #read(line: string): void {
    if (this.#expects === 'command') this.#verb = verbOf(line, this.speaks)
    if (this.#expects === 'letter' && line === '.') {
      this.#verb = '.'
      this.#expects = 'command'
    }
  }

  async #beginTls(): Promise<void> {
    if (this.#id === null) return
    await this.#try({ type: 'terminal.starttls', terminal: this.#id })
    this.#put('note', 'tls')
  }

  async #try(request: Parameters<LabStream['request']>[0]): Promise<void> {
    try {
      await this.#ask(request)
    } catch (error) {
      this.#put('note', sentence(error))
    }
  }

  #ask(request: Parameters<LabStream['request']>[0]) {
    const stream = this.#stream()
    return stream === null ? Promise.reject(new Error('offline')) : stream.request(request)
  }

  #end(reason: string | null): void {
    if (!this.#open) return
    this.#open = false
    this.#put('note', reason ?? 'closed')
  }

  #put(who: TerminalLine['who'], text: string): void {
    this.#count += 1
    this.#lines = [...this.#lines.slice(-mostLines), { id: this.#count, who, text, answers: this.#verb }]
  }
}

/** Replies that want more from the client: SMTP's 334 and 354, and `+` of POP3, IMAP. */
const goesOn = /^(?:3[35]4 |\+(?: |$))/
/** The last line of an answer, and that of a good one. IMAP's has the tag of its command before it. */
const done = /^(?:[2-5]\d\d |\+OK|-ERR|(?:[^*+ ]\S* )?(?:OK|NO|BAD)(?: |$))/
const good = /^(?:220 |\+OK|(?:[^*+ ]\S* )?OK(?: |$))/

/** The command's name: in IMAP it stands after the tag, and after UID. */
function verbOf(line: string, speaks: Speaking): string {
  const [first = '', second = '', third = ''] = line.trim().toUpperCase().split(/\s+/)
  if (speaks !== 'imap') return first
  return second === 'UID' ? third : second
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))
