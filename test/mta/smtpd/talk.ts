/** A client by hand: says bytes, and hears whole replies. */
import type { Connection } from '#platform/net.ts'

export type Talk = {
  /** Sends a text as it is. */
  send(text: string): void
  /** The next replies, a string each, lines joined by `|`. */
  hear(count?: number): Promise<readonly string[]>
  /** Sends a line and hears its reply. */
  say(line: string): Promise<string>
  end(): void
}

export function talk(connection: Connection): Talk {
  let text = ''
  let ended = false
  let wake: () => void = () => undefined
  connection.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8')
    wake()
  })
  connection.on('error', () => undefined)
  for (const event of ['end', 'close']) {
    connection.on(event, () => {
      ended = true
      wake()
    })
  }
  const one = async (): Promise<string> => {
    const lines: string[] = []
    for (;;) {
      const newline = text.indexOf('\r\n')
      if (newline >= 0) {
        const line = text.slice(0, newline)
        text = text.slice(newline + 2)
        lines.push(line)
        if (!/^\d{3}-/.test(line)) return lines.join('|')
      } else if (ended) return [...lines, 'closed'].join('|')
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
  const self: Talk = {
    send(bytes) {
      connection.write(bytes)
    },
    async hear(count = 1) {
      const replies: string[] = []
      for (let i = 0; i < count; i++) replies.push(await one())
      return replies
    },
    say(line) {
      connection.write(`${line}\r\n`)
      return one()
    },
    end() {
      connection.end()
    },
  }
  return self
}
