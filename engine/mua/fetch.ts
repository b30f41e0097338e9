/**
 * A user agent fetches its letters by POP3 and leaves them on the server.
 *
 * RFC 1939; STLS: RFC 2595 §4.
 */
import type { Duplex } from 'node:stream'
import { Dialogue } from './dialogue.ts'

export type Fetch = {
  readonly connection: Duplex
  readonly tls: 'at once' | 'starttls' | 'none'
  readonly server: string
  readonly authority: string
  readonly user: string
  readonly password: string
}

export type Fetched =
  | { readonly ok: true; readonly messages: readonly string[] }
  | { readonly ok: false; readonly at: string; readonly reply: string }

export async function fetchMail(wish: Fetch): Promise<Fetched> {
  const dialogue = new Dialogue(wish.connection)
  try {
    return await converse(dialogue, wish)
  } catch (error) {
    return { ok: false, at: 'TLS', reply: error instanceof Error ? error.message : String(error) }
  } finally {
    dialogue.end()
  }
}

async function converse(dialogue: Dialogue, wish: Fetch): Promise<Fetched> {
  const tls = { ca: wish.authority, ...(/^[\d.]+$/.test(wish.server) ? {} : { servername: wish.server }) }
  if (wish.tls === 'at once') await dialogue.secure(tls)
  await ask(dialogue, null)
  if (wish.tls === 'starttls') {
    await ask(dialogue, 'STLS')
    await dialogue.secure(tls)
  }
  const steps = [`USER ${wish.user}`, `PASS ${wish.password}`]
  for (const line of steps) {
    const lines = await ask(dialogue, line)
    if (!lines[0]?.startsWith('+OK')) return { ok: false, at: line.slice(0, 4), reply: lines[0] ?? '' }
  }
  const status = (await ask(dialogue, 'STAT'))[0] ?? ''
  const count = Math.min(Number(/^\+OK (\d+)/.exec(status)?.[1] ?? 0), 1000)
  const messages: string[] = []
  for (let number = 1; number <= count; number++) {
    const lines = await ask(dialogue, `RETR ${number}`)
    messages.push(
      lines
        .slice(1, -1)
        .map((line) => (line.startsWith('.') ? line.slice(1) : line))
        .join('\r\n'),
    )
  }
  await ask(dialogue, 'QUIT')
  return { ok: true, messages }
}

async function ask(dialogue: Dialogue, line: string | null): Promise<readonly string[]> {
  if (line !== null) dialogue.send(line)
  const answer = await dialogue.reply()
  return 'ended' in answer ? ['-ERR the server closed the connection'] : answer.lines
}
