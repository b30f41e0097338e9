/**
 * A user agent hands a letter to its submission server: STARTTLS, AUTH, then the envelope and the message.
 *
 * RFC 6409; TLS before passwords: RFC 8314 §3.
 */
import type { Duplex } from 'node:stream'
import { codeOf, Dialogue, plain, stuffed } from './dialogue.ts'

export type Submission = {
  readonly connection: Duplex
  /** 465: TLS from the first byte. */
  readonly tls: 'at once' | 'starttls'
  /** What EHLO says, and the name that the server's certificate must have. */
  readonly name: string
  readonly server: string
  /** PEM of the authority that is trusted. */
  readonly authority: string
  readonly user: string
  readonly password: string
  readonly sender: string
  readonly recipients: readonly string[]
  readonly message: string
}

export type Submitted =
  | {
      readonly ok: true
      readonly reply: string
      readonly refused: readonly { recipient: string; reply: string }[]
    }
  /** `at`: the command that was refused. */
  | { readonly ok: false; readonly at: string; readonly reply: string }

export async function submit(wish: Submission): Promise<Submitted> {
  const dialogue = new Dialogue(wish.connection)
  try {
    return await converse(dialogue, wish)
  } catch (error) {
    return { ok: false, at: 'TLS', reply: error instanceof Error ? error.message : String(error) }
  } finally {
    dialogue.end()
  }
}

async function converse(dialogue: Dialogue, wish: Submission): Promise<Submitted> {
  const tls = { ca: wish.authority, ...(/^[\d.]+$/.test(wish.server) ? {} : { servername: wish.server }) }
  if (wish.tls === 'at once') await dialogue.secure(tls)
  const ask = async (line: string, name: string) => {
    dialogue.send(line)
    return answer(dialogue, name)
  }

  let heard = await answer(dialogue, 'connect')
  if (heard.code >= 400) return refusal(heard)
  heard = await ask(`EHLO ${wish.name}`, 'EHLO')
  if (heard.code >= 400) return refusal(heard)
  if (wish.tls === 'starttls') {
    heard = await ask('STARTTLS', 'STARTTLS')
    if (heard.code >= 400) return refusal(heard)
    await dialogue.secure(tls)
    heard = await ask(`EHLO ${wish.name}`, 'EHLO')
    if (heard.code >= 400) return refusal(heard)
  }
  heard = await ask(`AUTH PLAIN ${plain(wish.user, wish.password)}`, 'AUTH')
  if (heard.code >= 400) return refusal(heard)
  heard = await ask(`MAIL FROM:<${wish.sender}>`, 'MAIL')
  if (heard.code >= 400) return refusal(heard)

  const refused: { recipient: string; reply: string }[] = []
  for (const recipient of wish.recipients) {
    heard = await ask(`RCPT TO:<${recipient}>`, 'RCPT')
    if (heard.code >= 400) refused.push({ recipient, reply: heard.text })
  }
  if (refused.length === wish.recipients.length) return refusal(heard)
  heard = await ask('DATA', 'DATA')
  if (heard.code >= 400) return refusal(heard)
  dialogue.write(stuffed(wish.message))
  heard = await answer(dialogue, 'end of data')
  if (heard.code >= 400) return refusal(heard)
  const { text } = heard
  await ask('QUIT', 'QUIT')
  return { ok: true, reply: text, refused }
}

type Heard = { readonly at: string; readonly code: number; readonly text: string }

async function answer(dialogue: Dialogue, at: string): Promise<Heard> {
  const answer = await dialogue.reply()
  if ('ended' in answer) return { at, code: 421, text: 'the server closed the connection' }
  return { at, code: codeOf(answer.lines), text: answer.lines.join('\n') }
}

const refusal = ({ at, text }: Heard): Submitted => ({ ok: false, at, reply: text })
