/** The clients of a scenario: each a connection from a host or an address, spoken to by hand. */
import { matches } from '#scenario/glob.ts'
import { codeOf, Dialogue, stuffed, plain } from '#mua/dialogue.ts'
import { NetError } from '#platform/net.ts'
import type { LabHandle } from './lab-handle.ts'
import { within } from './within.ts'

type Client = { readonly dialogue: Dialogue; readonly host: string; heard: readonly string[] }

/** Each method resolves with null, or with the reason why it did not come out as written. */
export class ScenarioClients {
  readonly #lab: LabHandle
  readonly #patience: number
  readonly #clients = new Map<string, Client>()
  #last = ''

  constructor(lab: LabHandle, patience: number) {
    this.#lab = lab
    this.#patience = patience
  }

  async open(wish: {
    name: string
    from: string
    host: string
    port: number
    tls: 'at once' | 'not yet'
  }): Promise<string | null> {
    this.#clients.get(wish.name)?.dialogue.end()
    try {
      const dialogue = new Dialogue(await this.#lab.connect(wish.from, wish.host, wish.port))
      this.#clients.set(wish.name, { dialogue, host: wish.host, heard: [] })
      this.#last = wish.name
      if (wish.tls === 'at once') await dialogue.secure(this.#tls(wish.host))
      return null
    } catch (error) {
      if (error instanceof NetError || wish.tls === 'at once') return (error as Error).message
      throw error
    }
  }

  async send(name: string | null, line: string): Promise<string | null> {
    this.#client(name).dialogue.send(line)
    return null
  }

  async sendData(name: string | null, lines: readonly string[]): Promise<string | null> {
    this.#client(name).dialogue.write(stuffed(lines.join('\r\n')))
    return null
  }

  async receive(name: string | null, pattern: string): Promise<string | null> {
    const lines = await this.#hear(name)
    if (lines === null) return `the server said nothing more; ${pattern} was expected`
    return lines.some((line) => matches(pattern, spaced(line)))
      ? null
      : `the server said ${lines.at(-1) ?? ''}; ${pattern} was expected`
  }

  async startTls(name: string | null): Promise<string | null> {
    const client = this.#client(name)
    const { dialogue } = client
    dialogue.send(
      dialogue.protocol === 'pop3' ? 'STLS' : dialogue.protocol === 'imap' ? 'tls STARTTLS' : 'STARTTLS',
    )
    const lines = await this.#hear(name)
    if (lines === null || !/^(?:2|\+OK|tls OK)/.test(lines.at(-1) ?? '')) {
      return `STARTTLS was answered with ${lines?.at(-1) ?? 'nothing'}`
    }
    try {
      await dialogue.secure(this.#tls(client.host))
      return null
    } catch (error) {
      return `the TLS handshake failed: ${(error as Error).message}`
    }
  }

  /** Sends the credentials; what the server says to them is for the next `S:` line. */
  async authenticate(
    name: string | null,
    { mechanism, user, password }: { mechanism: 'PLAIN' | 'LOGIN'; user: string; password: string },
  ): Promise<string | null> {
    const { dialogue } = this.#client(name)
    const tag = dialogue.protocol === 'imap' ? 'auth AUTHENTICATE' : 'AUTH'
    const answers =
      mechanism === 'PLAIN'
        ? [plain(user, password)]
        : [user, password].map((text) => Buffer.from(text).toString('base64'))
    dialogue.send(`${tag} ${mechanism}`)
    for (const answer of answers) {
      const lines = await this.#hear(name)
      const last = lines?.at(-1) ?? 'nothing'
      if (codeOf(lines ?? []) !== 334 && !last.startsWith('+ ') && last !== '+')
        return `AUTH was answered with ${last}`
      dialogue.write(`${answer}\r\n`)
    }
    return null
  }

  async hangUp(name: string | null): Promise<string | null> {
    this.#client(name).dialogue.end()
    return null
  }

  close(): void {
    for (const { dialogue } of this.#clients.values()) dialogue.end()
  }

  async #hear(name: string | null): Promise<readonly string[] | null> {
    const { dialogue } = this.#client(name)
    const answer = await within(this.#lab.clock, this.#patience, dialogue.reply())
    return answer === undefined || 'ended' in answer ? null : answer.lines
  }

  /** The script was read before it was played: whoever is named there was opened. */
  #client(name: string | null): Client {
    const client = this.#clients.get(name ?? this.#last)
    if (client === undefined) throw new Error(`there is no client ${name ?? ''}`)
    this.#last = name ?? this.#last
    return client
  }

  /** As someone who looks at a server by hand: the certificate is seen, not judged. */
  #tls(host: string) {
    return {
      ca: this.#lab.root,
      rejectUnauthorized: false,
      ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }),
    }
  }
}

/** `250-PIPELINING` as `250 PIPELINING`: a pattern need not know which line of a reply is the last. */
const spaced = (line: string) => line.replace(/^(\d{3})-/, '$1 ')
