/** A client that says a line, waits for the whole reply, and says the next. */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'

/** The last line of each reply, the greeting first. */
export async function talk(socket: Duplex, lines: readonly string[]): Promise<readonly string[]> {
  const replies: string[] = []
  let buffer = ''
  const next = async (): Promise<void> => {
    for (;;) {
      const done = /^(\d{3} [^\r\n]*)\r\n/m.exec(buffer)
      if (done) {
        replies.push(done[1] ?? '')
        buffer = buffer.slice(done.index + done[0].length)
        return
      }
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      buffer += chunk.toString('latin1')
    }
  }
  await next()
  for (const line of lines) {
    socket.write(`${line}\r\n`)
    await next()
  }
  return replies
}
